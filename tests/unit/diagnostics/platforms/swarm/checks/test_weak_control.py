"""DKR-S106: the managers are too few, too many, too close together, or not of one version."""

import pytest

from sickbay.diagnostics.platforms.swarm.checks.weak_control import weak_control
from tests.unit.diagnostics.platforms.swarm.swarms import findings, managers, node, swarm


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "prod has one manager: when it is lost, so is the swarm."),
        (2, "prod has 2 managers, which survive the loss of 0, as 1 do."),
        (4, "prod has 4 managers, which survive the loss of 1, as 3 do."),
        (9, "prod has 9 managers, all of which must hear of every change."),
    ],
)
def test_numbers_of_managers_that_survive_little(count: int, says: str) -> None:
    """Given one, an even number, or more than seven managers, then what that means is told."""
    (found,) = findings(weak_control, swarm(nodes=managers(count)))

    assert found.summary == says


def test_managers_in_one_zone() -> None:
    """Given three managers with one zone's label, then the zone is told."""
    (found,) = findings(weak_control, swarm(nodes=managers(labels={"topology.kubernetes.io/zone": "eu-1a"})))

    assert found.summary == "prod has all 3 managers in topology.kubernetes.io/zone eu-1a."


def test_engines_of_several_releases() -> None:
    """Given a node of another release, then both are told, while patch levels are not compared."""
    nodes = (*managers(), node("w-1", version="20.10.24+dfsg1"), node("w-2", version="29.4.7"))

    (found,) = findings(weak_control, swarm(nodes=nodes))

    assert found.summary == "prod runs engines of 2 releases (29.4 on 4, 20.10 on 1)."


def test_three_managers_of_one_release_are_well() -> None:
    """Given three managers in three zones, or in none that is told, then nothing is found."""
    apart = tuple(node(f"m-{nth}", manager="reachable", labels={"zone": f"eu-1{nth}"}) for nth in range(3))

    assert findings(weak_control, swarm(nodes=apart)) == []
    assert findings(weak_control, swarm()) == []


def test_a_scope_is_not_asked_about_the_managers() -> None:
    """Given a scope, then the managers are not its matter."""
    assert findings(weak_control, swarm(nodes=managers(1), scope="web")) == []
