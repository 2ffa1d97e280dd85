"""DKR-E108: an engine, or a registry, without protection."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.open_engine import open_engine
from sickbay.diagnostics.platforms.docker.wire.engine import IndexConfig, Info, RegistryConfig
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info

PLAIN = (
    "WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\n"
    "         Access to the remote API is equivalent to root access on the host."
)
UNVERIFIED = "WARNING: API is accessible on https://0.0.0.0:2376 without TLS client verification."


@pytest.mark.parametrize(
    ("warning", "says"),
    [(PLAIN, "http://0.0.0.0:2375 without TLS"), (UNVERIFIED, "2376 without asking for a client certificate")],
)
def test_an_engine_that_warns_of_itself(warning: str, says: str) -> None:
    """Given the engine's own warning, when judged, then it is repeated as observed."""
    (finding,) = findings(open_engine, host(info=info(warnings=(warning,))))

    assert says in finding.summary
    assert finding.confidence is Confidence.OBSERVED


def test_read_over_plain_tcp() -> None:
    """Given an engine that Sickbay reads over TCP without TLS, then it is inferred to be open to others."""
    (finding,) = findings(open_engine, host(address="tcp://db-host:2375"))

    assert finding.summary == "host-7's engine answers at tcp://db-host:2375 without TLS."
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    ("address", "tls"),
    [("tcp://db-host:2376", True), ("tcp://127.0.0.1:2375", False), ("tcp://localhost:2375", False),
     ("tcp://[::1]:2375", False), ("ssh://ops@db-host", False), ("unix:///var/run/docker.sock", False)],
)  # fmt: skip
def test_ways_that_are_protected(address: str, tls: bool) -> None:
    """Given TLS, SSH, a socket or the loopback, when judged, then nothing is said."""
    assert findings(open_engine, host(address=address, tls=tls)) == []


def test_insecure_registries() -> None:
    """Given registries that are called insecure, by network and by name, when judged, then both are named."""
    registries = RegistryConfig(
        insecure_registry_cidrs=("127.0.0.0/8", "::1/128", "10.0.0.0/8"),
        index_configs={"docker.io": IndexConfig(), "registry.lan:5000": IndexConfig(secure=False)},
    )

    (finding,) = findings(open_engine, host(info=info(registry_config=registries)))

    assert "pulls from 10.0.0.0/8, registry.lan:5000 without checking certificates" in finding.summary


def test_the_loopback_is_dockers_default() -> None:
    """Given only loopback registries, or none told, when judged, then nothing is said."""
    loopback = RegistryConfig(
        insecure_registry_cidrs=("127.0.0.0/8", "::1/128"), index_configs={"localhost:5000": IndexConfig(secure=False)}
    )

    assert findings(open_engine, host(info=info(registry_config=loopback))) == []
    assert findings(open_engine, host(info=Info())) == []
