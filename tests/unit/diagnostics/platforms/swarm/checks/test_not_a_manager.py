"""DKR-S114: the engine that was asked is no manager of a swarm."""

from sickbay.diagnostics.platforms.swarm.checks.not_a_manager import not_a_manager
from sickbay.diagnostics.platforms.swarm.wire.cluster import Info, Membership
from tests.unit.diagnostics.platforms.swarm.swarms import findings, membership, report, swarm


def test_a_worker() -> None:
    """Given a worker, then the managers that it knows are told, and nothing else is said of the swarm."""
    worker = swarm(info=membership(control_available=False, cluster=None), nodes=())

    (found,) = findings(not_a_manager, worker)

    assert found.summary == (
        "The engine m-1 is a worker of its swarm, and only managers tell of services: 10.0.0.1:2377, 10.0.0.2:2377."
    )
    assert found.remedy
    assert found.remedy.text == "Let the target's host be the engine of a manager, such as ssh://USER@10.0.0.1."
    judged = report(worker)
    assert (len(judged.findings), judged.blind) == (1, True)


def test_an_engine_that_joins() -> None:
    """Given an engine that joins a swarm, or makes one, then it is called no worker: it may soon be a manager."""
    joining = swarm(info=membership(control_available=False, cluster=None, local_node_state="pending"), nodes=())

    (found,) = findings(not_a_manager, joining)

    assert "The engine m-1 is only joining its swarm, or making one, and only managers tell" in found.summary


def test_an_engine_in_no_swarm() -> None:
    """Given an engine in no swarm, or Podman, which says so by an empty state, then that is told."""
    for state in ("inactive", ""):
        alone = swarm(info=Info(name="host-7", swarm=Membership(local_node_state=state)), nodes=())

        (found,) = findings(not_a_manager, alone)

        assert found.summary == "The engine host-7 is in no swarm, so there are no services to look at."


def test_managers_and_engines_out_of_service_are_not_told_of() -> None:
    """Given a manager, a locked one, or an engine that told nothing, then it is another check's matter."""
    assert findings(not_a_manager, swarm()) == []
    assert findings(not_a_manager, swarm(info=membership(control_available=False, local_node_state="locked"))) == []
    assert findings(not_a_manager, swarm(info=None)) == []
