"""A port of the node is taken, or leads nowhere."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, there
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import endpoints, ready, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: How the scheduler says that a hostPort is taken.
_TAKEN = "free ports for the requested pod ports"
_Port = tuple[int, str]


@check(
    "K8S-S108",
    title="Node port unusable",
    severity=Severity.MEDIUM,
    remedy="Reach the pods through a service instead of a hostPort, and let it send to all nodes (Cluster).",
    explains=("K8S-P104",),
)
def node_ports(cluster: Snapshot) -> Iterator[Finding]:
    """A pod finds no node where its hostPort is free, or a node's port leads nowhere.

    The first is the scheduler's own word; the pod that holds the port is named. The second are services of type
    NodePort with externalTrafficPolicy Local, which drop what comes in on nodes that have no pod of theirs: inferred,
    since a load balancer outside of the cluster may know which nodes to ask.
    """
    pending = [pod for pod in cluster.pods if there(pod) and not pod.spec.node_name and _refused(pod) and _ports(pod)]
    holders = _holders(cluster) if pending else {}
    for group in by_workload(cluster, ((pod, min(_ports(pod)), pod) for pod in pending)):
        yield _clash(cluster, group, holders)
    for service in cluster.services:
        local = service.spec.external_traffic_policy == "Local" and service.spec.type == "NodePort"
        if local and sees(cluster, "", "nodes") and (finding := _without_pod(cluster, service)):
            yield finding


def _refused(pod: Pod) -> bool:
    scheduled = pod.condition("PodScheduled")
    return scheduled is not None and scheduled.status == "False" and _TAKEN in scheduled.message


def _ports(pod: Pod) -> tuple[_Port, ...]:
    """Give the ports of the node that a pod wants or has."""
    ports = (port for item in pod.spec.containers for port in item.ports)
    return tuple((port.host_port, port.protocol) for port in ports if port.host_port)


def _holders(cluster: Snapshot) -> Mapping[_Port, Pod]:
    on_nodes = (pod for pod in cluster.pods if pod.spec.node_name and not pod.finished)
    return {port: pod for pod in on_nodes for port in _ports(pod)}


def _clash(cluster: Snapshot, group: Group[_Port, Pod], holders: Mapping[_Port, Pod]) -> Finding:
    pod, (port, protocol) = group.first[0], group.key
    holder = next((holders[one] for one in _ports(pod) if one in holders), None)
    held = f"pod {holder.name} on {holder.spec.node_name} has it" if holder else "it is taken on every node"
    condition = pod.condition("PodScheduled")
    evidence = [
        cluster.evidence("pods", pod, "status.conditions[PodScheduled]", condition.message if condition else "-")
    ]
    if holder:
        evidence.append(cluster.evidence("pods", holder, "spec.containers ports.hostPort", port))
    return Finding(
        subject=group.subject,
        summary=f"No node has hostPort {port}/{protocol} free for {group.share}; {held}.",
        evidence=tuple(evidence),
        remedy=remedy(
            cluster,
            group.subject,
            "Use a service instead of the hostPort, or want no more pods than there are nodes with that port free.",
            f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}",
        ),
        first_seen=condition.last_transition_time if condition else None,
        last_seen=cluster.now,
        count=len(group.members),
    )


def _without_pod(cluster: Snapshot, service: Service) -> Finding | None:
    found = ready(endpoints(cluster, service) or ())
    having = {one.node_name for one in found}
    lacking = sorted(set(cluster.node_by_name) - having)
    if not found or not lacking or "" in having:
        return None
    subject = Subject("service", service.name)
    ports = ", ".join(str(port.node_port) for port in service.spec.ports if port.node_port)
    field = cluster.evidence("services", service, "spec.externalTrafficPolicy", "Local")
    source = f"GET /apis/discovery.k8s.io/v1/namespaces/{service.metadata.namespace}/endpointslices of {service.name}"
    nodes = f"{', '.join(lacking[:3])}{' …' if len(lacking) > 3 else ''}"
    return Finding(
        subject=subject,
        summary=f"Service {service.name} answers on nodePort {ports} of {len(having)} of {len(cluster.nodes)} nodes "
        f"only: with externalTrafficPolicy Local, nodes without a pod of it ({nodes}) drop what comes in.",
        evidence=(field, Evidence(source=source, value=f"on {', '.join(sorted(having)[:5])}", at=cluster.taken_at)),
        confidence=Confidence.INFERRED,
        remedy=remedy(
            cluster,
            subject,
            "Set externalTrafficPolicy to Cluster, run a pod on each node, or ask only the nodes that have one.",
            kubectl("describe", subject),
        ),
    )
