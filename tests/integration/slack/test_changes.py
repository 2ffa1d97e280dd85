"""What changed, in Slack: in the card and thread of a diagnosis, alone where it was asked for, and in a timeline."""

from datetime import timedelta

import msgspec
import pytest

from sickbay.diagnostics.events import Coverage, Event, EventKind, Likelihood, Suspect
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.targets import Request
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident
from tests.integration.slack.stage import Stage, text
from tests.integration.slack.test_incidents import opened, told_by_timeline
from tests.unit.command_line.reports import AT, finding, report


def rollout(number: int = 2, *, before: timedelta = timedelta(seconds=40)) -> Event:
    return Event(
        at=AT - before,
        source="watch",
        subject="container/db",
        kind=EventKind.IMAGE,
        field="Config.Image",
        before="db:1",
        after=f"db:{number}",
        actor="compose",
    )


def told(*changes: Event, suspect: Event | None = None) -> Report:
    """Give a report of these changes, and a finding that one of them caused."""
    accused = Suspect(change=suspect, likelihood=Likelihood.LIKELY, onset=AT) if suspect else None
    coverage = Coverage(since=AT - timedelta(hours=25), until=AT, sources=("recorder",))
    return report(*([finding(suspect=accused)] if accused else []), changes=changes, coverage=coverage)


def asked(stage: Stage) -> Request:
    return stage.jobs()[-1].job.request


def shown(stage: Stage) -> tuple[str, str]:
    """Give what the last card says, and what stands in its thread."""
    card = stage.messages()[-1]
    return text(card), "".join(map(text, stage.messages(thread=card["ts"])))


@pytest.fixture
def thread(stage: Stage) -> tuple[Incident, str]:
    """An incident that was opened at the moment of the reports, whose card stands in #ops, and its thread."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    return incident, root


def test_the_card_names_the_change_behind_the_finding(stage: Stage) -> None:
    """Given a finding that a rollout caused, when it is shown, then the card and the thread name the rollout."""
    stage.say("/diagnose local")
    stage.answer(stage.job(), told(rollout(), suspect=rollout()))

    card, thread = shown(stage)
    likely = "Likely cause: container/db: Config.Image db:1 → db:2, by compose, 23 Nov 20:40 UTC, 40 s before it began"
    assert likely in card
    assert likely in thread
    assert "Watched: recorder." in thread


def test_changes_alone_are_a_card_and_one_message(stage: Stage) -> None:
    """Given `changes` behind a target, when they are told, then the card counts them and the thread lists them."""
    stage.say("/diagnose local changes --since 2h")
    assert asked(stage) == Request(window=timedelta(hours=2), changes=True)

    stage.answer(stage.job(), told(rollout(3), rollout(2, before=timedelta(minutes=9))))

    card, listed = shown(stage)
    assert "Changes of local" in card
    assert "2 changes since 22 Nov 19:41 UTC" in card
    assert listed.index("db:3") < listed.index("db:2")


def test_a_thread_can_be_asked_what_changed(stage: Stage) -> None:
    """Given a diagnosis of a container, when its thread is asked `changes`, then it is the same, over its window."""
    stage.say("/diagnose local web-1 --since 3h --audit")
    stage.answer(stage.job(), told())
    root = stage.messages()[-1]["ts"]

    stage.say("@sickbay changes", user="bob", thread=root)
    same = asked(stage)
    stage.answer(stage.jobs()[-1].job.id, told(rollout()))
    stage.say("@sickbay changes since 30m", user="bob", thread=root)

    assert same == Request(scope="web-1", window=timedelta(hours=3), changes=True)
    assert asked(stage) == Request(scope="web-1", window=timedelta(minutes=30), changes=True)
    assert stage.jobs()[-1].job.target == "local"


def test_changes_without_a_diagnosis_are_refused(stage: Stage) -> None:
    """Given a channel, when `/diagnose changes` is typed, then the asker is told what is missing."""
    stage.say("/diagnose changes")

    assert stage.jobs() == []
    assert "There is no diagnosis in this thread" in stage.told("alice")[-1]


def test_what_changed_joins_the_timeline_of_an_incident_once(stage: Stage, thread: tuple[Incident, str]) -> None:
    """Given two diagnoses and a list of changes, then each change of the incident's time is in its timeline once."""
    incident, root = thread
    now = incident.opened_at
    recent = msgspec.structs.replace(rollout(3), at=now - timedelta(minutes=2))
    seen = told(recent, msgspec.structs.replace(rollout(2), at=now - timedelta(hours=5)))
    for words in ("diagnose local", "diagnose local", "diagnose local changes"):
        stage.say(f"@sickbay {words}", user="bob", thread=root)
        stage.answer(stage.jobs()[-1].job.id, seen)

    entries = [item for item in told_by_timeline(stage, incident) if item.startswith("change")]
    assert entries == ["change container/db: Config.Image db:1 → db:3, by compose"]
    assert sum(item.startswith("diagnosis") for item in told_by_timeline(stage, incident)) == 2


@pytest.mark.parametrize("before", [timedelta(minutes=50), timedelta(hours=5)])
def test_a_change_that_is_suspected_joins_in_any_case(
    stage: Stage, thread: tuple[Incident, str], before: timedelta
) -> None:
    """Given a suspect older than the newest changes, or from long before the incident, then the timeline has it."""
    incident, root = thread
    suspect = msgspec.structs.replace(rollout(), at=incident.opened_at - before)
    later = [
        msgspec.structs.replace(suspect, at=incident.opened_at, subject=f"container/web-{number}")
        for number in range(30)
    ]
    stage.say("@sickbay diagnose local", user="bob", thread=root)
    stage.answer(stage.jobs()[-1].job.id, told(*later, suspect, suspect=suspect))

    entries = [item for item in told_by_timeline(stage, incident) if item.startswith("change")]
    assert "change container/db: Config.Image db:1 → db:2, by compose" in entries
    assert len(entries) == 21
