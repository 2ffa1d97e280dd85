"""The subnets of node pools and of their pods: which are full, how many addresses are left, how many are needed."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.aks.faults import FaultKind
from sickbay.diagnostics.platforms.aks.pools import error_evidence
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail, Usage
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.grouping import unstarted

#: A node takes so many addresses of a subnet of pods at a time (learn.microsoft.com, Azure CNI Pod Subnet).
_BATCH = 16


class Shortage(Struct, frozen=True):
    """A subnet with no room for a node more of a pool, or for its pods (`of_pods`).

    `error` is Azure's, None where it is inferred from `usage`.
    """

    subject: Subject
    pool: AgentPool | None
    error: ErrorDetail | None
    usage: Usage | None
    needed: int = 1
    of_pods: bool = False

    @property
    def free(self) -> int:
        """Give how many addresses are left, where that is known."""
        return max(0, int(self.usage.limit - self.usage.current_value)) if self.usage else 0

    @property
    def reserves(self) -> bool:
        """Say whether pods take addresses of the subnet too, as far as is known."""
        return self.usage is None or self.needed > 1

    @property
    def room(self) -> str:
        """Give what is left and what is needed, in words, or nothing where the use is not known."""
        if self.usage is None:
            return ""
        takes = f"nodes take {self.needed} at a time" if self.of_pods else f"a node takes {self.needed}"
        return f" ({self.free} of {self.usage.limit:.0f} addresses free, {takes})"


def subject_of(subnet_id: str) -> Subject:
    """Give a subnet as the subject of a finding, by its network's name and its own."""
    network, _, name = subnet_id.rpartition("/subnets/")
    return Subject("subnet", f"{network.rpartition('/')[2]}/{name}" if network else subnet_id)


def shortages(aks: Snapshot) -> Iterator[Shortage]:
    """Yield the subnets that Azure says are full, then those without room while pods wait for it; each once."""
    told = set[Subject]()
    for item in (*_failed(aks), *_inferred(aks), *_of_pods(aks)):
        if item.subject not in told and not (item.pool is None and told):
            told.add(item.subject)
            yield item


def evidence_of(aks: Snapshot, item: Shortage) -> Iterator[Evidence]:
    """Yield Azure's error, and how many addresses of the subnet are used."""
    if item.error:
        yield error_evidence(aks, item.pool, item.error)
    if item.usage:
        network = item.usage.id.rpartition("/subnets/")[0].rpartition("/")[2]
        used = f"{item.usage.current_value:.0f} of {item.usage.limit:.0f}"
        yield Evidence(source=f"GET virtualNetworks/{network}/usages {item.subject.name}", value=used, at=aks.taken_at)


def _failed(aks: Snapshot) -> Iterator[Shortage]:
    for pool, error, _ in aks.faults(FaultKind.SUBNET):
        if pool and pool.properties.vnet_subnet_id:
            yield Shortage(
                subject_of(pool.properties.vnet_subnet_id),
                pool,
                error,
                _usage(aks, pool.properties.vnet_subnet_id),
                _needed(aks, pool),
            )
        else:
            yield Shortage(aks.pool_subject(pool) if pool else aks.subject, pool, error, None)


def _inferred(aks: Snapshot) -> Iterator[Shortage]:
    for pool in aks.pools if aks.waiting else ():
        if usage := _usage(aks, pool.properties.vnet_subnet_id):
            item = Shortage(subject_of(pool.properties.vnet_subnet_id), pool, None, usage, _needed(aks, pool))
            if item.free < item.needed:
                yield item


def _of_pods(aks: Snapshot) -> Iterator[Shortage]:
    """Yield the subnets of pods from which no node gets a batch more, while pods get no network on such nodes."""
    held = aks.kubernetes
    stuck = {
        pod.spec.node_name
        for pod in (unstarted(held) if held else ())
        if held and held.events_of("Pod", pod.name, "FailedCreatePodSandBox")
    }
    for pool in aks.pools if stuck else ():
        nodes = {node.name for node in aks.nodes_by_pool.get(pool.name, ())}
        usage = _usage(aks, pool.properties.pod_subnet_id)
        if usage and stuck & nodes:
            item = Shortage(subject_of(pool.properties.pod_subnet_id), pool, None, usage, _BATCH, of_pods=True)
            if item.free < item.needed:
                yield item


def _usage(aks: Snapshot, subnet: str) -> Usage | None:
    return next((usage for usage in aks.subnets if subnet and usage.id.lower() == subnet.lower()), None)


def _needed(aks: Snapshot, pool: AgentPool) -> int:
    """Give how many addresses of the nodes' subnet a node takes.

    Azure CNI without overlay and without a pod subnet reserves one for each pod that the node may ever run.
    """
    network = aks.cluster.properties.network_profile if aks.cluster else None
    reserves = network is not None and network.network_plugin == "azure" and network.network_plugin_mode != "overlay"
    return 1 + pool.properties.max_pods if reserves and not pool.properties.pod_subnet_id else 1
