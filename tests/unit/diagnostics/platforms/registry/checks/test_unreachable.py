"""REG-101: registries that cannot be reached, and why."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.unreachable import unreachable
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Unreachable
from tests.unit.diagnostics.platforms.registry.registries import behind, findings, registry, report


@pytest.mark.parametrize(
    ("obstacle", "says", "command"),
    [
        (Obstacle.NAME, "the host name in https://registry.lan is not found", "getent hosts registry.lan"),
        (Obstacle.FORBIDDEN, "leads where Sickbay does not go", ""),
        (Obstacle.REFUSED, "nobody listens at", "nc -vz -w 5 registry.lan 443"),
        (Obstacle.TIMEOUT, "gave no answer in time", "nc -vz -w 5 registry.lan 443"),
        (Obstacle.TLS, "the TLS handshake with", "openssl s_client -connect registry.lan:443"),
        (Obstacle.PROTOCOL, "is not one", "curl -sSI https://registry.lan/v2/"),
        (Obstacle.OTHER, "the connection to", "curl -sSI"),
    ],
)
def test_each_obstacle_has_its_own_words_and_remedy(obstacle: Obstacle, says: str, command: str) -> None:
    """Given an obstacle before the registry, when judged, then sentence and remedy are of its class."""
    (finding,) = findings(unreachable, behind(obstacle))

    assert says in finding.summary
    assert finding.remedy
    assert command in (finding.remedy.command or "")
    assert finding.evidence[0].value == f"{obstacle}: as the system says it"


def test_every_obstacle_is_told_once_and_nothing_was_looked_at() -> None:
    """Given any obstacle, when judged by all checks, then exactly one finding tells it."""
    for obstacle in Obstacle:
        judged = report(behind(obstacle))

        assert len(judged.findings) == 1, obstacle
        assert judged.blind


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_a_token_server_that_is_not_reached(obstacle: Obstacle) -> None:
    """Given a registry that answers and a token server that does not, when judged, then the token server is named."""
    why = Unreachable(obstacle=obstacle, message="as the system says it")
    snapshot = registry(challenge="Bearer https://auth.lan/token", token_server=why)

    (finding,) = findings(unreachable, snapshot)

    assert finding.summary.startswith("The token server of registry registry.lan, without which nobody pulls")
    assert "https://auth.lan/token" in finding.summary


@pytest.mark.parametrize("realm", ["", "http://[", "http://h:99999/token", "file:///etc/passwd"])
def test_a_token_server_whose_address_is_none(realm: str) -> None:
    """Given a realm that the registry made up, when judged, then there is a finding all the same."""
    why = Unreachable(obstacle=Obstacle.PROTOCOL, message="no address")

    assert len(findings(unreachable, registry(challenge=f"Bearer {realm}", token_server=why))) == 1


def test_a_registry_that_answers_is_not_unreachable() -> None:
    """Given a registry that answers, when judged by all checks, then nothing is said."""
    assert report(registry()).findings == ()
