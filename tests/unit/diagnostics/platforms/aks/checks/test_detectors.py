"""AKS-117: what AKS's detectors call critical."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.detectors import detectors
from sickbay.diagnostics.platforms.aks.snapshot import Insight
from tests.unit.diagnostics.platforms.aks.azure import aks, findings


def test_a_critical_detector_is_told_in_its_own_words() -> None:
    """Given a detector of nodes that calls something critical, when judged, then it is told."""
    (found,) = findings(
        detectors, aks(insights=(Insight(detector="oomkilled", title="OOM kills", message="3 nodes lost pods"),))
    )

    assert found.subject == Subject("detector", "oomkilled")
    assert found.summary == "AKS's detector 'OOM kills' says: 3 nodes lost pods"


def test_warnings_and_the_control_plane_are_told_elsewhere() -> None:
    """Given a warning and a word on the control plane, when judged, then nothing is found."""
    said = (
        Insight(detector="a", title="a", message="m", critical=False),
        Insight(detector="b", title="b", message="m", of_azure=True),
    )

    assert findings(detectors, aks(insights=said)) == []
