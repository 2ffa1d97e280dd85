"""DKR-A105: a container is reached by more than what needs it."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.network_exposure import network_exposure
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Endpoint, PortBinding
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host


def publishes(port: str, *places: tuple[str, str]) -> Container:
    return container(ports={port: tuple(PortBinding(host_ip=ip, host_port=number) for ip, number in places)})


@pytest.mark.parametrize(
    ("one", "says", "proof"),
    [
        (
            publishes("8080/tcp", ("0.0.0.0", "8080"), ("::", "8080")),
            "ports on every address",
            "CIS 5.14: 8080/tcp on 8080",
        ),
        (publishes("22/tcp", ("127.0.0.1", "22")), "host ports below 1024", "CIS 5.8: 22/tcp on 22"),
        (container(networks={"bridge": Endpoint()}), "the default bridge", "CIS 5.30: bridge"),
    ],
)
def test_what_is_open_is_told(one: Container, says: str, proof: str) -> None:
    """Given a container that is open in one way, then that is told once, with the benchmark's number."""
    (finding,) = findings(network_exposure, host(one))

    assert finding.summary == f"web-1 is reached by more than needs it: {says}."
    assert [item.value for item in finding.evidence] == [proof]


@pytest.mark.parametrize(
    "well",
    [
        publishes("8080/tcp", ("127.0.0.1", "8080")),
        publishes("80/tcp", ("10.0.0.7", "80")),
        publishes("443/tcp", ("10.0.0.7", "443")),
        publishes("5432/tcp", ("0.0.0.0", "5432")),
        container(),
    ],
    ids=["loopback", "web", "secure web", "a database, told by DKR-C114", "nothing published"],
)
def test_what_is_meant_to_be_open_is_left_alone(well: Container) -> None:
    """Given ports on one address, those of the Web, and what another check tells, then nothing is found."""
    assert findings(network_exposure, host(well)) == []
