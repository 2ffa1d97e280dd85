"""Whatever a target is called and says, each modal and Home is one that Slack takes, and says what one looks for."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from handlers.blocks.comparison import comparison
from handlers.blocks.details import details
from handlers.blocks.explanation import explained_in_words, explanation
from handlers.blocks.form import MOST_CLUES, Place, diagnosis_form, options
from handlers.blocks.home import Home, home
from handlers.clues import Clue
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.model import Evidence, Report
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents.diagnoses import PastDiagnosis, PastFinding
from sickbay.jobs.model import JobState
from sickbay.simulator import limits
from tests.unit.command_line.reports import AT, CAUSE, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import TEXT, parts, reports
from tests.unit.handlers.incidents import INCIDENT

_MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LOCAL = Target(name="local", platform="docker")


def told(view: dict[str, object]) -> str:
    """Give all text of a view."""
    return " ".join(str(part["text"]) for part in parts(view) if isinstance(part.get("text"), str))


def past(*findings: PastFinding, **changes: object) -> PastDiagnosis:
    fields: dict[str, object] = {
        "id": "default.abc",
        "target": "local",
        "scope": "",
        "request": Request(),
        "asked_by": "U0ALICE",
        "channel": "C0OPS",
        "thread_ts": "1.0",
        "state": JobState.DONE,
        "headline": "High: db exited with code 3.",
        "severity": "high",
        "gaps": 0,
        "submitted_at": AT,
        "ended_at": AT + timedelta(seconds=3),
        "findings": findings,
        **changes,
    }
    return PastDiagnosis(**fields)  # type: ignore[arg-type]  # a test's defaults and changes


def past_finding(subject: str, code: str = "DKR-C101") -> PastFinding:
    return PastFinding(
        code=code,
        title="Exited with an error",
        subject=subject,
        severity="high",
        summary=f"{subject} exited.",
        cause=True,
    )


@_MANY
@given(reports())
def test_the_details_of_any_finding_are_a_view_that_slack_takes(any_report: Report) -> None:
    """Given any report, when its first findings are looked at closely, then Slack takes each view."""
    for item in any_report.findings[:3]:
        limits.check_view(details(any_report, item))


def test_details_show_every_fact_and_all_that_is_explained() -> None:
    """Given a cause with nine facts and a symptom, when looked at, then each stands there."""
    facts = tuple(Evidence(source=f"GET /x/{number}", value=f"value {number}", at=AT) for number in range(9))
    cause = finding(evidence=facts, explains=CAUSE.explains)

    shown = told(details(report(cause, SYMPTOM), cause))

    assert [fact.value for fact in facts if fact.value not in shown] == []
    assert SYMPTOM.subject in shown


def test_details_say_once_when_what_happened_once() -> None:
    """Given a finding first and last seen at one time, and one seen for an hour, then one time is told of the first."""
    once = finding(first_seen=AT, last_seen=AT)
    often = finding(first_seen=AT - timedelta(hours=1), last_seen=AT)

    assert " · on 23 Nov 20:41 UTC" in told(details(report(once), once))
    assert " · first on 23 Nov 19:41 UTC · last on 23 Nov 20:41 UTC" in told(details(report(often), often))


@pytest.mark.parametrize("size", [2500, 60_000])
def test_details_keep_slacks_size_whatever_the_letters(size: int) -> None:
    """Given evidence of letters that take most room, when looked at, then the view is small enough for Slack."""
    facts = tuple(Evidence(source="log", value="\U0001f4a5" * size, at=AT) for _ in range(40))
    item = finding(evidence=facts)

    limits.check_view(details(report(item), item))


def test_every_check_is_explained_in_a_view_that_slack_takes() -> None:
    """Given every check there is, when explained in a modal or in words, then Slack takes it, and it names the fix."""
    for check in load_checks().values():
        limits.check_view(explanation(check))
        words = explained_in_words(check)
        assert len(words) <= limits.UPDATE_TEXT, check.code
        assert "What to do" in words


def test_a_comparison_tells_what_appeared_and_what_went_away() -> None:
    """Given two runs, when compared, then each finding stands under the word that fits it."""
    before = past(past_finding("container/old"), past_finding("container/both"))
    now = past(past_finding("container/both"), past_finding("container/new"))

    shown = told(comparison(before, now))

    order = ["Appeared (1)", "container/new", "Went away (1)", "container/old", "Still there (1)", "container/both"]
    assert [shown.index(words) for words in order] == sorted(shown.index(words) for words in order)


def test_a_comparison_of_the_same_says_so() -> None:
    """Given two healthy runs, when compared, then it says that nothing changed."""
    assert "Nothing changed: no finding, then and now." in told(comparison(past(), past()))


def test_what_went_away_may_only_be_unread() -> None:
    """Given a run that could not read something, when compared with one that could, then the view says so."""
    shown = told(comparison(past(past_finding("container/old")), past(gaps=1)))

    assert "This run could not read 1 thing" in shown


@_MANY
@given(st.lists(TEXT, max_size=30), st.lists(TEXT, max_size=30))
def test_any_comparison_is_a_view_that_slack_takes(old: list[str], new: list[str]) -> None:
    """Given findings about anything, when compared, then Slack takes the view."""
    limits.check_view(comparison(past(*map(past_finding, old)), past(*map(past_finding, new))))


def test_the_form_asks_for_a_channel_only_where_none_is_known() -> None:
    """Given a form from a command and one from Home, when drawn, then only Home's asks where the answer goes."""
    assert "Answer in" not in told(diagnosis_form(Place(channel="C0OPS")))
    assert "Answer in" in told(diagnosis_form(Place()))


@_MANY
@given(TEXT, st.lists(st.builds(Clue, target=TEXT, scope=TEXT), max_size=MOST_CLUES))
def test_any_form_is_a_view_that_slack_takes(target: str, clues: list[Clue]) -> None:
    """Given any target and clues, when drawn, then Slack takes the form."""
    place = Place(
        channel="C0OPS", target=target[:200], clues=tuple(Clue(clue.target[:60], clue.scope[:60]) for clue in clues)
    )
    assume(len(place.written) <= 3000)

    limits.check_view(diagnosis_form(place))


def test_options_that_slack_would_refuse_are_left_out() -> None:
    """Given a name longer than an option may be, when offered, then it is left out."""
    assert [item["value"] for item in options(["web", "x" * 151])] == ["web"]


@_MANY
@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=3))
def test_any_home_is_a_view_that_slack_takes(headlines: list[str], ailments: list[str]) -> None:
    """Given diagnoses with any headline, when Home is drawn, then Slack takes it."""
    runs = [past(headline=headline, scope=headline) for headline in headlines]
    shown = Home(
        recent=[(run, "https://example.slack.com/archives/C0OPS/p1") for run in runs],
        incidents=[(msgspec.structs.replace(INCIDENT, title=headline), "") for headline in headlines],
        targets={"local": LOCAL},
        latest={"local": runs[0]} if runs else {},
        workers={"default": 1},
        ailments=ailments,
        at=AT,
    )

    limits.check_view(home(shown), home=True)


def test_home_tells_how_targets_and_sickbay_are() -> None:
    """Given a target that was never diagnosed and a zone without workers, when Home is drawn, then it says both."""
    shown = Home(
        recent=(), incidents=(), targets={"local": LOCAL}, latest={}, workers={"default": 0}, ailments=(), at=AT
    )

    words = told(home(shown))

    assert "not diagnosed yet" in words
    assert "no worker; its diagnoses wait for one" in words
