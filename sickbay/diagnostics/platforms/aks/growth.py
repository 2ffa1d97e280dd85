"""Node pools that get no more nodes while pods wait for one: at their maximum, or given none when they asked."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.aks.faults import FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.scheduling import group_evidence
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import Backoff, NodeGroup

_UPDATE = (
    "az aks nodepool update --resource-group {group} --cluster-name {cluster} --name {pool} --update-cluster-autoscaler"
)


class Halt(Struct, frozen=True):
    """A pool that does not grow: why, what proves it, and what to do."""

    pool: AgentPool
    why: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy


def halts(aks: Snapshot) -> Iterator[Halt]:
    """Yield the pools that scale themselves and do not grow, while pods wait for a node."""
    for pool in aks.pools if aks.waiting else ():
        group = aks.group_of(pool)
        if group and group.error:
            yield _refused(aks, pool, group, group.error)
        elif _full(pool) or (group and group.full):
            yield _at_maximum(aks, pool, group)


def _refused(aks: Snapshot, pool: AgentPool, group: NodeGroup, error: Backoff) -> Halt:
    fault = fault_of(ErrorDetail(code=error.error_code, message=error.error_message))
    known = fault.kind is not FaultKind.OTHER
    cure = fault.cure if known else "Put right what the error names; the autoscaler tries again by itself."
    told = f" ({error.error_code})" if error.error_code else ""
    return Halt(
        pool,
        f"gets no more nodes{told}: {fault.kind}",
        _evidence(aks, group),
        aks.remedy(cure, fault.command if known else None, pool=pool),
    )


def _at_maximum(aks: Snapshot, pool: AgentPool, group: NodeGroup | None) -> Halt:
    most, count = pool.properties.max_count, pool.properties.count
    limit = group.health.max_size if group and group.full else most
    field = aks.pool_evidence(pool, "properties.count / maxCount", f"{count} / {most}")
    return Halt(
        pool,
        f"has all of the {limit} nodes that its autoscaler may add",
        (field, *_evidence(aks, group)),
        aks.remedy(
            "Raise the maximum, if quota and subnet have room, or make the pods ask for less.",
            f"{_UPDATE} --min-count {pool.properties.min_count} --max-count {limit + 1}",
            pool=pool,
        ),
    )


def _full(pool: AgentPool) -> bool:
    return pool.properties.enable_auto_scaling and 0 < pool.properties.max_count <= pool.properties.count


def _evidence(aks: Snapshot, group: NodeGroup | None) -> tuple[Evidence, ...]:
    return (group_evidence(aks.kubernetes, group),) if aks.kubernetes and group else ()
