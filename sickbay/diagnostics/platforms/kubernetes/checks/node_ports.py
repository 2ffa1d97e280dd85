"""A port of the node is taken, or leads nowhere."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.host_ports import Clash, clashes
from sickbay.diagnostics.platforms.kubernetes.local_traffic import Patchy, patchy
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import endpoints_evidence
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


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
    yield from (_taken(cluster, clash) for clash in clashes(cluster))
    yield from (_leading_nowhere(cluster, found) for found in patchy(cluster))


def _taken(cluster: Snapshot, clash: Clash) -> Finding:
    group, pod = clash.group, clash.group.first[0].metadata
    cure = "Use a service instead of the hostPort, or want no more pods than there are nodes with that port free."
    return Finding(
        subject=group.subject,
        summary=f"No node has hostPort {clash.port} free for {group.share}; {clash.held}.",
        evidence=clash.evidence,
        remedy=remedy(cluster, group.subject, cure, f"kubectl describe pod {pod.name} -n {pod.namespace}"),
        first_seen=clash.first_seen,
        last_seen=cluster.now,
        count=len(group.members),
    )


def _leading_nowhere(cluster: Snapshot, found: Patchy) -> Finding:
    service, subject = found.service, Subject("service", found.service.name)
    field = cluster.evidence("services", service, "spec.externalTrafficPolicy", "Local")
    cure = "Set externalTrafficPolicy to Cluster, run a pod on each node, or ask only the nodes that have one."
    return Finding(
        subject=subject,
        summary=f"Service {service.name} answers on nodePort {found.ports} of {len(found.having)} of "
        f"{len(cluster.nodes)} nodes only: with externalTrafficPolicy Local, nodes without a pod of it ({found.drop}) "
        "drop what comes in.",
        evidence=(field, endpoints_evidence(cluster, service, f"on {', '.join(found.having[:5])}")),
        confidence=Confidence.INFERRED,
        remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
    )
