"""K8S-W108: quotas that are almost used up, single replicas, and budgets that can never allow an eviction."""

import pytest

from sickbay.diagnostics.model import Kind, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.no_reserve import no_reserve
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    Fields,
    budget,
    cluster,
    deployment,
    findings,
    make,
    meta,
    quota,
)


def service(**selector: str) -> Service:
    return make(Service, {"metadata": meta("api"), "spec": {"selector": selector}})


def test_a_quota_at_nine_tenths_is_told_with_its_numbers() -> None:
    """Given a quota of which memory is used to 90 % and pods are not, when judged, then memory alone is told."""
    used = quota(hard={"requests.memory": "10Gi", "pods": "10"}, used={"requests.memory": "9Gi", "pods": "8"})

    (found,) = findings(no_reserve, cluster(used))

    assert found.subject == Subject("resourcequota", "shop/team")
    assert found.summary == "Quota shop/team is almost used up: 9.0 GiB of 10.0 GiB requests.memory."
    assert no_reserve.kind is Kind.HYGIENE


@pytest.mark.parametrize(
    ("hard", "used"),
    [
        ({"pods": "10"}, {"pods": "8"}),
        ({"pods": "0"}, {"pods": "0"}),
        ({"pods": "10"}, {}),
        ({}, {}),
        ({"x": "?"}, {"x": "9"}),
    ],
)
def test_a_quota_with_room_or_without_numbers_is_left_alone(hard: Fields, used: Fields) -> None:
    """Given a quota below nine tenths, of zero, or without counts, when judged, then nothing is found."""
    assert findings(no_reserve, cluster(quota(hard=hard, used=used))) == []


def test_a_service_on_a_single_replica_is_told() -> None:
    """Given a service whose deployment has one replica, when judged, then the deployment is the subject."""
    (found,) = findings(no_reserve, cluster(deployment(), service(app="api")))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary.startswith("Service shop/api stands on the single replica of deployment shop/api")
    assert found.remedy is not None
    assert found.remedy.command == "kubectl scale deployment/api -n shop --replicas=2"


def test_two_replicas_or_no_service_are_left_alone() -> None:
    """Given two replicas, or one that no service selects, when judged, then nothing is found."""
    assert findings(no_reserve, cluster(deployment(replicas=2), service(app="api"))) == []
    assert findings(no_reserve, cluster(deployment(), service(app="api", tier="web"))) == []
    assert findings(no_reserve, cluster(deployment(), service())) == []
    assert findings(no_reserve, cluster(deployment(namespace="bank"), service(app="api"))) == []


@pytest.mark.parametrize(
    ("spec", "setting"),
    [
        ({"maxUnavailable": 0}, "maxUnavailable 0"),
        ({"maxUnavailable": "0%"}, "maxUnavailable 0%"),
        ({"minAvailable": "100%"}, "minAvailable 100%"),
        ({"minAvailable": 2}, "minAvailable 2"),
    ],
)
def test_a_budget_that_can_never_allow_an_eviction_is_told(spec: Fields, setting: str) -> None:
    """Given a budget of two pods of which both must stay, when judged, then the setting is named."""
    (found,) = findings(no_reserve, cluster(budget(spec=spec, expectedPods=2, currentHealthy=2, desiredHealthy=2)))

    assert found.subject == Subject("poddisruptionbudget", "shop/api")
    assert f"can allow no eviction of its 2 pods ({setting})" in found.summary


@pytest.mark.parametrize("spec", [{"minAvailable": 1}, {"maxUnavailable": 1}, {"minAvailable": "50%"}])
def test_a_budget_that_only_allows_none_just_now_is_left_alone(spec: Fields) -> None:
    """Given a budget that would allow an eviction were its pods well, when judged, then nothing is found."""
    assert findings(no_reserve, cluster(budget(spec=spec, expectedPods=2, currentHealthy=1, desiredHealthy=1))) == []


def test_a_budget_of_no_pods_is_left_alone() -> None:
    """Given a budget that guards no pod at present, when judged, then nothing is found."""
    assert findings(no_reserve, cluster(budget(spec={"maxUnavailable": 0}))) == []
