"""DKR-N101: a container that does not find another by name."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.peer_not_found import peer_not_found
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Endpoint
from tests.unit.diagnostics.platforms.docker.hosts import (
    at,
    container,
    findings,
    health,
    host,
    log,
    network,
    report,
)

DEFAULT = {"com.docker.network.bridge.default_bridge": "true"}
LOST = log("dial tcp: lookup db on 127.0.0.11:53: no such host")


def _on(name: str, network_name: str, address: str, **differs: object) -> Container:
    return container(name, networks=at(address, network_name), network_mode=network_name, **differs)


def test_both_on_the_default_bridge() -> None:
    """Given two containers on the default bridge, when one asks for the other by name, then that is what is missing."""
    web, db = _on("web", "bridge", "172.17.0.2", log=LOST), _on("db", "bridge", "172.17.0.3")
    bridge = network("bridge", web, db, subnet="172.17.0.0/16", options=DEFAULT)

    (finding,) = findings(peer_not_found, host(web, db, networks=(bridge,)))

    assert finding.summary == (
        "web does not find db by the name db: both are on the default bridge, and Docker resolves names only between "
        "containers of one user-defined network."
    )
    assert finding.remedy is not None
    assert finding.remedy.command is None


def test_on_different_networks() -> None:
    """Given containers on networks of their own, when one asks for the other, then the command joins the two."""
    web, db = _on("web", "front", "172.18.0.2", log=LOST), _on("db", "back", "172.19.0.2")

    (finding,) = findings(peer_not_found, host(web, db))

    assert "it is on front, db on back" in finding.summary
    assert finding.remedy is not None
    assert finding.remedy.command == "docker network connect back web"


def test_a_health_check_tells_too() -> None:
    """Given a failing health check that does not find the name, then it is found, and it explains that check."""
    web = _on("web", "front", "172.18.0.2", health=health("bad address 'db'", "bad address 'db'", "bad address 'db'"))

    judged = report(host(web, _on("db", "back", "172.19.0.2")))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("DKR-N101", ()),
        ("DKR-C105", ("DKR-N101@container/web",)),
    ]


@pytest.mark.parametrize("names", [("database",), ()])
def test_by_alias_or_address_of_a_service(names: tuple[str, ...]) -> None:
    """Given another name of the peer, an alias, then it is the peer; a name that is nobody's says nothing."""
    web = _on("web", "front", "172.18.0.2", log=log("getaddrinfo ENOTFOUND database"))
    db = container("db", networks=at("172.19.0.2", "back", *names))

    assert len(findings(peer_not_found, host(web, db))) == len(names)


def test_peers_that_meet_or_do_not_run_are_left_alone() -> None:
    """Given a peer that is down, or one on a common network, then the name is not what is wrong."""
    web = _on("web", "shop", "172.18.0.2", log=LOST)
    both = {**at("172.19.0.2", "back"), "shop": Endpoint(ip_address="172.18.0.3")}

    assert findings(peer_not_found, host(web, _on("db", "back", "172.19.0.2", status="exited"))) == []
    assert findings(peer_not_found, host(web, container("db", networks=both))) == []


def test_what_was_said_long_ago_is_over() -> None:
    """Given a line from an hour before, of a container that still runs, then nothing is said."""
    old = log("lookup db: no such host", at=container().read_at.replace(hour=1))
    web = _on("web", "front", "172.18.0.2", log=old)

    assert findings(peer_not_found, host(web, _on("db", "back", "172.19.0.2"))) == []
