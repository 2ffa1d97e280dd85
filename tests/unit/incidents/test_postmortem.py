"""The post-mortem: what is known stands in it, what is not is asked for, and nothing in it becomes markup."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.model import Judged, Judgement
from sickbay.incidents.model import EntryKind, Incident, IncidentState, Link, Mark, TimelineEntry
from sickbay.incidents.postmortem import Similar, Story, causes_of, postmortem
from sickbay.incidents.stats import stats_of
from tests.unit.handlers.blocks.payloads import TEXT
from tests.unit.handlers.blocks.test_views import past, past_finding
from tests.unit.handlers.incidents import INCIDENT, NOW

RESOLVED = msgspec.structs.replace(
    INCIDENT,
    state=IncidentState.RESOLVED,
    commander="U0BOB",
    summary="The image was rolled back.",
    acknowledged_at=NOW + timedelta(minutes=2),
    mitigated_at=NOW + timedelta(minutes=30),
    resolved_at=NOW + timedelta(minutes=45),
    links=(Link("Runbook", "https://example.com/runbook"),),
)


def entry(minutes: int, kind: EntryKind, text: str, author: str = "U0BOB") -> TimelineEntry:
    return TimelineEntry(at=NOW + timedelta(minutes=minutes), kind=kind, author=author, text=text, key=f"k:{minutes}")


def marked(subject: str, judgement: Judgement) -> Mark:
    return Mark(judged=Judged(code="DKR-C101", subject=subject, judgement=judgement), by="U0BOB")


def story(**changes: object) -> Story:
    fields: dict[str, object] = {
        "incident": RESOLVED,
        "entries": (
            entry(0, EntryKind.OPENED, "checkout answers 5xx", "U0ALICE"),
            entry(3, EntryKind.ROLE, "<@U0BOB> is commander"),
            entry(20, EntryKind.UPDATE, "a bad image was rolled out"),
        ),
        "diagnoses": (past(past_finding("container/db")),),
        "marks": (),
        "similar": (),
        "names": {"U0ALICE": "Alice Example", "U0BOB": "Bob Example"},
        **changes,
    }
    return Story(**fields)  # type: ignore[arg-type]  # a test's defaults and changes


def test_what_is_known_is_filled_in() -> None:
    """Given a resolved incident, when written up, then all that is known of it stands there."""
    written = postmortem(story())

    for words in (
        "# INC-42: checkout answers 5xx", "The image was rolled back.", "| Time to acknowledge | 2 min |",
        "| Time to mitigate | 30 min |", "| Time to resolve | 45 min |", "- Commander: Bob Example",
        "`DKR-C101` Exited with an error: container/db", "nobody confirmed it",
        "12:03:00 role (Bob Example): @Bob Example is",
        "12:20:00 **update** (Bob Example): a bad image was rolled out", "Runbook: <https://example.com/runbook>",
    ):  # fmt: skip
        assert words in written, words


def test_what_is_not_known_is_asked_for() -> None:
    """Given an incident of which little is known, when written up, then people are asked for the rest."""
    bare = msgspec.structs.replace(INCIDENT, acknowledged_at=None, target="")

    written = postmortem(story(incident=bare, diagnoses=()))

    assert "_What happened, in two sentences._" in written
    assert "| Time to resolve | not yet |" in written
    assert "- _why it happened_" in written


def test_the_cause_is_what_people_called_so() -> None:
    """Given two findings, when people call the second the cause, then it alone is the cause, and confirmed."""
    runs = (past(past_finding("container/db"), past_finding("container/web")),)
    marks = (marked("container/web", Judgement.CAUSE),)

    assert [finding.subject for finding in causes_of(runs, marks)] == ["container/web"]
    assert "nobody confirmed it" not in postmortem(story(diagnoses=runs, marks=marks))


def test_the_change_behind_the_cause_is_named() -> None:
    """Given a cause to which a change led, when written up, then that change stands beneath it."""
    led = "Likely cause: deployment/shop/api: image api:1 → api:2, at 30 Nov 08:01 UTC, 2 s before it began."
    found = msgspec.structs.replace(past_finding("container/db"), suspect=led)

    assert f"\n  - {led}\n" in postmortem(story(diagnoses=(past(found),)))


def test_a_cause_that_people_did_not_name_is_not_told_as_confirmed() -> None:
    """Given people who called a finding the cause that no run has, when written up, then the likeliest is no more."""
    runs = (past(past_finding("container/db")),)

    written = postmortem(story(diagnoses=runs, marks=(marked("container/gone", Judgement.CAUSE),)))

    assert "container/db" in written
    assert "nobody confirmed it" in written


def test_what_people_called_a_symptom_is_not_taken_for_the_cause() -> None:
    """Given the likeliest finding that people called a symptom, when the cause is looked for, then it is the next."""
    runs = (past(past_finding("container/db"), past_finding("container/web")),)

    assert [item.subject for item in causes_of(runs, (marked("container/db", Judgement.SYMPTOM),))] == ["container/web"]


def test_similar_incidents_tell_how_they_ended() -> None:
    """Given an incident like this one, when written up, then it is named, with why and how it ended."""
    like = Similar(incident=msgspec.structs.replace(RESOLVED, number=7), why="same cause DKR-C101", fix="rolled back")

    assert "- INC-7 checkout answers 5xx (24 Nov 2026), same cause DKR-C101. Ended with: rolled back" in postmortem(
        story(similar=(like,))
    )


@given(text=TEXT, author=TEXT)
def test_nothing_that_anybody_said_is_markup(text: str, author: str) -> None:
    """Given any words in title, update, entries and findings, when written up, then no heading or HTML is theirs."""
    hostile = msgspec.structs.replace(RESOLVED, title=text, summary=text, opened_by=author, target=text, scope=text)
    entries = (entry(1, EntryKind.MESSAGE, text, author),)
    written = postmortem(story(incident=hostile, entries=entries, diagnoses=(past(past_finding(text)),)))

    headings = [line for line in written.splitlines() if line.startswith("#")]
    assert [line.split()[0] for line in headings] == ["#", *["##"] * (len(headings) - 1)]
    assert "<!channel>" not in written
    assert "](http" not in written


def incident(hours: int, **changes: object) -> Incident:
    opened = NOW - timedelta(hours=hours)
    return msgspec.structs.replace(INCIDENT, opened_at=opened, **{"acknowledged_at": None, **changes})


def test_stats_count_lately_and_take_medians() -> None:
    """Given three incidents, one of long ago, when counted over a day, then two count, with their medians."""
    three = [
        incident(1, acknowledged_at=NOW - timedelta(minutes=50)),
        incident(2, state=IncidentState.RESOLVED, resolved_at=NOW - timedelta(hours=1)),
        incident(48),
    ]

    stats = stats_of(three, days=1, now=NOW)

    assert (stats.count, stats.open, stats.by_severity) == (2, 2, {"sev2": 2})
    assert (stats.to_acknowledge, stats.to_mitigate, stats.to_resolve) == (
        timedelta(minutes=10), None, timedelta(hours=1),
    )  # fmt: skip


def test_stats_of_nothing_are_unknown() -> None:
    """Given no incident, when counted, then nothing is made up."""
    stats = stats_of([], days=30, now=NOW)

    assert (stats.count, stats.to_resolve) == (0, None)


@given(st.lists(st.integers(0, 100), max_size=20))
def test_stats_never_fail(hours: list[int]) -> None:
    """Given any incidents, when counted, then no more count than there are."""
    assert stats_of([incident(hour) for hour in hours], days=2, now=NOW).count <= len(hours)
