"""Updates of services that stopped half-way or were taken back."""

import re
import shlex
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.swarm.ownership import remedy, update
from sickbay.diagnostics.platforms.swarm.references import reference
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task

_BLAMED = re.compile(r"task ([0-9a-z]{25})")


class FailedUpdate(Struct, frozen=True, kw_only=True):
    """One of them: what happened, as a sentence about the service without its end. `ended` is None while it stands."""

    service: Service
    says: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy
    ended: datetime | None = None


def failed_updates(swarm: Snapshot) -> Iterator[FailedUpdate]:
    """Yield the updates that are paused, or were rolled back within the window."""
    for service in swarm.services:
        status = service.update_status
        match status.state:
            case "paused":
                yield _paused(swarm, service)
            case "rollback_paused":
                yield _stuck(swarm, service)
            case "rollback_started" | "rollback_completed":
                ended = status.completed_at if status.completed_at > NEVER else status.started_at
                if ended >= swarm.window_start and _blamed(swarm, service):
                    yield _rolled_back(swarm, service, ended)  # else a person asked for it


def _paused(swarm: Snapshot, service: Service) -> FailedUpdate:
    return FailedUpdate(
        service=service,
        says=f"its update{_change(service)} is paused{_since(service)}{_failure(swarm, service)}; old and new tasks "
        "stand side by side",
        evidence=_evidence(swarm, service),
        remedy=remedy(
            service,
            f"Mend the new version and update again ({update(service, '--force')} goes on), or go back.",
            shlex.join(["docker", "service", "rollback", service.name]),
        ),
    )


def _stuck(swarm: Snapshot, service: Service) -> FailedUpdate:
    return FailedUpdate(
        service=service,
        says=f"its rollback is paused{_since(service)}{_failure(swarm, service)}: the old version does not run either",
        evidence=_evidence(swarm, service),
        remedy=remedy(
            service, "Mend what both versions lack, then let all tasks be made anew.", update(service, "--force")
        ),
    )


def _rolled_back(swarm: Snapshot, service: Service, ended: datetime) -> FailedUpdate:
    under_way = service.update_status.state == "rollback_started"
    how = "is being rolled back" if under_way else f"was rolled back at {ended:%H:%M} UTC"
    return FailedUpdate(
        service=service,
        says=f"its update {how}: the new tasks did not stay up{_failure(swarm, service)}",
        evidence=_evidence(swarm, service),
        remedy=remedy(
            service,
            "The old version serves; find in the failed tasks why the new one did not stay up before you update again.",
            f"docker service ps --no-trunc {shlex.quote(service.name)}",
        ),
        ended=None if under_way else ended,
    )


def _change(service: Service) -> str:
    """Name the image that the update brings, where it brings another one."""
    before = service.previous_spec and reference(service.previous_spec.task_template.container_spec.image)
    now = reference(service.image)
    return f" from {before} to {now}" if before and before != now else ""


def _since(service: Service) -> str:
    started = service.update_status.started_at
    return f" since {started:%H:%M} UTC on {started:%d %B}" if started > NEVER else ""


def _failure(swarm: Snapshot, service: Service) -> str:
    """Quote the error of the task that the update's message blames, where the swarm still keeps it."""
    task = _blamed(swarm, service)
    return f' ("{task.status.err[:120]}")' if task and task.status.err else ""


def _evidence(swarm: Snapshot, service: Service) -> tuple[Evidence, ...]:
    status, task = service.update_status, _blamed(swarm, service)
    proof = (swarm.service_evidence(service, "UpdateStatus", f"{status.state}: {status.message}"),)
    if task is None:
        return proof
    told = swarm.task_evidence(service, task, "Status.Err", task.status.err or task.state)
    return (*proof, told, *swarm.log_evidence(service, task))


def _blamed(swarm: Snapshot, service: Service) -> Task | None:
    """Give the task that the update failed for: the one that its message names, else the last failed one since then."""
    status, named = service.update_status, _BLAMED.search(service.update_status.message)
    tasks = swarm.tasks_of(service)
    told = next((task for task in tasks if named and task.id == named[1]), None)
    failed = [task for task in tasks if task.failed and task.created_at >= status.started_at]
    return told or (failed[-1] if failed else None)
