"""K8S-X107: what RBAC hides."""

from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.kubernetes.checks.hidden import hidden
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings

REASON = "RBAC refuses it at the cluster scope"


def test_refusals_are_one_finding_that_names_verb_and_resource() -> None:
    """Given two refused lists, when judged, then one finding names what the user may not do."""
    gaps = tuple(Gap(what=f"{plural}: needs list on {plural}", reason=REASON) for plural in ("nodes", "leases"))

    (found,) = findings(hidden, cluster(gaps=gaps))

    assert found.summary == "Sickbay's user may not list on nodes, list on leases: faults there stay unseen."
    assert found.count == 2


def test_many_refusals_are_counted() -> None:
    """Given seven refused lists, when judged, then five are named and the others counted."""
    gaps = tuple(Gap(what=f"x: needs list on thing-{number}", reason=REASON) for number in range(7))

    (found,) = findings(hidden, cluster(gaps=gaps))

    assert "list on thing-4 and 2 more: faults" in found.summary
    assert len(found.evidence) == 7


def test_other_gaps_are_no_matter_of_rbac() -> None:
    """Given a gap for another reason, when judged, then nothing is found."""
    assert findings(hidden, cluster(gaps=(Gap(what="pods", reason="the time was up"),))) == []
