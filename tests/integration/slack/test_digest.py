"""The digest of incidents: a week in one message, on its schedule."""

from datetime import datetime, timedelta

import msgspec
import pytest

from sickbay.incidents import lifecycle
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import Move
from sickbay.incidents.model import Incident, IncidentState
from sickbay.jobs.model import Destination, JobRecord, JobState
from tests.integration.slack.newsroom import NINE, Newsroom
from tests.integration.slack.room import OPENING
from tests.integration.slack.stage import Stage, text
from tests.unit.command_line.reports import CAUSE, SYMPTOM, finding, report
from tests.unit.jobs.house import job

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CACHE = finding(id="DKR-C103@container/cache", code="DKR-C103", title="Slow", subject="container/cache")


@pytest.fixture
def newsroom(stage: Stage) -> Newsroom:
    return Newsroom(stage)


class Past:
    """Incidents of the days before the digest."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._incidents = Incidents(newsroom.stage.database, clock=newsroom.now)
        self._diagnoses = Diagnoses(newsroom.stage.database)

    def had(self, at: datetime, *, minutes: int = 0, found: tuple[str, ...] = (), target: str = "") -> None:
        """Have had an incident, acknowledged after two minutes and resolved after these, if any; and what it found."""
        self._newsroom.move_to(at)
        opening = msgspec.structs.replace(OPENING, request_id=str(at), target=target, by="alertmanager")
        number = self._incidents.open(opening).number
        self._incidents.place(number, channel="C0OPS", thread_ts=_thread(at), own_channel=False)
        self._newsroom.move_to(at + 2 * MINUTE)
        self._moved(number, IncidentState.IDENTIFIED)
        for once in range(len(found) and 2):
            self.found(at, f"{number} {once}", found, target)
        if minutes:
            self._newsroom.move_to(at + minutes * MINUTE)
            self._moved(number, IncidentState.RESOLVED)
        self._newsroom.move_to(NINE - MINUTE)

    def _moved(self, number: int, state: IncidentState) -> None:
        def move(incident: Incident, now: datetime) -> Move:
            return lifecycle.to_state(incident, state, now)

        self._incidents.move(number, move, by="U0BOB")

    def found(self, at: datetime, name: str, codes: tuple[str, ...], target: str = "") -> None:
        """Have had a diagnosis in the thread of the incident of then."""
        known = {one.code: one for one in (CAUSE, SYMPTOM, CACHE)}
        place = Destination(channel="C0OPS", thread_ts=_thread(at))
        made = msgspec.structs.replace(job(name), destination=place, target=target or job(name).target)
        record = JobRecord(job=made, state=JobState.DONE, report=report(*[known[code] for code in codes]))
        self._diagnoses.note(record, thread_ts=_thread(at), headline="-")


def _thread(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def test_a_week_is_told_in_figures(newsroom: Newsroom) -> None:
    """Given incidents of this week and of the one before, when the digest is due, then it counts and compares them."""
    past = Past(newsroom)
    past.had(NINE - 9 * DAY, minutes=5, found=("DKR-C103",))
    past.had(NINE - 5 * DAY, minutes=30, found=("DKR-C101", "DKR-C102"))
    past.had(NINE - 3 * DAY, minutes=60, found=("DKR-C101", "DKR-C103"))
    past.had(NINE - 1 * DAY)
    made = newsroom.add(targets=())

    newsroom.come()

    (message,) = newsroom.shown()
    assert text(message).splitlines()[1:] == [
        "  :rotating_light: Incidents of the last 7 days: 3 (1 in those before), 1 open now",
        "  Severity: 3 sev2",
        "  Median: acknowledged after 2 min, resolved after 45 min",
        "  Most found: DKR-C101 Exited with an error, in 2 incidents",
        "  DKR-C103 Slow, in 1 incident",
        f"  Report {made.number} · every hour · next Mon 2 Mar 10:00 (UTC)",
    ]


def test_a_week_without_incidents_is_told_in_a_line(newsroom: Newsroom) -> None:
    """Given no incident, when the digest is due, then it says so, and asks no target."""
    newsroom.add(targets=())

    newsroom.come()

    (message,) = newsroom.shown()
    assert ":white_check_mark: Incidents of the last 7 days: none (none in those before), none open now" in text(
        message
    )
    assert newsroom.stage.jobs() == []


def test_a_quiet_digest_comes_only_after_incidents(newsroom: Newsroom) -> None:
    """Given a quiet digest, when there was no incident, then nothing is said; when there was one, it is."""
    newsroom.add(targets=(), quiet=True)
    newsroom.come()
    assert newsroom.shown() == []

    past = Past(newsroom)
    past.had(NINE + 10 * MINUTE, minutes=20)
    newsroom.come(NINE + timedelta(hours=1))

    assert len(newsroom.shown()) == 1


@pytest.mark.parametrize(
    ("channel", "told"),
    [("C0OPS", "2 (1 in those before), 2 open now"), ("C0GENERAL", "1 (none in those before), 1 open now")],
)
def test_incidents_on_guarded_targets_are_for_who_may_diagnose_them(
    newsroom: Newsroom, channel: str, told: str
) -> None:
    """Given incidents on a guarded target, when the maker may not diagnose that there, then nothing tells of them."""
    past = Past(newsroom)
    past.had(NINE - 9 * DAY, minutes=5, found=("DKR-C103",), target="guarded")
    past.had(NINE - 2 * DAY, found=("DKR-C103",), target="guarded")
    past.had(NINE - 1 * DAY, found=("DKR-C101",), target="local")
    newsroom.add(targets=(), channel=channel)

    newsroom.come()

    (message,) = newsroom.shown("#ops" if channel == "C0OPS" else "#general")
    assert told in text(message)
    assert ("DKR-C103" in text(message)) == told.startswith("2")


def test_who_may_no_longer_have_reports_gets_no_digest(newsroom: Newsroom) -> None:
    """Given a digest of somebody whom the policy does not allow it any more, when it is due, then it says so alone."""
    Past(newsroom).had(NINE - 2 * DAY, found=("DKR-C101",))
    newsroom.add(targets=(), created_by="U0BOB")

    newsroom.come()

    (message,) = newsroom.shown()
    assert "No digest of incidents: whoever wants this report may not have it here (rule: reports)." in text(message)
    assert "DKR-C101" not in text(message)


def test_a_guarded_target_s_findings_are_not_told_of_another_s_incident(newsroom: Newsroom) -> None:
    """Given an incident in whose thread a guarded target was diagnosed, when the maker may not there, then not that."""
    past = Past(newsroom)
    past.had(NINE - 1 * DAY, target="local")
    past.found(NINE - 1 * DAY, "guarded 1", ("DKR-C103",), "guarded")
    newsroom.add(targets=(), channel="C0GENERAL")

    newsroom.come()

    (message,) = newsroom.shown("#general")
    assert "Incidents of the last 7 days: 1 " in text(message)
    assert "DKR-C103" not in text(message)
