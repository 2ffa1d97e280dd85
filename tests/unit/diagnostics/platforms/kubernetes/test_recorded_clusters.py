"""Snapshots of a real cluster, judged again: what was on top on the day they were taken is still."""

import re
from pathlib import Path

import pytest

from sickbay.diagnostics import recordings
from sickbay.diagnostics.redaction import redact

FIXTURES = Path(__file__).parents[4] / "fixtures" / "kubernetes"
EXPECTED = (
    ("crash-loop", "K8S-P101", "deployment/sickbay-crash-loop/api"),
    ("failing-liveness", "K8S-P108", "deployment/sickbay-failing-liveness/api"),
    ("many-replicas", "K8S-P105", "deployment/sickbay-many-replicas/api"),
    ("one-deadline", "K8S-P102", "deployment/sickbay-one-deadline/api"),
    ("quota-exceeded", "K8S-W102", "deployment/sickbay-quota-exceeded/api"),
    ("unknown-class", "K8S-V101", "persistentvolumeclaim/sickbay-unknown-class/data"),
    ("webhook-gone", "K8S-X102", "webhook/policy.sickbay.test"),
)
NAMES = sorted(file.stem for file in FIXTURES.glob("*.json"))


@pytest.mark.parametrize(("name", "code", "subject"), EXPECTED, ids=[name for name, _, _ in EXPECTED])
def test_the_cause_is_still_on_top(name: str, code: str, subject: str) -> None:
    """Given a snapshot of a broken namespace, when it is judged again, then its cause is on top and alone."""
    report = recordings.replay(FIXTURES / f"{name}.json")

    assert [(item.code, item.subject) for item in report.causes] == [(code, subject)]
    assert report.findings[0] == report.causes[0]


def test_symptoms_are_still_folded() -> None:
    """Given a limit that kills, then the crash loop, the passed deadline and the silent service lie beneath it."""
    report = recordings.replay(FIXTURES / "one-deadline.json")

    assert {item.code for item in report.findings if item.explained_by} == {"K8S-P101", "K8S-W101", "K8S-S101"}


def test_replicas_are_still_counted() -> None:
    """Given four replicas with one fault, then they are one finding."""
    report = recordings.replay(FIXTURES / "many-replicas.json")

    assert report.findings[0].count == 4


def test_what_is_healthy_has_no_finding() -> None:
    """Given a snapshot of a healthy namespace, when it is judged again, then there is no finding."""
    report = recordings.replay(FIXTURES / "healthy.json")

    assert report.findings == ()
    assert report.looked_at["pods"] >= 5


def test_every_snapshot_is_judged_here() -> None:
    """Given the folder of the snapshots, then each is one of those above."""
    assert sorted(["healthy", *(name for name, _, _ in EXPECTED)]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_is_small_and_holds_no_secret(name: str) -> None:
    """Given a snapshot, then redaction finds nothing more to hide in it, and it is of the size of a test."""
    text = (FIXTURES / f"{name}.json").read_text()

    assert len(text) < 100_000
    assert [found for found in re.findall(r'"((?:[^"\\]|\\.)*)"', text) if redact(found) != found] == []
