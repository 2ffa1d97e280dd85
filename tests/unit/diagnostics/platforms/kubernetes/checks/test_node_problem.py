"""K8S-N107: what a node-problem-detector reports."""

from sickbay.diagnostics.platforms.kubernetes.checks.node_problem import node_problem
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings, node

READY = {"type": "Ready", "status": "True"}
READ_ONLY = {
    "type": "ReadonlyFilesystem",
    "status": "True",
    "reason": "FilesystemIsReadOnly",
    "message": "Remounting filesystem read-only",
    "lastTransitionTime": ago(hours=1),
}


def test_a_condition_and_an_event_are_one_finding() -> None:
    """Given a read-only file system and ext4 errors, when judged, then one finding says both, with their evidence."""
    errors = event("Node", "node-1", "Ext4Error", "EXT4-fs error (device sda1)", namespace="", count=7)

    (found,) = findings(node_problem, cluster(node(conditions=[READY, READ_ONLY]), errors))

    assert "a file system of it has become read-only, and an ext4 file system of it has errors" in found.summary
    assert [item.value for item in found.evidence] == [
        "FilesystemIsReadOnly: Remounting filesystem read-only",
        "EXT4-fs error (device sda1)",
    ]
    assert found.count == 7


def test_an_event_alone_is_enough() -> None:
    """Given a hung task of the kernel, when judged, then it is found and dated by the event."""
    hung = event("Node", "node-1", "TaskHung", "task docker:20744 blocked for more than 120 seconds.", namespace="")

    (found,) = findings(node_problem, cluster(node(), hung))

    assert found.last_seen == hung.last_seen


def test_an_oom_of_the_whole_node_is_told_and_one_at_a_limit_is_not() -> None:
    """Given a kill for want of the node's memory and one at a limit of its own, when judged, then the first counts."""
    own = event("Node", "node-1", "OOMKilling", "Memory cgroup out of memory: Killed process 7 (java)", namespace="")
    whole = event("Node", "node-1", "OOMKilling", "Out of memory: Killed process 9 (java)", namespace="")

    assert findings(node_problem, cluster(node(), own)) == []
    (found,) = findings(node_problem, cluster(node(), own, whole))
    assert [item.value for item in found.evidence] == ["Out of memory: Killed process 9 (java)"]


def test_a_healthy_report_is_left_alone() -> None:
    """Given a condition that says all is well, and an event before the window, when judged, then nothing is found."""
    well = {**READ_ONLY, "status": "False", "reason": "FilesystemIsNotReadOnly"}
    old = event("Node", "node-1", "KernelOops", "BUG: unable to handle", namespace="", minutes_ago=60 * 30)

    assert findings(node_problem, cluster(node(conditions=[READY, well]), old)) == []
