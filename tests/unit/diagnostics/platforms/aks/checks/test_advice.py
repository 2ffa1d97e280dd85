"""AKS-118: what AKS's detectors warn of and advise."""

from sickbay.diagnostics.platforms.aks.checks.advice import advice
from sickbay.diagnostics.platforms.aks.snapshot import Insight
from tests.unit.diagnostics.platforms.aks.azure import aks, findings


def test_warnings_are_told() -> None:
    """Given a warning, when judged, then it is told."""
    said = (Insight(detector="d", title="API deprecations", message="2 calls to policy/v1beta1", critical=False),)

    (found,) = findings(advice, aks(insights=said))

    assert found.summary == "AKS's detector 'API deprecations' says: 2 calls to policy/v1beta1"


def test_what_is_critical_is_no_advice() -> None:
    """Given what a detector calls critical, when judged, then nothing is found."""
    assert findings(advice, aks(insights=(Insight(detector="d", title="d", message="m"),))) == []
