"""Whether a crowd of diagnoses stays inside Slack's rate limits, as the local workspace enforces them."""

from collections.abc import Iterator

import msgspec
import pytest

from sickbay.simulator.rates import Rates
from tests.integration.slack.room import OPENING, Room
from tests.integration.slack.stage import Stage, text
from tests.unit.command_line.reports import finding, report

_CROWD, _CHANNELS = 50, 15


@pytest.fixture
def limited(stage: Stage) -> Iterator[Stage]:
    """A stage on which Slack's limits hold, by the stage's own clock."""
    faults = stage.workspace.faults
    usual, faults.rates = faults.rates, Rates()
    faults.rates.clock, faults.rates.enforced = stage.clock, True
    yield stage
    faults.rates = usual


def test_a_crowd_of_incidents_with_channels_is_never_told_to_wait(limited: Stage, room: Room) -> None:
    """Given fifteen incidents at once with channels of their own, when all are shown, then Slack refused no call."""
    opened = [
        room.incidents.open(
            msgspec.structs.replace(OPENING, request_id=f"1.{number}", own_channel=True, target="")
        ).number
        for number in range(_CHANNELS)
    ]

    room.settle()

    verdicts = {entry["verdict"] for entry in limited.log() if entry["kind"] == "api"}
    assert "ratelimited" not in verdicts
    channels = [room.channel(number) for number in opened]
    assert len({channel["id"] for channel in channels}) == _CHANNELS
    assert all(channel["pins"] and channel["bookmarks"] and channel["topic"]["value"] for channel in channels)


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
