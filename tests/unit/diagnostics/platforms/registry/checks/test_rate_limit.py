"""REG-105: limits that are reached or near."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.rate_limit import rate_limit
from sickbay.diagnostics.platforms.registry.snapshot import RateLimit
from tests.unit.diagnostics.platforms.registry.registries import credentials, findings, registry, told


def limit(remaining: int, by: str = "anonymous") -> RateLimit:
    return RateLimit(limit=100, remaining=remaining, window=21600, by=by)


@pytest.mark.parametrize("remaining", [0, 10])
def test_a_tenth_or_less_is_left(remaining: int) -> None:
    """Given at most a tenth of the pulls left, when judged, then count, window and whose it is are told."""
    (finding,) = findings(rate_limit, registry(rate_limits=(limit(remaining),)))

    assert finding.summary.endswith(f"has {remaining} of 100 pulls in 6 h left for anonymous.")
    assert finding.remedy
    assert "Log in" in finding.remedy.text


def test_more_is_left() -> None:
    """Given more than a tenth left, when judged, then nothing is said."""
    assert findings(rate_limit, registry(rate_limits=(limit(11),))) == []


def test_too_many() -> None:
    """Given an answer of 429, when judged, then that it refuses is told, and for how long."""
    refused = told(429, "TOOMANYREQUESTS", retry_after="120")

    (finding,) = findings(rate_limit, registry(answers=(refused,)))

    assert finding.summary == "Registry registry.lan limits pulls, and refuses more pulls for 120 s."
    assert finding.evidence[0].value == "HTTP 429: TOOMANYREQUESTS"


def test_who_has_logged_in_is_not_told_to() -> None:
    """Given a user's own limit that is near, when judged, then the remedy is not to log in alone."""
    (finding,) = findings(rate_limit, registry(rate_limits=(limit(3, by="ci"),), credentials=credentials()))

    assert finding.remedy is None
