"""A node does not answer."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.liveness import failures
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-N101",
    title="Node not ready",
    severity=Severity.CRITICAL,
    remedy="Look whether the machine runs, whether it reaches the API server, and what its kubelet logs.",
    explains=("K8S-P106", "K8S-P108", "K8S-P111", "K8S-V103", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-S101"),
)
def node_not_ready(cluster: Snapshot) -> Iterator[Finding]:
    """A node's kubelet does not report, or reports that it cannot run pods.

    Unknown means that the kubelet is down, or that it and the API server cannot reach each other; False comes from the
    kubelet itself, with its reason. A lease older than 60 seconds of a node that still counts as ready means that
    nobody has noted its silence yet, or that its clock is behind: that is inferred.
    """
    for failure in failures(cluster):
        name = failure.node.name
        subject = Subject("node", name)
        count = sum(not pod.finished for pod in cluster.pods_by_node.get(name, ()))
        pods = "1 pod on it is" if count == 1 else f"{count} pods on it are"
        yield Finding(
            subject=subject,
            summary=f"Node {name} {failure.why}; {pods} affected.",
            evidence=(failure.evidence,),
            confidence=failure.confidence,
            remedy=remedy(cluster, subject, failure.cure, kubectl("describe", subject)),
            first_seen=failure.since,
        )
