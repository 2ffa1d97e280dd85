"""K8S-X105: leases of the controllers and the scheduler, recorded: the lab's renew none."""

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.controller_stale import controller_stale
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings, lease


def of(name: str, seconds: float, namespace: str = "kube-system") -> Lease:
    return lease(name, seconds_ago=seconds, namespace=namespace)


@pytest.mark.parametrize(
    ("name", "effect"), [("kube-scheduler", "no new pod is placed"), ("kube-controller-manager", "no pods are made")]
)
def test_a_stale_lease_says_what_stands_still(name: str, effect: str) -> None:
    """Given a lease that was renewed twenty minutes ago, when judged, then its effect is told, as inferred."""
    (found,) = findings(controller_stale, cluster(of(name, 1200)))

    assert found.subject == Subject("lease", f"kube-system/{name}")
    assert f"{name} has not renewed its lease for 20 min: {effect}" in found.summary
    assert found.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "well",
    [of("kube-scheduler", 5), of("kube-scheduler", 150), of("my-operator", 9000), of("kube-scheduler", 9000, "shop")],
    ids=["fresh", "within four of its durations", "another component", "another namespace"],
)
def test_fresh_leases_and_those_of_others_are_left_alone(well: Lease) -> None:
    """Given a lease that is fresh or of nobody we know, when judged, then nothing is found."""
    assert findings(controller_stale, cluster(well)) == []
