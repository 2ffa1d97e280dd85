"""DKR-S107: what containers send each other travels between nodes in the clear."""

from sickbay.diagnostics.platforms.swarm.checks.overlay_in_the_clear import overlay_in_the_clear
from tests.unit.diagnostics.platforms.swarm.swarms import findings, managers, network, service, swarm


def test_networks_that_are_not_encrypted() -> None:
    """Given an encrypted network and two that are not, then the two are named."""
    networks = (network("ingress", ingress=True), network("shop"), network("safe", options={"encrypted": ""}))

    (found,) = findings(overlay_in_the_clear, swarm(networks=networks))

    assert found.summary == "2 overlay networks send between 3 nodes in the clear: ingress, shop."


def test_one_node_sends_nothing_to_another() -> None:
    """Given a swarm of one node, then nothing is found."""
    assert findings(overlay_in_the_clear, swarm(nodes=managers(1), networks=(network(),))) == []


def test_a_scope_asks_about_its_own_networks() -> None:
    """Given a scope, then the networks of other services are not its matter."""
    snapshot = swarm(service(networks=["net-safe"]), networks=(network("shop"), network("safe")), scope="web")

    (found,) = findings(overlay_in_the_clear, snapshot)

    assert found.summary == "1 overlay network sends between 3 nodes in the clear: safe."
