"""Reports as Slack takes them, whatever was found."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.offers import NOTHING
from handlers.blocks.report import (
    IN_FULL,
    ROWS,
    Diagnosed,
    Picture,
    Told,
    no_way_in,
    report_details,
    report_message,
    zone_of,
)
from sickbay.diagnostics.events import Coverage, Event, EventKind, Hole, Likelihood, Suspect
from sickbay.diagnostics.model import Report
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import Run, Schedule
from sickbay.incidents.summaries import PastRun, RunSummary, TargetSummary, changes, summarised
from tests.unit.command_line.reports import CAUSE, GAP, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import TEXT, assert_slack_takes, reports, text_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCHEDULE = Schedule(
    number=3, targets=("lab",), channel="C0OPS", recurrence=Recurrence(cron="0 9 * * 1-5", time_zone="Europe/London"),
    words="every weekday at 09:00", quiet=False, created_by="U0ALICE", created_at=NINE,
    next_at=datetime(2026, 3, 31, 8, tzinfo=UTC),
)  # fmt: skip
RUN = Run(
    id=7, schedule=3, key="k", due_at=NINE, claimed_at=NINE, targets=("lab",), channel="C0OPS", asked_by="U0ALICE",
    jobs=("default.abc",), submitted=True, shown_at=None, summary="{}",
)  # fmt: skip


def told(now: RunSummary, *earlier: RunSummary) -> Told:
    """Give what a run says after earlier ones, the newest first."""
    past = [PastRun(at=NINE - timedelta(days=days), summary=summary) for days, summary in enumerate(earlier, 1)]
    since = past[0].at if past else None
    return Told(run=RUN, schedule=SCHEDULE, summary=now, changes=changes(now, past), since=since)


def of(*targets: TargetSummary) -> RunSummary:
    return RunSummary(targets=targets)


def diagnosed(found: Mapping[str, Report]) -> dict[str, Diagnosed]:
    return {name: Diagnosed(job=f"default.{name}", report=one, offers=NOTHING) for name, one in found.items()}


def headline(told_: Told) -> str:
    return str(report_message(told_).text)


@settings(max_examples=40, deadline=None)
@given(reports(), reports(), TEXT, st.booleans())
def test_slack_takes_any_report(before: Report, now: Report, failure: str, first: bool) -> None:
    """Given any two reports and any reason of a silent target, when rendered, then Slack takes every message."""
    silent = TargetSummary(target="away", failure=failure or "?", blind=True)
    summary = of(summarised("lab", now), silent)
    said = told(summary, *([] if first else [of(summarised("lab", before))]))
    said = msgspec.structs.replace(said, picture=Picture("F0CHART", "Findings"))

    for message in (report_message(said), *report_details(said, diagnosed({"lab": now}))):
        assert_slack_takes(message)


def test_as_many_targets_as_there_may_be_fit() -> None:
    """Given more targets than rows, with long names, when rendered, then the worst are there and the rest counted."""
    long = [summarised(f"{number:03}" + "x" * 240, report()) for number in range(ROWS + 5)]
    worst = summarised("worst", report(finding()))

    message = report_message(told(of(*long, worst), of(*long)))

    assert_slack_takes(message)
    rows = message.blocks[1]["rows"]
    assert [row[0]["text"] for row in (rows[1], rows[-1])] == ["worst", "and 6 more"]


@pytest.mark.parametrize(
    ("now", "earlier", "said"),
    [
        (of(summarised("lab", report())), [], "lab: healthy"),
        (of(summarised("lab", report(CAUSE, SYMPTOM))), [], "lab: 1 finding"),
        (
            of(summarised("lab", report(CAUSE))),
            [of(summarised("lab", report()))],
            "lab: 1 finding, 1 new since Sun 1 Mar 09:00",
        ),
        (of(summarised("lab", report(gaps=(GAP,)))), [], "lab: nothing wrong in what could be read"),
        (of(summarised("lab", report(looked_at={}))), [], "lab: nothing wrong in what could be read"),
        (of(summarised("lab", report(), muted=2)), [], "lab: nothing wrong but what is muted here"),
        (of(*[summarised(name, report()) for name in "abcd"]), [], "4 targets: healthy"),
        (
            of(TargetSummary(target="lab", failure="it is away", blind=True)),
            [],
            "No answer from lab. lab: it is away",
        ),
        (
            of(summarised("lab", report()), TargetSummary(target="prod", failure="it is away", blind=True)),
            [],
            "lab, prod: healthy; 1 of 2 gave no answer. prod: it is away",
        ),
    ],
)
def test_the_headline_says_it_all(now: RunSummary, earlier: list[RunSummary], said: str) -> None:
    """Given a run, when told in one line, then that says how the targets are and what is new, and nothing more."""
    assert headline(told(now, *earlier)) == said


def test_the_small_line_says_when_the_next_comes() -> None:
    """Given a schedule in London whose clocks change before the next, when told, then by the clock there."""
    text = text_of(report_message(told(of(summarised("lab", report())))))

    assert text.endswith("Report 3 · every weekday at 09:00 · next Tue 31 Mar 09:00 (Europe/London)")


def test_a_late_report_says_so() -> None:
    """Given a run that was claimed hours after it was due, when told, then it says when that was."""
    late = msgspec.structs.replace(RUN, claimed_at=NINE + timedelta(hours=3))

    said = msgspec.structs.replace(told(of(summarised("lab", report()))), run=late)

    assert "Late: it was due Mon 2 Mar 09:00, when Sickbay was not there" in text_of(report_message(said))


def test_a_paused_schedule_promises_nothing() -> None:
    """Given a paused schedule whose report was wanted now, when told, then no next time is named."""
    said = msgspec.structs.replace(
        told(of(summarised("lab", report()))), schedule=msgspec.structs.replace(SCHEDULE, next_at=None)
    )

    assert text_of(report_message(said)).endswith("every weekday at 09:00 · paused")


def test_a_zone_that_nobody_knows_any_more_is_read_as_utc() -> None:
    """Given a time zone that is gone, when a time is told, then in UTC."""
    gone = msgspec.structs.replace(SCHEDULE, recurrence=Recurrence(cron="0 9 * * *", time_zone="Europe/Atlantis"))

    assert zone_of(gone) is UTC


def test_the_details_tell_only_what_appeared_with_what_it_explains() -> None:
    """Given a new cause with its symptom and an old finding, when told, then the old one is left out."""
    old = finding(id="old", code="DKR-C199", subject="container/old")
    now = report(CAUSE, SYMPTOM, old, gaps=(GAP,))

    said = told(of(summarised("lab", now)), of(summarised("lab", report(old, gaps=(GAP,)))))
    head, found = report_details(said, diagnosed({"lab": now}))

    assert head.text == "lab: 1 new"
    assert found.key == "default.lab:findings:0"
    assert "This explains" in text_of(found)
    assert "DKR-C102" in text_of(found)
    assert "DKR-C199" not in text_of(found)
    assert "disk usage" not in text_of(found)


def test_the_details_tell_what_changed_since_the_report_before_and_what_is_suspected() -> None:
    """Given a report a day ago, then neither older changes nor older holes are told, but for the likely cause."""

    def change(name: str, hours: float) -> Event:
        return Event(at=NINE - timedelta(hours=hours), source="", subject=f"deployment/{name}", kind=EventKind.IMAGE)

    older, cause, newer = change("older", 40), change("cause", 30), change("newer", 2)
    hole = Hole(since=NINE - timedelta(days=3), until=NINE - timedelta(days=2), reason="Redis was away")
    coverage = Coverage(since=NINE - timedelta(days=3), until=NINE, sources=("recorder",), holes=(hole,))
    suspect = Suspect(change=cause, likelihood=Likelihood.POSSIBLE)
    found = msgspec.structs.replace(CAUSE, suspect=suspect)
    now = report(found, changes=(newer, cause, older), coverage=coverage)

    _, page = report_details(told(of(summarised("lab", now)), of(summarised("lab", report()))), diagnosed({"lab": now}))

    assert "deployment/newer" in text_of(page)
    assert text_of(page).count("deployment/cause") == 2
    assert "deployment/older" not in text_of(page)
    assert "Redis was away" not in text_of(page)


def test_what_went_away_may_only_have_been_unseen() -> None:
    """Given a finding that is gone while something could not be read, when told, then that is said beside it."""
    said = told(of(summarised("lab", report(gaps=(GAP,)))), of(summarised("lab", report(CAUSE))))

    (head, *_) = report_details(said, diagnosed({"lab": report(gaps=(GAP,))}))

    assert head.text == "lab: unwell → not all could be read, 1 gone"
    assert "what is told as gone may only have been unseen" in text_of(head)


def test_the_first_report_of_a_healthy_target_has_no_details() -> None:
    """Given a first run without findings, when told, then the thread is empty."""
    assert list(report_details(told(of(summarised("lab", report()))), diagnosed({"lab": report()}))) == []


def test_beyond_a_few_targets_findings_are_told_in_lines() -> None:
    """Given new findings of many targets, when told, then a few in full and the rest in a line each."""
    names = [f"lab-{number}" for number in range(IN_FULL + 1)]
    said = told(of(*[summarised(name, report(CAUSE)) for name in names]))

    messages = list(report_details(said, diagnosed(dict.fromkeys(names, report(CAUSE)))))

    assert len(messages) == 2 * IN_FULL + 1
    assert "db exited with code 3." in text_of(messages[-1])


def test_where_the_diagnosis_is_forgotten_its_findings_are_still_named() -> None:
    """Given a run whose diagnosis Redis has lost, when told, then the summary's lines stand in."""
    (head,) = report_details(told(of(summarised("lab", report(CAUSE)))), {})

    assert "DKR-C101" in text_of(head)


def test_who_is_not_let_in_is_told_what_to_do() -> None:
    """Given a channel that keeps the bot out, when its maker is told, then with what helps; words are no markup."""
    evil = msgspec.structs.replace(SCHEDULE, words="<!channel>")

    assert "Type `/invite @sickbay` there" in no_way_in(RUN, evil, "not_in_channel")
    assert "`/report edit 3`" in no_way_in(RUN, evil, "is_archived")
    assert "<!channel>" not in no_way_in(RUN, evil, "is_archived")
