"""Replicas with one fault are one group, and what separates them from the healthy is named."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, node, pod, status


def replica(number: int, *, ready: bool = False, on: str = "node-1", image: str = "aa", template: str = "") -> Pod:
    labels = {"labels": {"app": "api", "pod-template-hash": "7d4b9c", "controller-revision-hash": template}}
    if template:
        labels["labels"].pop("pod-template-hash")
    one = status(ready=ready, imageID=f"registry.example.com/shop/api@sha256:{image}")
    owner = {"ownerReferences": [{"kind": "StatefulSet", "name": "api", "uid": "s", "controller": True}]}
    return pod(f"api-{number}", node=on, ready=ready, statuses=[one], metadata={**labels, **owner})


def group(snapshot: Snapshot, *failing: Pod) -> Group[str, None]:
    (found,) = by_workload(snapshot, ((item, "", None) for item in failing))
    return found


def zoned(name: str, zone: str, architecture: str = "amd64") -> Node:
    made = node(name, nodeInfo={"architecture": architecture})
    made.metadata.labels["topology.kubernetes.io/zone"] = zone  # type: ignore[index]
    return made


def test_finished_and_deleted_pods_are_no_siblings() -> None:
    """Given a workload with a failing, an ended and a deleted pod, when grouped, then one of one fails."""
    ill = pod("api-7d4b9c-1", ready=False)
    gone = pod("api-7d4b9c-2", metadata={"deletionTimestamp": ago(minutes=1)})
    snapshot = cluster(ill, pod("api-7d4b9c-3", phase="Failed"), gone)

    assert group(snapshot, ill).share == "1 of 1 pod of deployment shop/api"


def test_the_commonest_fault_leads_and_names_the_others() -> None:
    """Given one pod with fault a and two with fault b, when grouped, then b is the group and a is named."""
    pods = [pod(f"api-7d4b9c-{number}") for number in range(3)]
    faults = zip(pods, "abb", (None, None, None), strict=True)

    (found,) = by_workload(cluster(*pods), faults)

    assert (found.key, found.others) == ("b", ("a",))
    assert found.share == "2 of 3 pods of deployment shop/api"
    assert found.also == " The same check fails for a too."


def test_a_pod_that_stands_alone_is_itself() -> None:
    """Given a pod without an owner, when grouped, then it is called by its own name."""
    alone = pod("solo", deployment="")

    assert group(cluster(alone), alone).share == "pod shop/solo"


@pytest.mark.parametrize(
    ("ill", "well", "said"),
    [
        ({"image": "bb"}, {}, "All that fail have image sha256:bb; the 2 that are well have not."),
        ({"template": "r2"}, {"template": "r1"}, "All that fail have revision r2; the 2 that are well have not."),
        ({"on": "arm"}, {}, "All that fail have architecture arm64; the 2 that are well have not."),
        ({"on": "far"}, {}, "All that fail have zone b; the 2 that are well have not."),
        ({"on": "near"}, {}, "All that fail have node near; the 2 that are well have not."),
        ({}, {}, ""),
    ],
)
def test_what_all_failing_share_and_no_healthy_has_is_named(
    ill: dict[str, Any], well: dict[str, Any], said: str
) -> None:
    """Given two failing and two healthy replicas, when compared, then what separates them is named."""
    failing = [replica(number, **ill) for number in (0, 1)]
    healthy = [replica(number, ready=True, **well) for number in (2, 3)]
    places = [zoned("node-1", "a"), zoned("near", "a"), zoned("far", "b"), zoned("arm", "a", "arm64")]
    snapshot = cluster(*failing, *healthy, *places)

    assert difference(snapshot, group(snapshot, *failing)).strip() == said


def test_the_place_of_one_failing_pod_tells_nothing() -> None:
    """Given one failing pod in a zone of its own, when compared, then no place is blamed."""
    failing, healthy = replica(0, on="far"), replica(1, ready=True)
    snapshot = cluster(failing, healthy, zoned("node-1", "a"), zoned("far", "b"))

    assert difference(snapshot, group(snapshot, failing)) == ""


def test_one_failing_and_one_healthy_are_told_in_the_singular() -> None:
    """Given one failing replica with another image than the healthy one, when compared, then one is spoken of."""
    failing, healthy = replica(0, image="bb"), replica(1, ready=True)
    snapshot = cluster(failing, healthy)

    said = difference(snapshot, group(snapshot, failing))

    assert said == " The one that fails has image sha256:bb; the one that is well has not."


def test_without_a_healthy_sibling_nothing_is_compared() -> None:
    """Given replicas that all fail, when compared, then nothing is said."""
    failing = [replica(number, image="bb") for number in (0, 1)]
    snapshot = cluster(*failing)

    assert difference(snapshot, group(snapshot, *failing)) == ""
