"""DKR-N111, and the table that answers whether two containers can talk."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Report
from sickbay.diagnostics.platforms.docker.checks.no_path import no_path
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import PortBinding
from tests.unit.diagnostics.platforms.docker.hosts import (
    ago,
    at,
    container,
    findings,
    host,
    identity,
    log,
    network,
    report,
)

OFF = {"com.docker.network.bridge.enable_icc": "false"}
DEFAULT = {"com.docker.network.bridge.default_bridge": "true"}
NONE: dict[str, Any] = {"network_mode": "none", "networks": at("", "none")}
HOST: dict[str, Any] = {"network_mode": "host", "networks": at("", "host")}
APART: dict[str, Any] = {"networks": at("172.19.0.2", "back")}
EVERYWHERE = {"80/tcp": (PortBinding(host_ip="0.0.0.0", host_port="8080"),)}
LOOPBACK = {"80/tcp": (PortBinding(host_ip="127.0.0.1", host_port="8080"),)}


def _two(web: dict[str, Any], db: dict[str, Any], **differs: Any) -> Snapshot:
    """Give a host of which is asked whether web can talk to db, both on one network but for what differs."""
    one = container("web", **({"networks": at("172.18.0.2")} | web))
    other = container("db", **({"networks": at("172.18.0.3", "shop", "database")} | db))
    return host(one, other, scope="web~db", **differs)


def _title(snapshot: Snapshot) -> str:
    (table,) = report(snapshot).tables
    return table.title


def _rows(told: Report) -> dict[str, str]:
    return {row[0]: row[1] for row in told.tables[0].rows}


def test_two_on_one_network_can_talk() -> None:
    """Given two on a network of their own, then yes, by name and address, and what was not seen is said."""
    told = report(_two({}, {}))

    assert told.findings == ()
    assert told.tables[0].title == "Can web talk to db? Yes, on shop"
    assert _rows(told) == {
        "web is on": "shop",
        "db is on": "shop",
        "names": "db, database",
        "address": "172.18.0.3",
        "exposed ports": "8080/tcp",
        "db is": "healthy",
        "inferred": "that the host's packet filter lets it pass, and that db listens: neither can be seen, and "
        "nothing was tried",
    }


def test_on_the_default_bridge_by_address_only() -> None:
    """Given two on the default bridge, then yes, but no name is found there."""
    one, other = (
        container("web", networks=at("172.17.0.2", "bridge")),
        container("db", networks=at("172.17.0.3", "bridge")),
    )
    bridge = network("bridge", one, other, subnet="172.17.0.0/16", options=DEFAULT)

    told = report(host(one, other, networks=(bridge,), scope="web~db"))

    assert told.tables[0].title == "Can web talk to db? Yes, on bridge, by address only"
    assert _rows(told)["names"] == "none: Docker resolves none on the default bridge"


@pytest.mark.parametrize(
    ("web", "db", "how"),
    [
        (HOST, {}, "by address, from the host's own network"),
        ({}, HOST, "at the host's own address"),
        (HOST, HOST, "over localhost"),
        ({"network_mode": f"container:{identity('db')}", "networks": {}}, {}, "over localhost"),
        ({}, {"network_mode": "container:web", "networks": {}}, "over localhost"),
        ({}, APART | {"ports": EVERYWHERE}, "through the host, where it is published"),
    ],
)
def test_other_ways(web: dict[str, Any], db: dict[str, Any], how: str) -> None:
    """Given the host's own network, a borrowed one, or a published port, then yes, and by what."""
    snapshot = _two(web, db)

    assert findings(no_path, snapshot) == []
    assert _title(snapshot) == f"Can web talk to db? Yes, {how}"


def test_a_link_opens_what_icc_closes() -> None:
    """Given icc off and a link from the one to the other, then yes, by the link."""
    snapshot = _two({"links": ("/db:/web/db",)}, {})
    linked = _two({"links": ("/db:/web/db",)}, {}, networks=(network("shop", *snapshot.containers, options=OFF),))

    assert _title(linked) == "Can web talk to db? Yes, by the link between them"


@pytest.mark.parametrize(
    ("web", "db", "why", "command"),
    [
        ({}, APART, "they share no network (web is on shop, db on back)", "docker network connect back web"),
        ({}, APART | {"ports": LOOPBACK}, "they share no network", "docker network connect back web"),
        (NONE, {}, "they share no network (web is on no network, db on shop)", None),
        ({}, NONE, "they share no network (web is on shop, db on no network)", None),
        ({}, APART | {"ports": EVERYWHERE, "status": "exited"}, "db does not run (exited)", "docker start db"),
        ({"status": "paused"}, {}, "web does not run (paused)", "docker unpause web"),
        ({}, {"status": "restarting"}, "db does not run (restarting)", None),
    ],
)  # fmt: skip
def test_what_is_in_the_way(web: dict[str, Any], db: dict[str, Any], why: str, command: str | None) -> None:
    """Given networks apart, a loopback port, no network, or one that does not run, then no, for that reason."""
    snapshot = _two(web, db)

    (finding,) = findings(no_path, snapshot)

    assert finding.summary.startswith(f"web cannot talk to db: {why}")
    assert finding.confidence is Confidence.OBSERVED
    assert finding.remedy is not None
    assert finding.remedy.command == command
    assert _title(snapshot) == "Can web talk to db? No"


def test_icc_off() -> None:
    """Given icc off on the only common network, then no, though nobody has tried yet."""
    snapshot = _two({}, {})
    snapshot = _two({}, {}, networks=(network("shop", *snapshot.containers, options=OFF),))

    (finding,) = findings(no_path, snapshot)

    assert "shop, where both are, does not let its containers talk (enable_icc=false)" in finding.summary


@pytest.mark.parametrize(
    ("line", "why", "confidence"),
    [
        (
            "dial tcp 172.18.0.3:5432: connect: connection refused",
            "db refuses: nothing listens on port 5432 that web asks for (exposed: 8080/tcp)",
            "observed",
        ),
        (
            "dial tcp 172.18.0.3:8080: i/o timeout",
            "172.18.0.3 gives no answer, which a packet filter of the host may cause: the API shows none",
            "inferred",
        ),
    ],
)  # fmt: skip
def test_what_the_first_says_of_the_second(line: str, why: str, confidence: str) -> None:
    """Given settings that allow it and a log that tells otherwise, then the log counts; what is unseen is inferred."""
    (finding,) = findings(no_path, _two({"log": log(line, at=ago(minutes=1))}, {}))

    assert finding.summary == f"web cannot talk to db: {why}."
    assert finding.confidence == confidence


def test_what_the_first_says_of_others_is_no_matter() -> None:
    """Given a log that tells of another peer, then these two can talk."""
    assert findings(no_path, _two({"log": log("dial tcp 10.0.0.9:80: i/o timeout", at=ago(minutes=1))}, {})) == []


def test_what_the_first_said_some_minutes_ago_is_over() -> None:
    """Given a second that refused five minutes ago, and no complaint since, then these two can talk."""
    refused = log("dial tcp 172.18.0.3:8080: connect: connection refused", at=ago(minutes=5))

    assert findings(no_path, _two({"log": refused}, {})) == []


def test_why_the_second_is_down_goes_first() -> None:
    """Given a second that ended with an error, then that end is the cause and 'cannot talk' its symptom."""
    told = report(_two({}, {"status": "exited", "exit_code": 3}))

    assert [(item.code, item.explained_by) for item in told.findings] == [
        ("DKR-C101", ()),
        ("DKR-N111", ("DKR-C101@container/db",)),
    ]
    assert told.findings[1].subject == "path/web~db"


def _replica(number: int, service: str, address: str) -> Container:
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": service}
    return container(f"shop-{service}-{number}", labels=labels, networks=at(address))


def test_services_are_asked_replica_by_replica() -> None:
    """Given services of several replicas, then each pair has its answer, and it is said how many were left out."""
    webs = [_replica(number, "web", f"172.18.0.{number + 1}") for number in range(1, 4)]
    both = [_replica(number, "db", f"172.18.1.{number}") for number in (1, 2)]

    told = report(host(*webs, *both, scope="shop/web~db"))

    assert [table.title for table in told.tables[:2]] == [
        "Can shop-web-1 talk to shop-db-1? Yes, on shop",
        "Can shop-web-1 talk to shop-db-2? Yes, on shop",
    ]
    assert len(told.tables) == 4
    assert _rows(told)["pairs"] == "4 of 6 are looked at: name two containers for another"


def test_other_scopes_ask_nothing() -> None:
    """Given a scope of one name, or none, then nothing is answered."""
    apart = (container("web", networks=at()), container("db", networks=at("172.19.0.2", "back")))

    for scope in ("", "web"):
        told = report(host(*apart, scope=scope))
        assert (told.findings, told.tables) == ((), ())
