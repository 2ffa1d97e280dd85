"""Whether a crowd of diagnoses stays inside Slack's rate limits, as the local workspace enforces them."""

from collections.abc import Iterator

import pytest

from tests.integration.slack.stage import Stage, text
from tests.unit.command_line.reports import finding, report

_CROWD = 50


@pytest.fixture
def limited(stage: Stage) -> Iterator[Stage]:
    """A stage on which Slack's limits hold, by the stage's own clock."""
    rates = stage.workspace.faults.rates
    usual, rates.clock, rates.enforced = rates.clock, stage.clock, True
    yield stage
    rates.clock, rates.enforced = usual, False


def test_a_crowd_of_diagnoses_is_never_told_to_wait(limited: Stage) -> None:
    """Given fifty diagnoses at once in one channel, when all are delivered, then Slack has refused not one call."""
    for _ in range(_CROWD):
        limited.say("/diagnose local --audit")
    jobs = [record.job.id for record in limited.jobs()]

    for job in jobs:
        limited.deliver(job)
    for job in jobs:
        limited.work(job)
        limited.queue.finish(job, report(finding()))
    for job in jobs:
        limited.deliver(job)

    assert len(jobs) == _CROWD
    verdicts = {entry["verdict"] for entry in limited.log() if entry["kind"] == "api"}
    assert "ratelimited" not in verdicts
    cards = limited.messages()
    assert sum("DKR" in text(*limited.messages(thread=card["ts"])) for card in cards) == len(cards) == _CROWD
