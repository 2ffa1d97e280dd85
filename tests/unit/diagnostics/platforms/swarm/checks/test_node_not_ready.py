"""DKR-S102: a node of the swarm does not report."""

import pytest

from sickbay.diagnostics.platforms.swarm.checks.node_not_ready import node_not_ready
from tests.unit.diagnostics.platforms.swarm.swarms import (
    ago,
    findings,
    managers,
    node,
    pending,
    report,
    service,
    swarm,
    task,
)


def test_a_node_that_is_down() -> None:
    """Given a worker without a heartbeat, then what had tasks there and the ports of Swarm are told."""
    lost = node("w-1", state="down", message="heartbeat failure")
    web = service(tasks=[task(node_id="w-1", desired_state="shutdown"), task(slot=2)])

    (found,) = findings(node_not_ready, swarm(web, nodes=(*managers(), lost)))

    assert found.summary == "Node w-1 is down: its engine does not report to the managers; web had tasks there."
    assert found.remedy
    assert "2377/tcp" in found.remedy.text
    assert "docker node rm --force w-1" in found.remedy.text
    assert "heartbeat failure" in {item.value for item in found.evidence}


def test_a_manager_that_is_down_misses_its_vote() -> None:
    """Given a manager that is down, then its vote is told as missing."""
    (found,) = findings(node_not_ready, swarm(nodes=(*managers(2), node("m-3", state="down", manager="unreachable"))))

    assert found.summary.endswith("; it is a manager, and its vote is missing.")


def test_an_earlier_membership_of_a_host_that_is_there() -> None:
    """Given a host that joined anew, then what it left behind is to be removed, and both go by their ids."""
    nodes = (*managers(2), node("old0000000id", state="down", hostname="m-9"), node("new0000000id", hostname="m-9"))

    (found,) = findings(node_not_ready, swarm(nodes=nodes))

    assert found.subject.name == "m-9 (old0000000)"
    assert "its host has joined anew" in found.summary
    assert found.remedy
    assert found.remedy.command == "docker node rm old0000000id"


def test_a_manager_that_the_others_do_not_reach() -> None:
    """Given a manager that reports and has no vote, then that is told."""
    (found,) = findings(node_not_ready, swarm(nodes=(*managers(2), node("m-3", manager="unreachable"))))

    assert "the other managers do not reach it" in found.summary


@pytest.mark.parametrize("minutes", [0.5, 2])
def test_the_state_unknown_after_a_change_of_leader_gets_its_time(minutes: float) -> None:
    """Given nodes that a new leader does not know yet, then they are told of only when that lasts a minute."""
    unknown = node("w-1", state="unknown", updated_at=ago(minutes=minutes))

    assert bool(findings(node_not_ready, swarm(nodes=(*managers(), unknown)))) is (minutes > 1)


@pytest.mark.parametrize("availability", ["drain", "pause"])
def test_nodes_that_were_put_aside_are_well(availability: str) -> None:
    """Given a node that somebody drained or paused, then nothing is found."""
    assert findings(node_not_ready, swarm(nodes=(*managers(), node("w-1", availability=availability)))) == []


def test_it_explains_the_service_that_waits_for_it() -> None:
    """Given a service that may run only on the node that is down, then its shortage stands under the node."""
    reason = "1 node not available for new tasks; scheduling constraints not satisfied on 3 nodes"
    web = service(tasks=[pending(reason)])

    judged = report(swarm(web, nodes=(*managers(), node("w-1", state="down"))))

    assert [item.code for item in judged.causes] == ["DKR-S102"]


def test_it_does_not_explain_the_shortage_of_a_service_elsewhere() -> None:
    """Given a service whose task cannot start on another node, then the node that is down does not explain it."""
    web = service(tasks=[task("rejected", "No such image: shop/web:1.4"), task("ready", at=ago(minutes=0))])

    judged = report(swarm(web, nodes=(*managers(), node("w-1", state="down"))))

    assert {item.code for item in judged.causes} == {"DKR-S102", "DKR-S103"}


def test_a_scope_leaves_out_the_nodes_that_its_services_do_not_use() -> None:
    """Given a scope whose task runs elsewhere, then the node that is down is not its matter."""
    nodes = (*managers(), node("w-1", state="down"))

    assert findings(node_not_ready, swarm(service(), nodes=nodes, scope="web")) == []
