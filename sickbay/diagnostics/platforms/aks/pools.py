"""What Azure tells of a node pool that failed, as evidence."""

from collections.abc import Iterator

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.aks.faults import FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool

ERROR = "properties.status.provisioningError"
STATE = "properties.provisioningState"
#: A share of a quota from which it can be what a pool lacks.
_NEARLY_ALL = 0.9


def error_evidence(aks: Snapshot, pool: AgentPool | None, error: ErrorDetail) -> Evidence:
    """Give the error of a pool, or of the cluster where there is no pool, as evidence."""
    return aks.pool_evidence(pool, ERROR, error.text) if pool else aks.evidence("", ERROR, error.text)


def errors_of(aks: Snapshot, kind: FaultKind) -> Iterator[Evidence]:
    """Yield the errors of a class as evidence: that of a pool, which the cluster repeats, once."""
    seen = set[str]()
    for pool, error, _ in aks.faults(kind):
        if error.text not in seen:
            seen.add(error.text)
            yield error_evidence(aks, pool, error)


def evidence_of(aks: Snapshot, pool: AgentPool) -> Iterator[Evidence]:
    """Yield the pool's state and error, how its machines fare, and which quota of cores is almost used up."""
    error = pool.properties.status.provisioning_error
    yield aks.pool_evidence(pool, STATE, pool.properties.provisioning_state)
    if error:
        yield error_evidence(aks, pool, error)
    for item in aks.machines:
        if item.pool == pool.name and item.statuses:
            told = f"{'; '.join(item.statuses)} (of {item.machines} machines)"
            yield aks.pool_evidence(pool, f"instanceView of {item.scale_set}", told)
    if fault_of(error).kind is FaultKind.QUOTA:
        yield from _quotas(aks, pool)


def _quotas(aks: Snapshot, pool: AgentPool) -> Iterator[Evidence]:
    location = aks.cluster.location if aks.cluster else ""
    for usage in aks.cores:
        if usage.limit and usage.current_value >= _NEARLY_ALL * usage.limit and _is_of(usage.name.value, pool):
            source = f"GET locations/{location}/usages {usage.name.localized_value or usage.name.value}"
            used = f"{usage.current_value:.0f} of {usage.limit:.0f} used"
            yield Evidence(source=source, value=used, at=aks.taken_at)


def _is_of(family: str, pool: AgentPool) -> bool:
    """Say whether a quota is that of the pool's VM family (`standardDSv3Family` of Standard_D4s_v3), or of them all."""
    size = pool.properties.vm_size.lower().removeprefix("standard_").replace("_", "")
    stem = family.lower().removeprefix("standard").removesuffix("family")
    return family == "cores" or _without_count(size) == stem


def _without_count(size: str) -> str:
    """Give a size without its number of cores: `ds` and `v3` of `d4sv3`."""
    letters, _, version = size.rpartition("v")
    return "".join(letter for letter in letters if not letter.isdigit()) + f"v{version}"
