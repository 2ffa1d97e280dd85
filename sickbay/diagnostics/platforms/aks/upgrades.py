"""Upgrades that failed or wait because the pods of a node may not be evicted."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.aks.faults import FaultKind
from sickbay.diagnostics.platforms.aks.pools import STATE, error_evidence
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.drains import held_up

_UPGRADING = "Upgrading"
_SHOWN = 3
#: What AKS does where a pool says nothing else.
_SURGE, _MINUTES = "10%", 30


class Blocked(Struct, frozen=True):
    """An upgrade of a pool, or of the cluster (None), that does not get through: whether it failed, and what tells."""

    pool: AgentPool | None
    what: str
    evidence: tuple[Evidence, ...]


def blocked(aks: Snapshot) -> Iterator[Blocked]:
    """Yield the upgrades whose drain failed, or, where none did, those that wait for disruption budgets."""
    failed = tuple(aks.faults(FaultKind.DRAIN))
    of_pools = tuple(item for item in failed if item[0] is not None)
    for pool, error, _ in of_pools or failed:
        yield Blocked(pool, "failed: a node could not be drained", (error_evidence(aks, pool, error),))
    if not failed:
        yield from _waiting(aks)


def settings(aks: Snapshot, pool: AgentPool) -> Evidence:
    """Give how the pool's nodes are replaced, as evidence."""
    told = pool.properties.upgrade_settings
    value = f"max surge {told.max_surge or _SURGE}, drain timeout {told.drain_timeout_in_minutes or _MINUTES} minutes"
    return aks.pool_evidence(pool, "properties.upgradeSettings", value)


def _waiting(aks: Snapshot) -> Iterator[Blocked]:
    blocking = tuple(held_up(aks.kubernetes)) if aks.kubernetes else ()
    for pool in aks.pools:
        names = {node.name for node in aks.nodes_by_pool.get(pool.name, ())}
        budgets = [item.budget.name for item in blocking if names & set(item.nodes)]
        if budgets and pool.properties.provisioning_state == _UPGRADING:
            state = aks.pool_evidence(pool, STATE, _UPGRADING)
            yield Blocked(pool, f"waits: no eviction is allowed by {', '.join(budgets[:_SHOWN])}", (state,))
