"""A deployment failed, or goes on failing."""

import math
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.revisions import change_evidence, last_deployment
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment
from sickbay.diagnostics.platforms.ecs.wire.services import Deployment, Service

_FAILED = frozenset({"ROLLBACK_SUCCESSFUL", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED", "STOPPED", "ROLLBACK_REQUESTED"})
#: ECS's own bounds of a threshold in percent, in failed tasks.
_LEAST, _MOST = 3, 200


@check(
    "ECS-S104",
    title="Deployment failed",
    severity=Severity.HIGH,
    remedy="Go back to the last task definition that worked, and mend what its tasks died of.",
    explains=("ECS-L102", "ECS-S101"),
)
def deployment_failed(ecs: Snapshot) -> Iterator[Finding]:
    """The rollout of a service is FAILED, was rolled back, or has lost tasks without an end, for want of a breaker.

    The circuit breaker ends a deployment after half of the desired count, at least 3 and at most 200, of its tasks
    failed, unless configured otherwise. Without it a deployment that cannot succeed goes on for ever. An alarm may end
    one too. What its tasks died of has a finding of its own.
    """
    for service in ecs.services:
        primary = service.primary
        failed = next((item for item in service.deployments if item.rollout_state == "FAILED"), None)
        ended = _ended(ecs, service)
        if failed or ended:
            yield _failed(ecs, service, failed, ended)
        elif primary and primary.rollout_state == "IN_PROGRESS" and primary.failed_tasks >= _threshold(service):
            yield _endless(ecs, service, primary)


def _threshold(service: Service) -> int:
    """Give how many failed tasks the breaker ends a deployment of the service after, or would if it were on."""
    configured = service.deployment_configuration.deployment_circuit_breaker.threshold_configuration
    if configured.type == "COUNT":
        return configured.value
    share = math.ceil(service.desired_count * configured.value / 100)
    return min(_MOST, max(_LEAST, share)) if configured.type == "BOUNDED_PERCENT" else max(1, share)


def _ended(ecs: Snapshot, service: Service) -> ServiceDeployment | None:
    """Give the service's last deployment as the API of deployments has it, where it failed within the window."""
    last = last_deployment(ecs, service)
    recent = last is not None and (last.finished_at or ecs.taken_at) >= ecs.window_start
    return last if last and recent and last.status in _FAILED else None


def _failed(ecs: Snapshot, service: Service, failed: Deployment | None, ended: ServiceDeployment | None) -> Finding:
    name = _brought(ecs, failed, ended)
    reason = (failed.rollout_state_reason if failed else "") or (ended.status_reason if ended else "")
    alarms = ended.alarms.triggered_alarm_names if ended else ()
    back = ended is not None and ended.status.startswith("ROLLBACK")
    why = f"the alarm {', '.join(alarms)} went off" if alarms else reason.rstrip(".") or "its tasks failed"
    evidence: list[Evidence] = []
    if failed:
        evidence.append(
            ecs.service_evidence(
                service, f"deployments[{failed.id}].rolloutState", f"FAILED: {failed.rollout_state_reason}"
            )
        )
    if ended:
        breaker = ended.deployment_circuit_breaker
        stopped_by = f"breaker {breaker.status} {breaker.failure_count}/{breaker.threshold}"
        value = ", ".join(filter(None, (ended.status, ended.lifecycle_stage, ended.status_reason, stopped_by)))
        evidence.append(ecs.evidence(f"ecs DescribeServiceDeployments {service.service_name}", value))
    return Finding(
        subject=ecs.service_subject(service),
        summary=f"The deployment of {name} to {service.service_name} failed"
        f"{' and was rolled back' if back else ''}: {why}.",
        evidence=(*evidence, *change_evidence(ecs, service)),
        remedy=_back(
            ecs, service, failed, rolled=back or service.deployment_configuration.deployment_circuit_breaker.rollback
        ),
        first_seen=failed.created_at if failed else ended.created_at if ended else None,
        last_seen=(failed.updated_at if failed else None) or (ended.finished_at if ended else None) or ecs.taken_at,
        count=max(1, failed.failed_tasks if failed else 1),
    )


def _endless(ecs: Snapshot, service: Service, primary: Deployment) -> Finding:
    breaker = service.deployment_configuration.deployment_circuit_breaker.enable
    tells = "" if breaker else ", and no circuit breaker ends it"
    name = last_part(primary.task_definition)
    return Finding(
        subject=ecs.service_subject(service),
        summary=f"The deployment of {name} to {service.service_name} has lost {primary.failed_tasks} tasks{tells}.",
        evidence=(
            ecs.service_evidence(service, f"deployments[{primary.id}].failedTasks", primary.failed_tasks),
            *change_evidence(ecs, service),
        ),
        remedy=_back(ecs, service, primary, rolled=False),
        first_seen=primary.created_at,
        last_seen=ecs.taken_at,
        count=max(1, primary.failed_tasks),
    )


def _brought(ecs: Snapshot, failed: Deployment | None, ended: ServiceDeployment | None) -> str:
    wanted = ended.target_service_revision.arn if ended else ""
    revision = next((item for item in ecs.revisions if wanted and item.service_revision_arn == wanted), None)
    arn = failed.task_definition if failed else revision.task_definition if revision else ""
    return last_part(arn) or "a new revision"


def _back(ecs: Snapshot, service: Service, failed: Deployment | None, *, rolled: bool) -> Remedy:
    older = next(
        (
            item.task_definition
            for item in service.deployments
            if item is not failed
            and item.running_count
            and (failed is None or item.task_definition != failed.task_definition)
        ),
        "",
    )
    if rolled:
        return Remedy(text="Mend what its tasks died of, then deploy again: the version before it is back.")
    text = "Go back to the version that still runs; then mend what the new tasks die of, and switch the breaker on."
    if not older:
        return Remedy(text="Mend what its tasks die of, and switch on the circuit breaker with rollback.")
    name = shlex.quote(service.service_name)
    command = f"aws ecs update-service --region {ecs.region} --cluster {ecs.cluster_name} --service {name}"
    return Remedy(text=text, command=f"{command} --task-definition {shlex.quote(last_part(older))}")
