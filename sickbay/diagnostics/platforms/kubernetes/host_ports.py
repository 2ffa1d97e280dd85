"""Ports of the node that pods ask for (hostPort) and do not get: the scheduler's word, and who holds them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, there
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: How the scheduler says that a hostPort is taken.
_TAKEN = "free ports for the requested pod ports"
Port = tuple[int, str]


class Clash(Struct, frozen=True, kw_only=True):
    """The pods of one workload that find no node with their port free, and the pod that holds it, where one is seen."""

    group: Group[Port, Pod]
    holder: Pod | None
    evidence: tuple[Evidence, ...]
    first_seen: datetime | None

    @property
    def port(self) -> str:
        """Give `8080/TCP`."""
        number, protocol = self.group.key
        return f"{number}/{protocol}"

    @property
    def held(self) -> str:
        """Give who has the port, as a clause."""
        holder = self.holder
        return f"pod {holder.name} on {holder.spec.node_name} has it" if holder else "it is taken on every node"


def clashes(cluster: Snapshot) -> Iterator[Clash]:
    """Yield the workloads whose pods wait for a hostPort."""
    pending = [
        pod for pod in cluster.unsteady if there(pod) and not pod.spec.node_name and _refused(pod) and _ports(pod)
    ]
    holders = _holders(cluster) if pending else {}
    for group in by_workload(cluster, ((pod, min(_ports(pod)), pod) for pod in pending)):
        yield _clash(cluster, group, holders)


def _clash(cluster: Snapshot, group: Group[Port, Pod], holders: Mapping[Port, Pod]) -> Clash:
    pod, (number, _) = group.first[0], group.key
    holder = next((holders[one] for one in _ports(pod) if one in holders), None)
    condition = pod.condition("PodScheduled")
    evidence = [
        cluster.evidence("pods", pod, "status.conditions[PodScheduled]", condition.message if condition else "-")
    ]
    if holder:
        evidence.append(cluster.evidence("pods", holder, "spec.containers ports.hostPort", number))
    return Clash(
        group=group,
        holder=holder,
        evidence=tuple(evidence),
        first_seen=condition.last_transition_time if condition else None,
    )


def _refused(pod: Pod) -> bool:
    scheduled = pod.condition("PodScheduled")
    return scheduled is not None and scheduled.status == "False" and _TAKEN in scheduled.message


def _ports(pod: Pod) -> tuple[Port, ...]:
    """Give the ports of the node that a pod wants or has."""
    ports = (port for item in pod.spec.containers for port in item.ports)
    return tuple((port.host_port, port.protocol) for port in ports if port.host_port)


def _holders(cluster: Snapshot) -> Mapping[Port, Pod]:
    on_nodes = (pod for pod in cluster.pods if pod.spec.node_name and not pod.finished)
    return {port: pod for pod in on_nodes for port in _ports(pod)}
