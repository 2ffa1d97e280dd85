"""K8S-P104: pods that no node fits."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.unschedulable import unschedulable
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import Backoff, GroupHealth, NodeGroup, ScaleUp
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, container, event, findings, pod

NO_CPU = "0/1 nodes are available: 1 Insufficient cpu."


def pending(name: str = "api-7d4b9c-x1", message: str = NO_CPU, *, age: float = 5, reason: str = "Unschedulable",
            **metadata: str) -> Pod:  # fmt: skip
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message,
                   "lastTransitionTime": ago(minutes=age)}  # fmt: skip
    return pod(
        name,
        node="",
        ready=False,
        phase="Pending",
        conditions=[unscheduled],
        metadata={"creationTimestamp": ago(minutes=age), **metadata},
        containers=[container(resources={"requests": {"cpu": "100", "memory": "1Gi"}})],
    )


def test_what_no_node_has_is_told_with_what_was_asked() -> None:
    """Given two replicas that ask for too much CPU, when judged, then one finding has class, request and event."""
    told = event("Pod", "api-7d4b9c-x1", "FailedScheduling", NO_CPU, count=9)

    (found,) = findings(unschedulable, cluster(pending(), pending("api-7d4b9c-x2"), told))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == "No node fits 2 of 2 pods of deployment shop/api: too little CPU left (1 of 1 node)."
    assert found.count == 2
    assert [item.value for item in found.evidence] == [NO_CPU, NO_CPU, "cpu 100, memory 1Gi", NO_CPU]
    assert found.remedy is not None
    assert found.remedy.text == "Lower the pod's CPU request, remove pods, or add a node."


@pytest.mark.parametrize(
    "well",
    [
        pod(),
        pending(age=0.5),
        pending(reason="SchedulingGated"),
        pending(deletionTimestamp=ago(minutes=1)),
    ],
)
def test_what_has_a_node_or_only_just_waits_is_left_alone(well: Pod) -> None:
    """Given a pod that runs, is new, is gated or is being deleted, when judged, then nothing is found."""
    assert findings(unschedulable, cluster(well)) == []


def test_what_the_autoscaler_says_stands_in_the_evidence() -> None:
    """Given a group at its maximum, one without nodes to be had, and one that may grow, then the first two are told."""
    groups = (
        NodeGroup(name="full", health=GroupHealth(cloud_provider_target=3, max_size=3)),
        NodeGroup(
            name="refused",
            health=GroupHealth(cloud_provider_target=1, max_size=5),
            scale_up=ScaleUp(status="Backoff", backoff_info=Backoff(error_code="QUOTA", error_message="no cores")),
        ),
        NodeGroup(name="free", health=GroupHealth(cloud_provider_target=1, max_size=5)),
    )

    (found,) = findings(unschedulable, cluster(pending(), node_groups=groups))

    assert [item.value for item in found.evidence[2:]] == [
        "3 of at most 3 nodes",
        "1 of at most 5 nodes, Backoff QUOTA: no cores",
    ]
    assert found.evidence[2].source.endswith("/configmaps/cluster-autoscaler-status full")
