"""AKS-105: old node images."""

from sickbay.diagnostics.platforms.aks.checks.node_image import node_image
from tests.unit.diagnostics.platforms.aks.azure import aks, findings

USED = "AKSUbuntu-2204gen2containerd-202611.10.0"


def test_a_newer_image_is_told() -> None:
    """Given a pool with an older image than there is, when judged, then both are told, and the command."""
    (found,) = findings(node_image, aks(latest_images={"user": "AKSUbuntu-2204gen2containerd-202611.20.0"}))

    assert (
        found.summary
        == f"Node pool user runs the node image {USED}; AKSUbuntu-2204gen2containerd-202611.20.0 is there."
    )
    assert found.remedy is not None
    assert str(found.remedy.command).endswith("--name user --node-image-only")


def test_the_newest_image_is_no_finding() -> None:
    """Given the newest image, or none that is known, when judged, then nothing is found."""
    assert findings(node_image, aks(latest_images={"user": USED})) == []
    assert findings(node_image, aks()) == []
