"""K8S-V103: volumes that cannot be attached, recorded: the lab has no driver that attaches."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.volume_attach import volume_attach
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, event, findings, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import attachment, claim, volume

POD = pod("db-7d4b9c-2", deployment="db", ready=False, node="node-2")
MULTI = event(
    "Pod",
    "db-7d4b9c-2",
    "FailedAttachVolume",
    'Multi-Attach error for volume "pv-1" Volume is already exclusively attached to one node and can\'t be attached',
)


def test_the_node_that_holds_a_volume_is_named() -> None:
    """Given Multi-Attach and the attachment to the other node, when judged, then claim and node are named."""
    (found,) = findings(volume_attach, cluster(POD, MULTI, claim(volume="pv-1"), attachment(attached=True)))

    assert found.subject == Subject("persistentvolumeclaim", "shop/data")
    assert "is still attached to node node-1, and pod db-7d4b9c-2 waits for it" in found.summary


def test_without_the_attachments_it_is_another_node() -> None:
    """Given Multi-Attach alone, when judged, then the volume is the subject and no node is invented."""
    (found,) = findings(volume_attach, cluster(POD, MULTI))

    assert found.subject == Subject("persistentvolume", "pv-1")
    assert "is still attached to another node" in found.summary


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ({"attachError": {"message": "rpc error: disk not found"}}, 'attached to node node-1: "rpc error: disk'),
        ({"attached": True, "detachError": {"message": "timed out"}}, 'detached from node node-1: "timed out"'),
    ],
)
def test_the_drivers_error_is_quoted(error: Any, told: str) -> None:
    """Given an attachment with an error, when judged, then the driver's words are in the finding."""
    (found,) = findings(volume_attach, cluster(attachment(**error), volume()))

    assert found.subject == Subject("persistentvolumeclaim", "shop/data")
    assert told in found.summary


def test_volumes_outside_the_scope_are_left_alone() -> None:
    """Given a scope and an attachment of a volume that no claim of it has, when judged, then nothing is found."""
    failed = attachment("pv-9", attachError={"message": "rpc error"})

    assert findings(volume_attach, cluster(failed, scope="shop")) == []


@pytest.mark.parametrize(
    "objects",
    [
        [attachment(attached=True), volume()],
        [attachment(attached=True, attachError={"message": "an earlier try"}), volume()],
        [MULTI],
        [POD, event("Pod", "db-7d4b9c-2", "FailedMount", MULTI.message)],
    ],
    ids=["attached", "attached in the end", "the pod is gone", "another event"],
)
def test_what_is_attached_or_over_is_left_alone(objects: list[Any]) -> None:
    """Given a volume that is attached, or a pod that is gone, when judged, then nothing is found."""
    assert findings(volume_attach, cluster(*objects)) == []
