"""A node-problem-detector reports trouble."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.detector import reports
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_CURE = "Drain the node and replace it, or reboot it and watch whether the problem returns."


@check(
    "K8S-N107",
    title="Node problem detected",
    severity=Severity.HIGH,
    remedy="Drain the node and replace it, or reboot it and watch whether the problem returns.",
    explains=("K8S-N101",),
)
def node_problem(cluster: Snapshot) -> Iterator[Finding]:
    """The node-problem-detector has seen a fault of the node's kernel, disks, hardware or container runtime.

    Recognised by the conditions and events of its shipped monitors, and of those that AKS runs. An OOM kill at a
    container's own limit is left to K8S-P102.
    """
    for report in reports(cluster):
        node, conditions, events = report.node, report.conditions, report.events
        subject = Subject("node", node.name)
        yield Finding(
            subject=subject,
            summary=f"Node {node.name} is faulty: {report.words}.",
            evidence=(
                *(
                    cluster.evidence("nodes", node, f"status.conditions[{item.type}]", f"{item.reason}: {item.message}")
                    for item in conditions
                ),
                *(cluster.event_evidence(event) for event in events),
            ),
            remedy=remedy(cluster, subject, _CURE, f"kubectl drain {node.name} --ignore-daemonsets"),
            first_seen=min(
                (item.last_transition_time for item in conditions if item.last_transition_time), default=None
            ),
            last_seen=events[-1].last_seen if events and not conditions else None,
            count=sum(event.count for event in events) or 1,
        )
