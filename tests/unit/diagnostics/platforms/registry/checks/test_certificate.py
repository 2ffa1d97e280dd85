"""REG-102: certificates that are refused, or soon will be."""

from datetime import timedelta

import pytest

from sickbay.diagnostics.platforms.registry.checks.certificate import certificate as check
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle
from tests.unit.diagnostics.platforms.registry.registries import NOW, behind, certificate, findings, registry


@pytest.mark.parametrize(
    ("message", "says", "cures"),
    [
        ("certificate has expired", "it has expired (2027-01-23 03:00 UTC)", "Renew"),
        ("certificate is not yet valid", "it is not valid yet", "NTP"),
        (
            "Hostname mismatch, certificate is not valid for 'registry.lan'.",
            "it is for other names (registry.lan)",
            "SANs",
        ),
        ("self-signed certificate", "nobody vouches for it but itself", "certs.d"),
        ("self-signed certificate in certificate chain", "its authority is not known", "certs.d"),
        ("unable to get local issuer certificate", "its authority is not known", "whole chain"),
        ("certificate revoked", "it is not accepted", "Look at the certificate"),
    ],
)
def test_each_refusal_has_its_words_and_remedy(message: str, says: str, cures: str) -> None:
    """Given a certificate that is refused, when judged, then why, its facts, and what to do are told."""
    (finding,) = findings(check, behind(Obstacle.CERTIFICATE, message))

    assert says in finding.summary
    assert finding.remedy
    assert cures in finding.remedy.text
    assert [item.value for item in finding.evidence[-3:]] == [
        "2026-10-25 03:00 to 2027-01-23 03:00 UTC", "registry.lan", "CN=lan authority",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("obstacle", "says"),
    [
        (Obstacle.PLAIN_HTTP, "speaks plain HTTP, and is asked for by https."),
        (Obstacle.WANTS_TLS, "speaks TLS, and is asked for by plain http."),
    ],
)
def test_one_side_speaks_tls_and_the_other_does_not(obstacle: Obstacle, says: str) -> None:
    """Given a scheme that is not the registry's, when judged, then that is said."""
    (finding,) = findings(check, behind(obstacle, certificate=None))

    assert says in finding.summary
    assert finding.remedy
    assert "insecure-registries" in finding.remedy.text


@pytest.mark.parametrize(
    ("left", "life", "says"),
    [
        (timedelta(days=13), timedelta(days=90), "expires in 13 days"),
        (timedelta(hours=30), timedelta(days=90), "expires in 30 hours"),
        (timedelta(days=15), timedelta(days=90), None),
        (timedelta(days=3), timedelta(days=6), None),
        (timedelta(hours=47), timedelta(days=6), "expires in 47 hours"),
    ],
)
def test_one_that_expires_soon_for_its_length_of_life(left: timedelta, life: timedelta, says: str | None) -> None:
    """Given a certificate with so much left of its life, when judged, then it is told once nothing renews it."""
    shown = certificate(not_before=NOW + left - life, not_after=NOW + left)

    found = findings(check, registry(certificate=shown))

    assert [says in finding.summary for finding in found if says] == ([True] if says else [])
    assert bool(found) == bool(says)


def test_the_registrys_own_clock_decides() -> None:
    """Given a clock of ours that is a month behind the registry's, then what expires is judged by the registry's."""
    assert findings(check, registry(clock=NOW + timedelta(days=50)))
    assert not findings(check, registry(clock=NOW))


def test_a_registry_without_tls_is_left_alone() -> None:
    """Given a registry over plain HTTP that is asked for so, then nothing is said of certificates."""
    assert findings(check, registry(certificate=None)) == []
