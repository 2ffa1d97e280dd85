"""DKR-C107: a container cannot start because the port it publishes is in use."""

import pytest

from sickbay.diagnostics.model import Confidence, Finding
from sickbay.diagnostics.platforms.docker.checks.port_taken import port_conflict, port_taken
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import PortBinding
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host

HEAD = "driver failed programming external connectivity on endpoint web-1 (0a1b): "
HOLDER = container("holder-1", ports={"80/tcp": (PortBinding(host_ip="0.0.0.0", host_port="8080"),)})


def found(error: str, *others: Container) -> Finding:
    (finding,) = findings(port_taken, host(container(status="created", error=error), *others))
    return finding


@pytest.mark.parametrize(
    "error",
    [
        HEAD + "Bind for 0.0.0.0:8080 failed: port is already allocated",
        HEAD + "Bind for :::8080 failed: port is already allocated",
        HEAD + "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
        HEAD + "Error starting userland proxy: listen tcp6 [::]:8080: bind: address already in use",
        "failed to set up container networking: "
        + HEAD
        + "failed to bind host port 0.0.0.0:8080/tcp: address already in use",
        "rootlessport listen tcp 0.0.0.0:8080: bind: address already in use",
        HEAD + "Bind for 127.0.0.1:8080 failed: PORT IS ALREADY ALLOCATED",
    ],
)
def test_the_holder_is_looked_up(error: str) -> None:
    """Given the words of any engine, then the port and the container that publishes it are told."""
    finding = found(error, HOLDER)

    assert finding.summary == "web-1 cannot start: port 8080 is taken; container holder-1 holds it."
    assert finding.evidence[1].source == "GET /containers/json Ports"
    assert finding.evidence[1].value == "holder-1 publishes 8080"
    assert finding.remedy is not None
    assert finding.remedy.command == "docker stop holder-1"


@pytest.mark.parametrize(("protocol", "option"), [("tcp4", "t"), ("udp4", "u")])
def test_a_process_outside_docker_is_inferred(protocol: str, option: str) -> None:
    """Given that no container publishes the port, then a process of the host is concluded, and how to find it."""
    finding = found(HEAD + f"listen {protocol} 0.0.0.0:53: bind: address already in use", HOLDER)

    assert finding.summary.endswith("port 53 is taken; no container publishes it, so a process of the host outside "
                                    "Docker holds it.")  # fmt: skip
    assert finding.confidence is Confidence.INFERRED
    assert finding.remedy is not None
    assert finding.remedy.command == f"ss -l{option}np 'sport = :53'"


@pytest.mark.parametrize(
    "error",
    [
        HEAD + "listen udp4 0.0.0.0:8080: bind: address already in use",
        HEAD + "failed to bind host port 0.0.0.0:8080/udp: address already in use",
    ],
)
def test_the_same_number_of_another_protocol_is_another_port(error: str) -> None:
    """Given a UDP port that is taken, then a container that publishes the TCP port of that number is not accused."""
    finding = found(error, HOLDER)

    assert "outside Docker" in finding.summary
    assert finding.remedy is not None
    assert finding.remedy.command == "ss -lunp 'sport = :8080'"


@pytest.mark.parametrize(("wanted", "accused"), [("53/udp", "resolver-1"), ("53/tcp", "mirror-1")])
def test_an_error_without_a_protocol_means_what_was_asked_for(wanted: str, accused: str) -> None:
    """Given words that leave the protocol out, then it is the one that the container asked to publish there."""
    one = container(
        status="created",
        error=HEAD + "Bind for 0.0.0.0:5353 failed: port is already allocated",
        port_bindings={wanted: (PortBinding(host_port="5353"),)},
    )
    others = [
        container("mirror-1", ports={"80/tcp": (PortBinding(host_port="5353"),)}),
        container("resolver-1", ports={"53/udp": (PortBinding(host_port="5353"),)}),
    ]

    (finding,) = findings(port_taken, host(one, *others))

    assert f"container {accused} holds it" in finding.summary


def test_an_error_without_a_port_claims_nothing() -> None:
    """Given an error that does not name the port, then nobody is accused."""
    finding = found("address already in use", HOLDER, container("plain-1"))

    assert finding.summary == "web-1 cannot start: a port that it publishes is taken; the error does not say which."
    assert finding.remedy is None


def test_itself_is_no_holder() -> None:
    """Given the container's own entry in the list, then it does not hold its port against itself."""
    own = container(status="created", error="Bind for 0.0.0.0:8080 failed: port is already allocated",
                    ports={"80/tcp": (PortBinding(host_port="8080"),)})  # fmt: skip

    (finding,) = findings(port_taken, host(own))

    assert "outside Docker" in finding.summary


@pytest.mark.parametrize(
    "well",
    [
        container(error="Bind for 0.0.0.0:8080 failed: port is already allocated"),
        container(status="created", error="network x not found"),
        container(status="exited", error="no address"),
    ],
    ids=["it runs by now", "another error", "a like word"],
)
def test_other_errors_are_left_alone(well: Container) -> None:
    """Given another error, or one from before it ran, then nothing is found."""
    assert findings(port_taken, host(well)) == []


def test_a_conflict_is_told_by_words() -> None:
    """Given an error, then it is about a port only where it says so."""
    assert port_conflict(container(error="port is already allocated"))
    assert not port_conflict(container(error="port 80 is not exposed"))
