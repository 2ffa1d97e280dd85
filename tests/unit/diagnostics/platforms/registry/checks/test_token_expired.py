"""REG-107: logins that have expired."""

from datetime import timedelta

import pytest

from sickbay.diagnostics.platforms.registry.checks.token_expired import token_expired
from tests.unit.diagnostics.platforms.registry.registries import (
    NOW,
    access,
    credentials,
    findings,
    image,
    registry,
    report,
)


@pytest.mark.parametrize(
    ("kind", "says", "command"),
    [
        ("Amazon ECR", "The Amazon ECR login of ci", "aws ecr get-login-password"),
        ("Azure", "The Azure login", "az acr login --expose-token"),
        ("", "The login of ci at registry registry.lan expired at 2026-11-24 01:00 UTC.", None),
    ],
)
def test_a_login_that_has_expired(kind: str, says: str, command: str | None) -> None:
    """Given credentials past their own end, when judged, then when they ended is told, and how to get others."""
    past = credentials(kind=kind, expires_at=NOW - timedelta(hours=2))

    (finding,) = findings(token_expired, registry(credentials=past))

    assert says in finding.summary
    assert finding.remedy
    assert finding.remedy.command == command


@pytest.mark.parametrize("expires", [None, NOW + timedelta(minutes=1)])
def test_a_login_that_holds(expires: object) -> None:
    """Given credentials that hold, or do not tell, when judged, then nothing is said."""
    assert findings(token_expired, registry(credentials=credentials(expires_at=expires))) == []


def test_it_explains_that_the_pull_is_denied() -> None:
    """Given an expired login that is refused, when ranked, then its end explains the refusal."""
    denied = image("registry.lan/shop/web:1.0", access(401), access(401, by="ci"))
    past = credentials(expires_at=NOW - timedelta(hours=2))

    judged = report(registry(denied, credentials=past))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("REG-107", ()),
        ("REG-103", ("REG-107@registry/registry.lan",)),
    ]
