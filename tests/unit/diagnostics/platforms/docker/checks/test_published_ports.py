"""DKR-C114: a port is published to the wrong place, or to too many."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.published_ports import published_ports
from sickbay.diagnostics.platforms.docker.snapshot import Container, Image, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import Config, PortBinding
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, image


def publishing(port: str, *addresses: str, **differs: object) -> Container:
    return container(
        "web-1", ports={port: tuple(PortBinding(host_ip=one, host_port="1234") for one in addresses)}, **differs
    )


def exposing(*ports: str) -> Image:
    return image(config=Config(exposed_ports={port: {} for port in ports}))


def on(one: Container, made_from: Image) -> Snapshot:
    return host(one, images={one.inspect.image: made_from})


@pytest.mark.parametrize("address", ["0.0.0.0", "::", ""])
def test_an_open_database_is_told(address: str) -> None:
    """Given a database on every address, then it is told, with the mapping and a remedy of its own."""
    (finding,) = findings(published_ports, host(publishing("5432/tcp", address)))

    assert finding.summary == "web-1 publishes PostgreSQL (port 5432) on all the host's addresses."
    assert finding.evidence[0].value == f"5432/tcp on {address or 'every address'}:1234"
    assert finding.remedy is not None
    assert "127.0.0.1" in finding.remedy.text


def test_a_port_that_the_image_does_not_expose_is_told() -> None:
    """Given an image that exposes 80, when 8080 is published, then the finding names both."""
    (finding,) = findings(published_ports, on(publishing("8080/tcp", "127.0.0.1"), exposing("80/tcp", "443/tcp")))

    assert finding.summary == "web-1 publishes port 8080/tcp, but its image exposes 443/tcp, 80/tcp."


def test_the_protocol_makes_a_port_another() -> None:
    """Given an image that exposes 53/udp, when 53/tcp is published, then it is told."""
    assert findings(published_ports, on(publishing("53/tcp", "127.0.0.1"), exposing("53/udp"))) != []


def test_the_open_database_comes_before_the_odd_port() -> None:
    """Given an odd port and an open database, then the one finding is about the database."""
    both = {"81/tcp": (PortBinding(host_ip="0.0.0.0", host_port="81"),),
            "6379/tcp": (PortBinding(host_ip="0.0.0.0", host_port="6379"),)}  # fmt: skip
    (finding,) = findings(published_ports, on(container(ports=both), exposing("80/tcp")))

    assert "Redis" in finding.summary


@pytest.mark.parametrize(
    "well",
    [
        host(publishing("5432/tcp", "127.0.0.1")),
        host(publishing("5432/tcp", "10.0.0.5")),
        host(publishing("5432/tcp")),
        host(publishing("8080/tcp", "0.0.0.0")),
        host(publishing("5432/tcp", "0.0.0.0", status="exited")),
        on(publishing("80/tcp", "0.0.0.0"), exposing("80/tcp")),
        on(publishing("8080/tcp", "0.0.0.0"), exposing()),
        host(publishing("8080/tcp", "0.0.0.0"), images={}),
        host(container(ports={})),
    ],
    ids=[
        *("loopback", "one address", "not published", "no database", "not running"),
        *("exposed", "an image that exposes none", "no image read", "no ports"),
    ],
)
def test_ports_that_are_well_are_left_alone(well: Snapshot) -> None:
    """Given a port that is published where it should be, or nothing to compare with, then nothing is found."""
    assert findings(published_ports, well) == []
