"""DKR-S101: nobody governs the swarm."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Finding, Gap
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.swarm.checks.no_quorum import no_quorum
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from tests.unit.diagnostics.platforms.swarm.swarms import findings, managers, membership, node, report, swarm

NO_LEADER = "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are"
DEADLINE = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"


def blind(error: str = "", **differs: Any) -> Snapshot:
    gaps = tuple(Gap(what=f"GET /{path}", reason=error) for path in ("nodes", "services", "tasks") if error)
    return swarm(info=membership(error=error, cluster=None, **differs), nodes=(), gaps=gaps)


def the(snapshot: Snapshot) -> Finding:
    (found,) = findings(no_quorum, snapshot)
    assert found.remedy is not None
    return found


@pytest.mark.parametrize(("error", "confidence"), [(NO_LEADER, Confidence.OBSERVED), (DEADLINE, Confidence.INFERRED)])
def test_a_swarm_without_a_leader(error: str, confidence: Confidence) -> None:
    """Given a manager that finds no leader, then the loss is told with the managers it knows; a deadline infers it."""
    found = the(blind(error))

    assert found.summary.startswith("The swarm has no leader: too few managers are online.")
    assert found.confidence is confidence
    assert "it knows 10.0.0.2:2377" in (found.remedy.text if found.remedy else "")
    assert error in {item.value for item in found.evidence}


def test_a_manager_that_is_locked() -> None:
    """Given a manager that waits for the unlock key, then that is told, and the command that unlocks it."""
    found = the(blind(local_node_state="locked", control_available=False))

    assert found.summary == "The manager m-1 is locked since its engine started: it takes no part in the swarm."
    assert found.remedy
    assert found.remedy.command == "docker swarm unlock"


def test_a_node_in_error() -> None:
    """Given an engine that cannot take part, then its own words are quoted."""
    found = the(blind("manager stopped: can't initialize raft node", local_node_state="error", control_available=False))

    assert "can't initialize raft node" in found.summary


def test_a_node_whose_certificate_ran_out() -> None:
    """Given an engine whose certificate ran out while it was off, then it is told to join again."""
    error = "x509: certificate has expired or is not yet valid"
    found = the(blind(error, local_node_state="error", control_available=False))

    assert "its certificate is not valid any more" in found.summary


def test_an_engine_that_is_not_reached() -> None:
    """Given a socket where nobody listens, then the obstacle's own words and remedy are told."""
    refused = Unreachable(obstacle=Obstacle.REFUSED, message="Connection refused")
    found = the(swarm(unreachable=refused, info=None, nodes=()))

    assert found.summary == (
        "prod cannot be looked at: the socket unix:///var/run/docker.sock is there, but no engine listens behind it."
    )


def test_fewer_managers_than_must_agree() -> None:
    """Given a list of nodes in which most managers are not reached, then their number is told, and their names."""
    lost = (*managers(1), node("m-2", manager="unreachable"), node("m-3", manager="unreachable"))
    found = the(swarm(nodes=lost))

    assert found.summary == "Only 1 of 3 managers can be reached, and 2 must agree."
    assert found.remedy
    assert found.remedy.text == "Bring these managers back: m-2, m-3."


def test_what_can_be_told_of_the_nodes_is_explained_by_it() -> None:
    """Given a lost majority, then the unreachable managers' own findings stand under it."""
    judged = report(swarm(nodes=(*managers(1), node("m-2", manager="unreachable"), node("m-3", manager="unreachable"))))

    assert [item.code for item in judged.causes] == ["DKR-S101"]
    assert len(judged.findings) == 3


def test_a_manager_that_tells_nothing_for_another_reason() -> None:
    """Given a proxy that forbids the list of nodes, then no leader is missed, and the reason is told."""
    found = the(blind("403 Forbidden"))

    assert found.summary == "prod answers, but tells nothing of its nodes."


def test_one_manager_of_three_may_be_away() -> None:
    """Given two of three managers, then somebody governs."""
    assert findings(no_quorum, swarm(nodes=(*managers(2), node("m-3", manager="unreachable")))) == []
