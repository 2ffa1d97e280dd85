"""K8S-W104: daemon sets that are not where they should be."""

from typing import Any

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.daemonset_short import daemonset_short
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    daemonset,
    findings,
    make,
    node,
    owned_by,
    pod,
    status,
)

UNPLACED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}


def member(number: int, *, ready: bool = True, created: str = ago(days=2), **more: Any) -> Pod:
    about = {**owned_by("DaemonSet", "agent"), "creationTimestamp": created}
    return pod(f"agent-{number}", deployment="", node=f"node-{number}", metadata={**about, **more.pop("about", {})},
               ready=ready, **more)  # fmt: skip


def crashing(number: int) -> Pod:
    looping = status(ready=False, state={"waiting": {"reason": "CrashLoopBackOff"}})
    return member(number, ready=False, statuses=[looping])


def test_the_nodes_where_it_is_not_ready_are_named() -> None:
    """Given one pod of three that crashes, when judged, then its node and reason are named."""
    (found,) = findings(daemonset_short, cluster(daemonset(ready=2), member(1), member(2), crashing(3)))

    assert found.subject == Subject("daemonset", "shop/agent")
    assert found.summary == "DaemonSet shop/agent is ready on 2 of 3 nodes; not on node-3 (CrashLoopBackOff)."
    assert found.remedy is not None
    assert found.remedy.command == "kubectl describe pod/agent-3 -n shop"


def test_pods_that_are_not_there_are_missed() -> None:
    """Given two pods for three nodes that are not new, when judged, then the third is missed."""
    short = daemonset(ready=2, currentNumberScheduled=2)

    (found,) = findings(daemonset_short, cluster(short, member(1), member(2)))

    assert "is ready on 2 of 3 nodes." in found.summary


def test_a_pod_where_none_should_be_is_told() -> None:
    """Given a pod on a node that was tainted after it started, when judged, then the misplaced pod is told."""
    (found,) = findings(daemonset_short, cluster(daemonset(desired=1, ready=1, numberMisscheduled=1), member(1)))

    assert found.summary == "DaemonSet shop/agent runs on 1 where it should not."


def test_an_ill_node_is_no_fault_of_a_daemon_set() -> None:
    """Given a node that is not ready, on which every daemon set counts as misscheduled, then only others are told."""
    ill = node("node-2", conditions=[{"type": "Ready", "status": "Unknown"}])
    waiting = member(2, ready=False, spec={"nodeName": ""}, phase="Pending", conditions=[UNPLACED])

    assert findings(daemonset_short, cluster(daemonset(desired=1, ready=1, numberMisscheduled=1), node(), ill)) == []
    (found,) = findings(daemonset_short, cluster(daemonset(desired=1, ready=0), node(), ill, waiting, crashing(1)))
    assert "is ready on 0 of 1 nodes; not on node-1 (CrashLoopBackOff)." in found.summary


def test_without_nodes_a_misplaced_pod_is_not_judged() -> None:
    """Given nodes that may not be read, when a pod counts as misscheduled, then nothing is found: it may be ill."""
    assert findings(daemonset_short, cluster(daemonset(numberMisscheduled=1), nodes=())) == []


def test_what_starts_or_goes_is_given_its_time() -> None:
    """Given a pod that starts, a node that joined just now, or a misplaced pod that goes, then nothing is found."""
    starting = member(3, ready=False, created=ago(seconds=50))
    joined = make(Node, {"metadata": {"name": "node-3", "creationTimestamp": ago(seconds=20)}})
    going = member(3, about={"deletionTimestamp": ago(seconds=5)})

    assert findings(daemonset_short, cluster(daemonset(ready=2), member(1), member(2), starting)) == []
    assert findings(daemonset_short, cluster(daemonset(ready=2, currentNumberScheduled=2), joined)) == []
    assert findings(daemonset_short, cluster(daemonset(numberMisscheduled=1), going)) == []


def test_a_whole_set_is_left_alone() -> None:
    """Given a daemon set that is ready everywhere, when judged, then nothing is found."""
    assert findings(daemonset_short, cluster(daemonset(), member(1), member(2), member(3))) == []


def test_without_its_pods_a_count_alone_proves_nothing() -> None:
    """Given pods that were not read, when the status counts one unready, then it may be starting: nothing is found."""
    assert findings(daemonset_short, cluster(daemonset(ready=2), complete=())) == []
