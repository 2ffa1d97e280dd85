"""How much is left: of quotas, of replicas behind services, of pods that a disruption budget would give up."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ResourceQuota
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import PodDisruptionBudget, Workload

#: The share of a quota from which it counts as almost used up.
_NEARLY = Decimal("0.90")


def nearly_used(quota: ResourceQuota) -> Mapping[str, str]:
    """Give the resources of a quota that are almost used up, each with `9.0 GiB of 10.0 GiB`."""
    found = {}
    for name, written in quota.status.hard.items():
        limit, used = amount(written), amount(quota.status.used.get(name, 0))
        if limit and used and used >= _NEARLY * limit:
            found[name] = f"{readable(name, used)} of {readable(name, limit)}"
    return found


def single_replicas(cluster: Snapshot) -> Iterator[tuple[Workload, Service]]:
    """Yield the deployments of one replica that a service stands on."""
    services: dict[tuple[str, str, str], list[Service]] = {}
    for service in cluster.services:
        for key, value in list(service.spec.selector.items())[:1]:
            services.setdefault((service.metadata.namespace, key, value), []).append(service)
    for deployment in cluster.deployments:
        if deployment.spec.replicas == 1 and (found := _service_of(services, deployment)):
            yield deployment, found


def never_allows(budget: PodDisruptionBudget) -> str:
    """Give the setting by which a budget allows no eviction even while all its pods are well, or nothing."""
    least, most, pods = budget.spec.min_available, budget.spec.max_unavailable, budget.status.expected_pods
    if not pods:
        return ""
    if str(most) in {"0", "0%"}:
        return f"maxUnavailable {most}"
    return f"minAvailable {least}" if least == "100%" or (isinstance(least, int) and least >= pods) else ""


def _service_of(services: Mapping[tuple[str, str, str], Sequence[Service]], deployment: Workload) -> Service | None:
    labels, namespace = deployment.spec.template.metadata.labels, deployment.metadata.namespace
    for key, value in labels.items():
        for service in services.get((namespace, key, value), ()):
            if service.spec.selector.items() <= labels.items():
                return service
    return None
