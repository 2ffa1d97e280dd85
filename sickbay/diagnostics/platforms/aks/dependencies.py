"""What each subject of an AKS cluster depends on: that of its Kubernetes part, and the Azure side beneath it."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.subnets import subject_of
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.drains import held_up

_NOTHING: Mapping[Subject, frozenset[Subject]] = {}


class Dependencies(Mapping[Subject, frozenset[Subject]]):
    """For each subject, those whose faults can reach it.

    What depends on a node depends on its pool; a workload that waits for a node, on all pools. A pool depends on its
    subnet and on the disruption budgets that hold up its nodes; the cluster on all of these; everything on the cluster.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._aks = snapshot
        self._held = snapshot.kubernetes.upstream() if snapshot.kubernetes else _NOTHING

    def __getitem__(self, subject: Subject) -> frozenset[Subject]:
        """Give what the subject depends on, however indirectly."""
        beneath = frozenset(self._held.get(subject, ()))
        pools = tuple(self._pools(subject, beneath))
        azure = {self._aks.subject, *(item for pool in pools for item in self._of_pool(pool))}
        if subject == self._aks.subject or subject.kind == "nodepool":
            azure |= {budget for pool in pools for budget in self._budgets.get(pool.name, ())}
        return (beneath | azure) - {subject}

    def __iter__(self) -> Iterator[Subject]:
        """Give the subjects of the Kubernetes part that were asked for."""
        return iter(self._held)

    def __len__(self) -> int:
        """Give how many of them were asked for."""
        return len(self._held)

    def _pools(self, subject: Subject, beneath: frozenset[Subject]) -> Iterator[AgentPool]:
        if subject == self._aks.subject or subject in self._waiting:
            yield from self._aks.pools
            return
        nodes = {item.name for item in (subject, *beneath) if item.kind == "node"}
        for pool in self._aks.pools:
            of_pool = self._aks.nodes_by_pool.get(pool.name, ())
            if subject == self._aks.pool_subject(pool) or any(node.name in nodes for node in of_pool):
                yield pool

    def _of_pool(self, pool: AgentPool) -> Iterator[Subject]:
        yield self._aks.pool_subject(pool)
        for subnet in (pool.properties.vnet_subnet_id, pool.properties.pod_subnet_id):
            if subnet:
                yield subject_of(subnet)

    @cached_property
    def _waiting(self) -> frozenset[Subject]:
        held = self._aks.kubernetes
        return frozenset(held.owner(pod) for pod in self._aks.waiting) if held else frozenset()

    @cached_property
    def _budgets(self) -> Mapping[str, set[Subject]]:
        """The disruption budgets that hold up the drain of nodes, by pool."""
        found: dict[str, set[Subject]] = {}
        for item in held_up(self._aks.kubernetes) if self._aks.kubernetes else ():
            for name, nodes in self._aks.nodes_by_pool.items():
                if {node.name for node in nodes} & set(item.nodes):
                    found.setdefault(name, set()).add(Subject("poddisruptionbudget", item.budget.name))
        return found
