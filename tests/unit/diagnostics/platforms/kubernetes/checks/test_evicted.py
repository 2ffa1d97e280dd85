"""K8S-P110: evicted pods, with the resource that ran out."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.evicted import evicted
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import NOW, ago, cluster, event, findings, pod

MEMORY = "The node was low on resource: memory. Container app was using 1Gi, which exceeds its request of 0. "


def gone(name: str = "api-7d4b9c-x1", message: str = MEMORY, reason: str = "Evicted", **more: Any) -> Pod:
    failed: dict[str, Any] = {
        "phase": "Failed",
        "reason": reason,
        "message": message,
        "startTime": ago(hours=3),
        **more,
    }
    return pod(name, ready=False, **failed)


def test_evicted_pods_of_a_workload_are_one_finding() -> None:
    """Given two evicted pods and their healthy successor, when judged, then one finding names node and resource."""
    (found,) = findings(evicted, cluster(gone(), gone("api-7d4b9c-x2"), pod("api-7d4b9c-x3", node="node-2")))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary.startswith(
        "2 pods of deployment shop/api were evicted from node node-1: its node ran short of memory."
    )
    assert found.count == 2
    assert found.evidence[0].value == f"Evicted: {MEMORY}"
    assert found.remedy is not None
    assert found.remedy.command == "kubectl describe pod/api-7d4b9c-x1 -n shop"


def test_without_its_node_a_single_pod_is_told() -> None:
    """Given an evicted pod that stands alone and whose node is not said, when judged, then it is named by itself."""
    (found,) = findings(evicted, cluster(gone("solo", deployment="", node="")))

    assert found.summary == "Pod shop/solo was evicted: its node ran short of memory."


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (MEMORY, "its node ran short of memory"),
        ("The node was low on resource: ephemeral-storage. ", "its node ran short of disk"),
        ("The node was low on resource: inodes. ", "its node ran out of inodes"),
        ("The node was low on resource: pids. ", "its node ran out of process ids"),
        ("The node had condition: [DiskPressure]. ", "its node ran short of disk"),
        ("The node had condition: [MemoryPressure]. ", "its node was short of memory"),
        ('Usage of EmptyDir volume "e" exceeds the limit "1Mi". ', "its emptyDir e grew over its limit of 1Mi"),
        (
            "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ",
            "than its ephemeral-storage limit 10Mi.",
        ),
        (
            'Container app exceeded its local ephemeral storage limit "20Mi". ',
            "than its ephemeral-storage limit 20Mi.",
        ),
        ("something new", "for the reason in the evidence"),
    ],
)
def test_each_resource_is_told(message: str, why: str) -> None:
    """Given an eviction's message, when judged, then the summary names what ran out."""
    (found,) = findings(evicted, cluster(gone(message=message)))

    assert why in found.summary


def test_the_event_tells_when() -> None:
    """Given a pod that started before the window and an event of its eviction, when judged, then that is its time."""
    told = event("Pod", "api-7d4b9c-x1", "Evicted", MEMORY, minutes_ago=30)

    (found,) = findings(evicted, cluster(gone(startTime=ago(days=9)), told))

    assert found.last_seen is not None
    assert (NOW - found.last_seen).total_seconds() == 30 * 60


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pod(), id="runs"),
        pytest.param(gone(reason="NodeLost"), id="failed otherwise"),
        pytest.param(gone(startTime=ago(days=3), conditions=[]), id="before the window"),
    ],
)
def test_other_ends_and_old_ones_are_left_alone(other: Pod) -> None:
    """Given a pod that runs, failed otherwise, or was evicted before the window, when judged, then nothing is found."""
    assert findings(evicted, cluster(other)) == []
