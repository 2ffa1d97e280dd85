"""DKR-E101: an engine that cannot be looked at, and why."""

import pytest

from sickbay.diagnostics.model import Finding, Gap, Remedy
from sickbay.diagnostics.platforms.docker.checks.unreachable import unreachable
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.wire.engine import Info
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, report

SOCKET, TCP, SSH = "unix:///var/run/docker.sock", "tcp://db-host:2376", "ssh://ops@db-host"


def behind(obstacle: Obstacle, address: str = SOCKET, message: str = "as the system says it") -> Snapshot:
    return host(address=address, unreachable=Unreachable(obstacle=obstacle, message=message), clock_at=None)


def cure(finding: Finding) -> Remedy:
    assert finding.remedy is not None
    return finding.remedy


@pytest.mark.parametrize(
    ("obstacle", "address", "says", "cures", "command"),
    [
        (Obstacle.MISSING_SOCKET, SOCKET, "there is no socket at", "Start the engine", "systemctl start docker"),
        (Obstacle.PERMISSION, SOCKET, "may not read", "docker group is as good as root", "ls -l /var/run/docker.sock"),
        (Obstacle.PERMISSION, TCP, "may not read", "let it pass GET", "journalctl"),
        (Obstacle.REFUSED, SOCKET, "no engine listens behind it", "Start the engine", "systemctl start docker"),
        (Obstacle.REFUSED, TCP, "nobody listens at tcp://db-host:2376", "Start the engine", "systemctl"),
        (Obstacle.REFUSED, SSH, "nobody listens at ssh://", "SSH server", "ssh ops@db-host docker version"),
        (Obstacle.TIMEOUT, SOCKET, "does not answer: it hangs", "write its stacks down", "kill -USR1"),
        (Obstacle.TIMEOUT, TCP, "gave no answer in time", "firewall", "nc -vz -w 5 db-host 2376"),
        (Obstacle.NAME, TCP, "is not found", "/etc/hosts", "getent hosts db-host"),
        (Obstacle.REFUSED, "ssh://ops@db-host:22", "nobody", "SSH", "ssh ssh://ops@db-host:22 docker version"),
        (Obstacle.SSH, SSH, "failed", "known_hosts", "ssh ops@db-host docker version"),
        (Obstacle.PROTOCOL, TCP, "is no Docker engine", "another service", None),
        (Obstacle.OTHER, TCP, "the connection to", "engine's log", "journalctl"),
    ],
)
def test_each_obstacle_has_its_own_words_and_remedy(
    obstacle: Obstacle, address: str, says: str, cures: str, command: str | None
) -> None:
    """Given an obstacle before the engine, when judged, then sentence and remedy are of its class."""
    (finding,) = findings(unreachable, behind(obstacle, address))

    assert says in finding.summary
    assert cures in cure(finding).text
    assert (command or "") in (cure(finding).command or "")
    assert finding.evidence[0].value == f"{obstacle}: as the system says it"


@pytest.mark.parametrize(
    ("message", "cures"),
    [
        ("the engine's certificate is not accepted: certificate has expired", "renew it"),
        (
            "the engine's certificate is not accepted: Hostname mismatch, certificate is not valid for 'db-host'.",
            "SANs",
        ),
        ("the engine's certificate is not accepted: certificate is not yet valid", "NTP"),
        ("the engine's certificate is not accepted: unable to get local issuer certificate", "`tls.ca`"),
        ("the engine's certificate is not accepted: self-signed certificate", "`tls.ca`"),
        ("the engine wants a client certificate: give certificate and key under `tls`", "--tlscacert"),
        ("the engine does not accept the client certificate: check certificate and key under `tls`", "--tlscacert"),
        ("the engine wants TLS: give its certificates under `tls`", "ca, certificate and key"),
        ("what answers on that port does not speak TLS", "plain HTTP"),
        ("/etc/sickbay/key.pem: No such file or directory", "Check the files"),
    ],
)
def test_each_way_in_which_tls_fails_has_its_remedy(message: str, cures: str) -> None:
    """Given a TLS handshake that failed, when judged, then the remedy is that of what failed in it."""
    (finding,) = findings(unreachable, behind(Obstacle.TLS, TCP, message))

    assert cures in cure(finding).text


def test_every_obstacle_but_the_version_is_told() -> None:
    """Given any obstacle, when judged by all checks, then exactly one finding tells it and nothing was looked at."""
    for obstacle in Obstacle:
        judged = report(behind(obstacle))

        assert [item.code for item in judged.findings] == [
            "DKR-E102" if obstacle is Obstacle.API_VERSION else "DKR-E101"
        ]
        assert judged.blind


def test_an_engine_that_answers_and_tells_nothing_is_not_healthy() -> None:
    """Given an engine whose version was read and nothing else, then that is told, with the gaps as evidence."""
    gaps = (Gap(what="GET /info", reason="forbidden"), Gap(what="the list of containers", reason="forbidden"))
    silent = host(info=Info(), clock_at=None, disk=None, gaps=gaps)

    (finding,) = findings(unreachable, silent)

    assert "nothing was looked at" in finding.summary
    assert [item.value for item in finding.evidence[1:]] == ["forbidden", "forbidden"]
    assert report(silent).blind


def test_an_address_is_quoted_for_the_shell() -> None:
    """Given an address with a character of the shell's, then the command quotes it."""
    (finding,) = findings(unreachable, behind(Obstacle.PERMISSION, "unix:///run/it's;here.sock"))

    assert cure(finding).command == "ls -l '/run/it'\"'\"'s;here.sock'"


def test_an_engine_that_could_not_tell_of_itself_but_of_containers_was_looked_at() -> None:
    """Given an engine without /info whose containers were read, then it is not called unreachable."""
    assert findings(unreachable, host(container(), info=Info(), clock_at=None)) == []


def test_a_proxy_that_passes_only_the_version(engine: FakeEngine) -> None:
    """Given a socket that answers ping and version and forbids the rest, when it is read, then it is not healthy."""
    for route in [route for route in engine.routes if route not in {"/_ping", "/version"}]:
        engine.routes[route] = lambda handler: handler.send(403, b'{"message": "forbidden"}')

    judged = report(read(engine))

    assert [item.code for item in judged.findings] == ["DKR-E101"]
    assert {gap.reason for gap in judged.gaps} == {"forbidden"}
    assert judged.blind
