"""K8S-P111: deleted pods that do not go, with what holds them."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.stuck_terminating import stuck_terminating
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings, node, pod


def deleted(name: str = "api-7d4b9c-x1", *, minutes: float = 7, on: str = "node-1", **metadata: Any) -> Pod:
    """Give a pod whose grace ended so many minutes ago."""
    gone = {"deletionTimestamp": ago(minutes=minutes), "deletionGracePeriodSeconds": 30, **metadata}
    return pod(name, node=on, ready=False, metadata=gone)


def silent() -> Node:
    return node(conditions=[{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}])


def test_finalizers_are_named() -> None:
    """Given a deleted pod with finalizers, when judged, then the finding names them and how late it is."""
    (found,) = findings(stuck_terminating, cluster(deleted(finalizers=["example.com/hold", "example.com/b"])))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "1 pod of deployment shop/api should have been gone 7 minutes ago: it waits for its finalizers "
        "example.com/hold, example.com/b."
    )
    assert found.confidence is Confidence.OBSERVED
    assert found.evidence[0].value == "2026-11-24 02:53:00 UTC, grace 30 s"
    assert found.evidence[1].value == "example.com/hold, example.com/b"


def test_a_silent_node_cannot_confirm_the_end() -> None:
    """Given a deleted pod on a node that is silent, when judged, then the node is named with its condition."""
    (found,) = findings(stuck_terminating, cluster(deleted(), silent()))

    assert "its node node-1 is not ready and cannot confirm its end" in found.summary
    assert found.evidence[-1].value == "Unknown: NodeStatusUnknown"


def test_a_node_that_is_gone_is_named() -> None:
    """Given a deleted pod on a node that is no longer there, when judged, then that is said."""
    (found,) = findings(stuck_terminating, cluster(deleted(on="node-9")))

    assert "its node node-9 is gone" in found.summary


def test_nodes_that_were_not_read_are_not_called_gone() -> None:
    """Given nodes that could not be read, when judged, then the kubelet is inferred and no node is called gone."""
    partly = [plural for plural in KINDS if plural != "nodes"]

    (found,) = findings(stuck_terminating, cluster(deleted(on="node-9"), nodes=(), complete=partly))

    assert "the kubelet has not confirmed its end" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_the_kubelets_own_trouble_is_shown() -> None:
    """Given a ready node and an event FailedKillPod, when judged, then the event is the evidence."""
    told = event("Pod", "api-7d4b9c-x1", "FailedKillPod", "error killing pod: context deadline exceeded")

    (found,) = findings(stuck_terminating, cluster(deleted(), told))

    assert found.evidence[-1].value == "error killing pod: context deadline exceeded"


def test_pods_that_hold_for_different_reasons_are_one_finding() -> None:
    """Given two pods held by a finalizer and one by the kubelet, when judged, then one finding tells both."""
    held = [deleted(f"api-7d4b9c-{number}", finalizers=["example.com/hold"]) for number in range(2)]

    (found,) = findings(stuck_terminating, cluster(*held, deleted("api-7d4b9c-9")))

    assert found.count == 2
    assert "Others of it: the kubelet has not confirmed its end." in found.summary


@pytest.mark.parametrize("well", [pod(), deleted(minutes=0.5), deleted(minutes=-5)])
def test_what_is_within_its_grace_is_left_alone(well: Pod) -> None:
    """Given a pod that was not deleted, or whose grace is only just over or not yet, when judged, then no finding."""
    assert findings(stuck_terminating, cluster(well)) == []
