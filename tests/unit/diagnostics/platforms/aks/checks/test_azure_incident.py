"""AKS-113: what Azure itself reports."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.azure_incident import azure_incident
from sickbay.diagnostics.platforms.aks.snapshot import Insight
from sickbay.diagnostics.platforms.aks.wire.monitoring import AvailabilityStatus
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, shaped


def health(state: str, reason: str = "Unplanned") -> AvailabilityStatus:
    told = {"availabilityState": state, "summary": "The control plane is down.", "reasonType": reason}
    return shaped(AvailabilityStatus, {"properties": {**told, "occurredTime": "2026-11-24T02:30:00Z"}})


def test_an_unavailable_cluster_is_told_in_azures_words() -> None:
    """Given that Resource Health calls the cluster unavailable, when judged, then its words and time are told."""
    (found,) = findings(azure_incident, aks(health=health("Unavailable")))

    assert found.summary == "Azure calls AKS cluster prod unavailable: The control plane is down."
    assert found.first_seen is not None


@pytest.mark.parametrize("told", [health("Available"), health("Unknown"), health("Unavailable", "Customer Initiated")])
def test_what_is_well_unknown_or_ones_own_doing_is_none(told: AvailabilityStatus) -> None:
    """Given a healthy cluster, an unknown state, or one's own doing, when judged, then nothing is found."""
    assert findings(azure_incident, aks(health=told)) == []


def test_what_a_detector_says_of_the_control_plane_is_told() -> None:
    """Given two critical insights of one detector, when judged, then it is told once, with both messages."""
    said = tuple(Insight(detector="Etcd", title="etcd", message=text, of_azure=True) for text in ("full", "slow"))

    (found,) = findings(azure_incident, aks(insights=said))

    assert found.subject == Subject("detector", "Etcd")
    assert found.summary == "AKS's detector 'etcd' says: full (and 1 more)"
    assert [item.value for item in found.evidence] == ["full", "slow"]


def test_warnings_and_what_is_not_azures_own_are_told_elsewhere() -> None:
    """Given a warning, and a critical insight of nodes, when judged, then this check leaves them to others."""
    said = (
        Insight(detector="a", title="a", message="m", critical=False, of_azure=True),
        Insight(detector="b", title="b", message="m"),
    )

    assert findings(azure_incident, aks(insights=said)) == []
