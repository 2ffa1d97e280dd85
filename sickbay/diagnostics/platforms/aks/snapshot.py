"""What the collector read of one AKS cluster at one moment, joined as the checks need it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from shlex import quote

from sickbay.diagnostics.model import Evidence, Remedy, Subject
from sickbay.diagnostics.platforms.aks.facts import Facts, Insight, Obstacle, PoolMachines, Snat, Unreachable
from sickbay.diagnostics.platforms.aks.faults import Fault, FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.scheduling import waiting
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import NodeGroup
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.what_changed import since

__all__ = ["Insight", "Obstacle", "PoolMachines", "Snapshot", "Snat", "Unreachable"]

#: Labels by which a node names its pool, the newer one first.
_POOL_LABELS = ("kubernetes.azure.com/agentpool", "agentpool")
_FAILED = "Failed"
#: As the Kubernetes platform calls a cluster whose nodes say that AKS runs it.
_KIND = "clusters (AKS)"


class Snapshot(Facts, frozen=True, kw_only=True, dict=True):
    """One AKS cluster: its facts, and their joins."""

    @property
    def subject(self) -> Subject:
        """Give the cluster as the subject of a finding: the same as that of its Kubernetes part."""
        return Subject("cluster", self.name)

    @property
    def window_start(self) -> datetime:
        """Give the moment from which what happened counts."""
        return self.taken_at - self.request.window

    @property
    def changes_start(self) -> datetime:
        """Give the moment from which changes count."""
        return since(self.request, self.taken_at)

    def looked_at(self) -> Mapping[str, int]:
        """Give what was read on Azure's side and of Kubernetes; empty where neither told anything."""
        held = self.kubernetes.looked_at() if self.kubernetes else {}
        if self.cluster is None:
            return held
        counted = {"node pools": len(self.pools), "container services": len(self.services)}
        rest = {kind: count for kind, count in held.items() if not kind.startswith("clusters")}
        return {_KIND: 1, **{kind: count for kind, count in counted.items() if count}, **rest}

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on: see dependencies.py."""
        from sickbay.diagnostics.platforms.aks.dependencies import Dependencies

        return Dependencies(self)

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: those of the Kubernetes part."""
        return self.kubernetes.pulls() if self.kubernetes else ()

    def evidence(self, path: str, field: str, value: object) -> Evidence:
        """Give a field as evidence; `path` is what follows the cluster's own address."""
        source = f"GET managedClusters/{self.id.rpartition('/')[2]}{path} {field}".rstrip()
        return Evidence(source=source, value=str(value)[:1000], at=self.taken_at)

    def pool_evidence(self, pool: AgentPool, field: str, value: object) -> Evidence:
        """Give a field of a node pool as evidence."""
        return self.evidence(f"/agentPools/{pool.name}", field, value)

    def pool_subject(self, pool: AgentPool) -> Subject:
        """Give a node pool as the subject of a finding."""
        return Subject("nodepool", pool.name)

    def remedy(self, text: str, command: str | None = None, *, pool: AgentPool | None = None) -> Remedy:
        """Give a remedy, its command filled in with the names of the cluster and the pool."""
        names = {
            "id": pool.id if pool else self.id,
            "group": self.id.split("/")[4],
            "cluster": self.id.rpartition("/")[2],
            "location": self.cluster.location if self.cluster else "",
            "size": pool.properties.vm_size if pool else "",
            "pool": pool.name if pool else "",
            "version": self.cluster.version if self.cluster else "",
        }
        safe = {name: quote(value) for name, value in names.items()}
        return Remedy(text=text, command=command.format(**safe) if command else None)

    @property
    def error(self) -> ErrorDetail | None:
        """Give the error of the cluster's last operation, where it failed."""
        return self.cluster.properties.status.provisioning_error if self.cluster else None

    def faults(self, *kinds: FaultKind) -> Iterator[tuple[AgentPool | None, ErrorDetail, Fault]]:
        """Yield the errors of these classes: those of node pools, and the cluster's own (pool None)."""
        own = (None, self.error) if self.error else None
        for pool, error in [
            *((pool, pool.properties.status.provisioning_error) for pool in self.pools),
            own or (None, None),
        ]:
            if error and (fault := fault_of(error)).kind in kinds:
                yield pool, error, fault

    @property
    def failed_pools(self) -> tuple[AgentPool, ...]:
        """Give the node pools whose last operation failed."""
        return tuple(
            pool
            for pool in self.pools
            if pool.properties.provisioning_state == _FAILED or pool.properties.status.provisioning_error
        )

    @cached_property
    def nodes_by_pool(self) -> Mapping[str, tuple[Node, ...]]:
        """The Kubernetes nodes of each pool, by its name."""
        found: dict[str, list[Node]] = {}
        for node in self.kubernetes.nodes if self.kubernetes else ():
            if pool := self.pool_of(node):
                found.setdefault(pool, []).append(node)
        return {pool: tuple(nodes) for pool, nodes in found.items()}

    @cached_property
    def _pool_by_scale_set(self) -> Mapping[str, str]:
        return {item.scale_set.lower(): item.pool for item in self.machines if item.scale_set}

    def pool_of(self, node: Node) -> str:
        """Give the pool of a node by its label, or else by the scale set that its provider id names."""
        labels = node.metadata.labels
        if named := next((labels[label] for label in _POOL_LABELS if label in labels), ""):
            return named
        parts = node.spec.provider_id.lower().split("/")
        if "virtualmachinescalesets" in parts[:-1]:
            return self._pool_of_scale_set(parts[parts.index("virtualmachinescalesets") + 1])
        return ""

    def group_of(self, pool: AgentPool) -> NodeGroup | None:
        """Give what the cluster autoscaler tells of a pool, whose node group is its scale set."""
        groups = self.kubernetes.node_groups if self.kubernetes else ()
        return next((item for item in groups if self._pool_of_scale_set(item.name.lower()) == pool.name), None)

    def _pool_of_scale_set(self, name: str) -> str:
        """Give the pool of a scale set, which is named aks-POOL-NUMBER-vmss, or aksPOOL where its nodes run Windows."""
        if name in self._pool_by_scale_set or not name.startswith("aks"):
            return self._pool_by_scale_set.get(name, "")
        return name.split("-")[1] if "-" in name else name.removeprefix("aks")

    @property
    def waits(self) -> str:
        """Give in words which pods find no node, as in `pod shop/api-1 finds no node`."""
        count, first = len(self.waiting), self.waiting[0].name
        return f"pod {first} finds no node" if count == 1 else f"{count} pods find no node, first {first}"

    @cached_property
    def waiting(self) -> tuple[Pod, ...]:
        """The pods for which the scheduler has found no node for longer than it may take to start one."""
        return tuple(pod for pod, _ in waiting(self.kubernetes)) if self.kubernetes else ()
