"""Workloads and namespaces without reserve."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import PodDisruptionBudget, Workload

_NEARLY = Decimal("0.90")


@check(
    "K8S-W108",
    title="No reserve",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Raise the quota before it is used up, and run what services stand on with two replicas or more.",
)
def no_reserve(cluster: Snapshot) -> Iterator[Finding]:
    """A quota is used to 90 %, a service stands on one replica, or a disruption budget can never allow an eviction.

    The next rollout fails at such a quota, each restart of a single replica is an outage, and a drain of the node waits
    for ever at such a budget: as it is set and with as many pods as there are now.
    """
    yield from _quotas(cluster)
    yield from _single(cluster)
    yield from _rigid(cluster)


def _quotas(cluster: Snapshot) -> Iterator[Finding]:
    for quota in cluster.resourcequotas:
        hard, used = quota.status.hard, quota.status.used
        near = [
            (name, taken, limit)
            for name in hard
            if (limit := amount(hard[name])) and (taken := amount(used.get(name, 0))) and taken >= _NEARLY * limit
        ]
        if near:
            told = [f"{readable(name, taken)} of {readable(name, limit)} {name}" for name, taken, limit in near]
            subject = Subject("resourcequota", quota.name)
            yield Finding(
                subject=subject,
                summary=f"Quota {quota.name} is almost used up: {', '.join(told)}.",
                evidence=tuple(
                    cluster.evidence("resourcequotas", quota, f"status.used[{name}]", f"{used[name]} of {hard[name]}")
                    for name, _, _ in near
                ),
                remedy=remedy(cluster, subject, "Raise the quota before the next rollout fails at it."),
            )


def _single(cluster: Snapshot) -> Iterator[Finding]:
    services = _by_selector(cluster.services)
    for deployment in cluster.deployments:
        if deployment.spec.replicas == 1 and (service := _service_of(services, deployment)):
            subject = Subject("deployment", deployment.name)
            yield Finding(
                subject=subject,
                summary=f"Service {service.name} stands on the single replica of deployment {deployment.name}: each "
                "restart is an outage.",
                evidence=(
                    cluster.evidence("deployments", deployment, "spec.replicas", 1),
                    cluster.evidence("services", service, "spec.selector", dict(service.spec.selector)),
                ),
                remedy=remedy(
                    cluster, subject, "Run two replicas or more.", kubectl("scale", subject) + " --replicas=2"
                ),
            )


def _rigid(cluster: Snapshot) -> Iterator[Finding]:
    for budget in cluster.poddisruptionbudgets:
        if budget.status.expected_pods > 0 and (setting := _never_allows(budget)):
            subject = Subject("poddisruptionbudget", budget.name)
            yield Finding(
                subject=subject,
                summary=f"Budget {budget.name} can allow no eviction of its {budget.status.expected_pods} pods "
                f"({setting}): a drain of their nodes will wait.",
                evidence=(cluster.evidence("poddisruptionbudgets", budget, "spec", setting),),
                remedy=remedy(cluster, subject, "Let it give up one pod, and run enough replicas for that."),
            )


def _never_allows(budget: PodDisruptionBudget) -> str:
    """Give the setting by which a budget allows no eviction even while all its pods are well."""
    least, most = budget.spec.min_available, budget.spec.max_unavailable
    if str(most) in {"0", "0%"}:
        return f"maxUnavailable {most}"
    if least == "100%" or (isinstance(least, int) and least >= budget.status.expected_pods):
        return f"minAvailable {least}"
    return ""


_BySelector = Mapping[tuple[str, str, str], Sequence[Service]]


def _by_selector(services: Sequence[Service]) -> _BySelector:
    """Give the services by namespace and the first label that they select."""
    found: dict[tuple[str, str, str], list[Service]] = {}
    for service in services:
        for key, value in list(service.spec.selector.items())[:1]:
            found.setdefault((service.metadata.namespace, key, value), []).append(service)
    return found


def _service_of(services: _BySelector, deployment: Workload) -> Service | None:
    labels, namespace = deployment.spec.template.metadata.labels, deployment.metadata.namespace
    for key, value in labels.items():
        for service in services.get((namespace, key, value), ()):
            if service.spec.selector.items() <= labels.items():
                return service
    return None
