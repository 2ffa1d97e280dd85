"""Networks of a real engine, and containers on them that can talk, cannot, or cannot even start."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from docker.models.networks import Network
from docker.types import IPAMConfig, IPAMPool

from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.lab import Lab, finding

pytestmark = pytest.mark.docker

_BRIDGE = "com.docker.network.bridge."
#: An address that no host has (RFC 5737).
_NOBODY = "192.0.2.1"


class Town:
    """Networks made on purpose, and what lives on them."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.networks: list[Network] = []

    def network(self, name: str, **options: Any) -> Network:
        """Make a network."""
        self.networks.append(self.lab.client.networks.create(self.lab.name(name), **options))
        return self.networks[-1]

    def inhabit(self, name: str, network: str, *command: str, **options: Any) -> str:
        """Start a container on a network, and give its name."""
        options = {"network": self.lab.name(network), "network_mode": None, "stop_signal": "SIGKILL", **options}
        return str(self.lab.run(name, *(command or ("sleep", "3600")), **options).name)

    def ask(self, scope: str, until: str = "") -> Report:
        """Diagnose the scope, once the log of its first container holds the text."""
        container, deadline = self.lab.client.containers.get(scope.partition("~")[0]), time.monotonic() + 20
        while until not in container.logs().decode():
            assert time.monotonic() < deadline, container.logs()
            time.sleep(0.1)
        return self.lab.diagnose(scope).report


@pytest.fixture(scope="module")
def town(engine: DockerTarget) -> Iterator[Town]:
    """Networks of every kind that the tests ask about."""
    with Lab(engine) as lab:
        made = Town(lab)
        made.network("back")
        made.network("front")
        made.network("shut", options={f"{_BRIDGE}enable_icc": "false"})
        made.network("unmasked", options={f"{_BRIDGE}enable_ip_masquerade": "false"})
        yield made
        lab.remove_all()
        for network in made.networks:
            network.remove()


def test_two_that_can_talk(town: Town) -> None:
    """Given two on one network, then there is no finding, and the answer tells how the first finds the second."""
    web, db = town.inhabit("web", "back"), town.inhabit("db", "back", "httpd", "-f", "-p", "80")

    report = town.ask(f"{web}~{db}")

    assert (report.findings, report.gaps) == ((), ())
    assert report.looked_at["networks"] == 1
    (table,) = report.tables
    assert table.title == f"Can {web} talk to {db}? Yes, on {town.lab.name('back')}"
    assert ("names", db) in table.rows


def test_two_that_share_no_network(town: Town) -> None:
    """Given two on networks apart, of which the first asks for the second by name, then that is why it is not found."""
    db = town.inhabit("far", "back")
    lost = town.inhabit("lost", "front", "sh", "-c", f"while :; do nc {db} 80; sleep 1; done")

    report = town.ask(f"{lost}~{db}", until="bad address")

    assert report.tables[0].title == f"Can {lost} talk to {db}? No"
    assert finding(report, "DKR-N101").remedy.command == f"docker network connect {town.lab.name('back')} {lost}"
    assert "they share no network" in finding(report, "DKR-N111").summary


def test_two_on_a_network_that_forbids_it(town: Town) -> None:
    """Given icc off, when a connection to the second times out, then the network is the cause of the silence."""
    listener = town.inhabit("listener", "shut", "httpd", "-f", "-p", "80")
    tries = f"while :; do nc -w 1 {listener} 80 </dev/null || echo 'connect to {listener}:80 timed out'; sleep 1; done"
    caller = town.inhabit("caller", "shut", "sh", "-c", tries)

    report = town.ask(f"{caller}~{listener}", until="timed out")

    assert [item.code for item in report.causes] == ["DKR-N102"]
    assert finding(report, "DKR-N111").explained_by == (f"DKR-N102@network/{town.lab.name('shut')}",)


def test_a_network_without_masquerading(town: Town) -> None:
    """Given a network that does not masquerade, when nothing outside answers, then that is inferred to be why."""
    tries = f"while :; do nc -w 1 {_NOBODY} 443 </dev/null || echo 'dial tcp {_NOBODY}:443: i/o timeout'; sleep 1; done"
    caller = town.inhabit("outward", "unmasked", "sh", "-c", tries)

    found = finding(town.ask(caller, until="timeout"), "DKR-N103")

    assert (found.subject, found.confidence) == (f"network/{town.lab.name('unmasked')}", "inferred")


def test_a_network_of_one_address(town: Town) -> None:
    """Given a /30, when a second container is refused, then the full network explains why it never started."""
    pool = IPAMConfig(pool_configs=[IPAMPool(subnet="10.213.77.0/30")])
    town.network("tiny", ipam=pool)
    town.inhabit("first", "tiny")
    second = town.lab.fail("second", "sleep", "1", network=town.lab.name("tiny"), network_mode=None)

    report = town.lab.diagnose(second.name).report

    found = finding(report, "DKR-N104")
    assert f"Network {town.lab.name('tiny')} has 0 of 1 addresses left (10.213.77.0/30)" in found.summary
    assert [item.code for item in report.findings] == ["DKR-N104", "DKR-C106"]
