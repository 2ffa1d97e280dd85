"""DKR-S111: the certificate of the swarm's own authority runs out."""

from datetime import timedelta

import pytest

from sickbay.diagnostics.platforms.swarm.checks.authority_expires import authority_expires
from tests.unit.diagnostics.platforms.swarm.swarms import NOW, findings, swarm


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (20, "The certificate authority of prod runs out on 14 December 2026."),
        (-1, "The certificate authority of prod ran out on 23 November 2026: nodes cannot prove themselves any more."),
    ],
)
def test_an_authority_that_runs_out(days: int, says: str) -> None:
    """Given an authority that runs out within a month, or has, then the day is told and how it is replaced."""
    (found,) = findings(authority_expires, swarm(authority_ends=NOW + timedelta(days=days)))

    assert found.summary == says
    assert found.remedy
    assert found.remedy.command == "docker swarm ca --rotate"


def test_an_authority_that_holds_or_is_not_told_is_well() -> None:
    """Given an authority that holds longer, or none that is told, then nothing is found."""
    assert findings(authority_expires, swarm()) == []
    assert findings(authority_expires, swarm(authority_ends=None)) == []
