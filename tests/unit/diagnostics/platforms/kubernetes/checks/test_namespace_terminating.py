"""K8S-X108: namespaces that do not go."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.namespace_terminating import namespace_terminating
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import namespace

REMAINING = {
    "type": "NamespaceContentRemaining",
    "status": "True",
    "message": "Some resources are remaining: configmaps. has 1 resource instances",
}
FINALIZERS = {
    "type": "NamespaceFinalizersRemaining",
    "status": "True",
    "message": "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
}
FINE = {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "All resources discovered"}


def going(minutes: float = 30, *conditions: Any) -> Any:
    return namespace(deletionTimestamp=ago(minutes=minutes), conditions=conditions)


def test_the_finalizer_comes_before_what_it_holds() -> None:
    """Given both conditions, when judged, then the finalizer is told first and chooses the remedy."""
    (found,) = findings(namespace_terminating, cluster(going(30, FINE, REMAINING, FINALIZERS)))

    assert found.subject == Subject("namespace", "shop")
    assert "is being deleted for 30 min and does not go: Some content in the namespace has finalizers" in found.summary
    assert found.remedy is not None
    assert "controller that owns the finalizer" in found.remedy.text
    assert len(found.evidence) == 2


def test_an_api_that_is_away_is_told_first_of_all() -> None:
    """Given a failed discovery, when judged, then the remedy is the APIService."""
    failure = {**FINE, "status": "True", "message": "Discovery failed for some groups: metrics.k8s.io/v1beta1"}

    (found,) = findings(namespace_terminating, cluster(going(30, REMAINING, failure)))

    assert "Discovery failed for some groups" in found.summary
    assert found.remedy is not None
    assert "APIService" in found.remedy.text


def test_without_conditions_it_says_so() -> None:
    """Given a namespace that does not go and says nothing, when judged, then that is told."""
    (found,) = findings(namespace_terminating, cluster(going()))

    assert "its conditions do not say why" in found.summary


@pytest.mark.parametrize("well", [namespace(), going(0.5, REMAINING)], ids=["active", "just deleted"])
def test_namespaces_that_stay_or_have_just_been_deleted_are_left_alone(well: Any) -> None:
    """Given a namespace that is active, or was deleted half a minute ago, when judged, then nothing is found."""
    assert findings(namespace_terminating, cluster(well)) == []
