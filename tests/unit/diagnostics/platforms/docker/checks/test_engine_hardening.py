"""DKR-A101: the engine leaves out safeguards that it has."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.engine_hardening import engine_hardening
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary
from sickbay.diagnostics.platforms.docker.wire.engine import Info, Plugins, SwarmState, Version
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info

CONFINED = ("name=apparmor", "name=seccomp,profile=builtin", "name=userns")
BRIDGE = {"com.docker.network.bridge.default_bridge": "true"}
ONE_NODE = SwarmState(local_node_state="active", nodes=1)


@pytest.mark.parametrize(
    ("differs", "says", "number"),
    [
        ({"security_options": CONFINED[1:]}, "neither AppArmor nor SELinux confines containers", "5.2, 5.3"),
        ({"security_options": CONFINED[:2]}, "root in a container is root on the host", "2.1, 2.9"),
        ({"security_options": (CONFINED[0], CONFINED[2])}, "it filters no system calls", "2.17"),
        (
            {"security_options": (*CONFINED[::2], "name=seccomp,profile=unconfined")},
            "it filters no system calls",
            "2.17",
        ),
        ({"plugins": Plugins()}, "whoever reaches it may do everything", "2.12"),
        ({"logging_driver": "json-file"}, "logs stay on the host", "2.13"),
        ({"live_restore_enabled": False}, "containers end with it", "2.15"),
        ({"debug": True}, "it logs at level debug", "2.3"),
        ({"experimental_build": True}, "experimental features are on", "2.18"),
        ({"swarm": ONE_NODE}, "it is a swarm of one without a service", "5.1"),
    ],
)
def test_what_is_left_out_is_told(differs: dict[str, object], says: str, number: str) -> None:
    """Given an engine without one safeguard, then it is told, with the benchmark's numbers."""
    (finding,) = findings(engine_hardening, host(info=info(**differs)))

    assert finding.summary == f"host-7's engine could be hardened: {says}."
    assert finding.evidence[0].source.startswith("GET /info ")
    assert finding.evidence[0].value.startswith(f"CIS {number}: ")


@pytest.mark.parametrize(("icc", "told"), [("true", 1), ("false", 0)])
def test_the_default_bridge_lets_containers_talk(icc: str, told: int) -> None:
    """Given the default bridge with and without talk between its containers, then only the first is told."""
    bridge = Network(name="bridge", options={**BRIDGE, "com.docker.network.bridge.enable_icc": icc})

    found = findings(engine_hardening, host(networks=(bridge, Network(name="shop"))))

    assert len(found) == told
    assert all("CIS 2.2" in item.evidence[0].value for item in found)


def test_a_hardened_engine_is_left_alone() -> None:
    """Given an engine with all of them, one rootless, or a swarm that serves, then nothing is found."""
    rootless = info(security_options=(*CONFINED[:2], "name=rootless"))
    serving = ContainerSummary(id="1", labels={"com.docker.swarm.service.name": "web"})
    swarm = info(swarm=ONE_NODE, live_restore_enabled=False)

    assert findings(engine_hardening, host()) == []
    assert findings(engine_hardening, host(info=rootless)) == []
    assert findings(engine_hardening, host(info=swarm, summaries=(serving,))) == []
    assert findings(engine_hardening, host(info=info(swarm=SwarmState(local_node_state="active", nodes=3)))) == []


def test_an_engine_that_did_not_tell_of_itself_is_not_judged() -> None:
    """Given that `/info` could not be read, then nothing is made up of that."""
    assert findings(engine_hardening, host(info=Info(), clock_at=None)) == []


def test_of_podman_only_its_security_module_is_judged() -> None:
    """Given Podman, which has no daemon to harden, then only a missing security module is told."""
    podman = Version(components=({"Name": "Podman Engine"},))
    plain = info(security_options=("name=seccomp",), plugins=Plugins(), live_restore_enabled=False)

    (finding,) = findings(engine_hardening, host(version=podman, info=plain))

    assert len(finding.evidence) == 1
    assert "AppArmor" in finding.summary
