"""K8S-V104: pods on nodes without their volume's driver."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.missing_driver import missing_driver
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, pod, status
from tests.unit.diagnostics.platforms.kubernetes.surroundings import DRIVER, claim, csi_node, volume

CREATING = status(ready=False, state={"waiting": {"reason": "ContainerCreating"}})
VOLUMES = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
CLAIM = claim(volume="pv-1")


def mounting(**more: Any) -> Any:
    return pod("db-7d4b9c-1", deployment="db", ready=False, spec=VOLUMES, statuses=[CREATING], **more)


def test_a_node_without_the_driver_is_named() -> None:
    """Given a pod that cannot start and a CSINode without its volume's driver, when judged, then both are named."""
    (found,) = findings(missing_driver, cluster(mounting(), CLAIM, volume(), csi_node("node-1", "other.example.com")))

    assert found.subject == Subject("node", "node-1")
    assert f"Node node-1 has no driver {DRIVER}, which the volume of pod shop/db-7d4b9c-1 needs" in found.summary
    assert found.evidence[0].value == "other.example.com"


@pytest.mark.parametrize(
    "objects",
    [
        [mounting(), CLAIM, volume(), csi_node("node-1", DRIVER)],
        [mounting(), CLAIM, volume()],
        [mounting(), CLAIM, csi_node("node-1")],
        [mounting(metadata={"creationTimestamp": ago(seconds=10)}), CLAIM, volume(), csi_node("node-1")],
        [pod(spec=VOLUMES), CLAIM, volume(), csi_node("node-1")],
        [mounting(node=""), CLAIM, volume(), csi_node("node-1")],
    ],
    ids=["has it", "drivers not read", "volume not read", "just placed", "runs", "not placed"],
)
def test_nodes_with_the_driver_or_of_which_it_is_not_known_are_left_alone(objects: list[Any]) -> None:
    """Given a node with the driver, a pod that runs, or facts that are missing, when judged, then nothing is found."""
    assert findings(missing_driver, cluster(*objects)) == []
