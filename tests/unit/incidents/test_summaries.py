"""What a run found, and what is different from the runs before it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sickbay.diagnostics.model import Severity
from sickbay.incidents.summaries import (
    MEASURES,
    FoundOnce,
    PastRun,
    RunSummary,
    TargetState,
    TargetSummary,
    changes,
    measured,
    summarised,
)
from tests.unit.command_line.reports import CAUSE, GAP, SYMPTOM, finding, report

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def found(name: str, severity: Severity = Severity.HIGH) -> FoundOnce:
    return FoundOnce(id=name, code="DKR-C101", subject=f"container/{name}", severity=severity, summary=f"{name} died.")


def target(*names: str, **changes_: object) -> TargetSummary:
    fields: dict[str, object] = {"target": "lab", "findings": tuple(found(name) for name in names), **changes_}
    return TargetSummary(**fields)  # type: ignore[arg-type]  # a test's defaults and changes


SILENT = target(failure="it is away", blind=True)


def told(now: TargetSummary, *earlier: TargetSummary) -> tuple[list[str], list[str]]:
    """Give what is told as new and as gone; the earlier runs are the newest first."""
    past = [PastRun(at=AT, summary=RunSummary(targets=(one,))) for one in earlier]
    (change,) = changes(RunSummary(targets=(now,)), past)
    return [one.id for one in change.new], [one.id for one in change.gone]


def test_what_appeared_and_what_went_away_is_told() -> None:
    """Given two runs, when compared, then what only the later has is new, and what only the earlier has is gone."""
    assert told(target("a", "b"), target("b", "c")) == (["a"], ["c"])


def test_everything_is_new_the_first_time() -> None:
    """Given no run before, when compared, then all that was found is new."""
    assert told(target("a")) == (["a"], [])


def test_only_runs_of_the_same_target_count() -> None:
    """Given a run before that had another target alone, when compared, then this one has none before."""
    past = [PastRun(at=AT, summary=RunSummary(targets=(target("a", target="prod"),)))]

    (change,) = changes(RunSummary(targets=(target("a"),)), past)

    assert (change.was, [one.id for one in change.new]) == (None, ["a"])


@pytest.mark.parametrize(
    ("now", "earlier", "expected"),
    [
        (SILENT, [target("a")], ([], [])),
        (target("a"), [SILENT, target("a")], ([], [])),
        (target("b"), [SILENT, SILENT, target("a")], (["b"], ["a"])),
        (target("unreachable", blind=True), [target("a")], (["unreachable"], [])),
        (target("a"), [target("unreachable", blind=True), target("a")], ([], ["unreachable"])),
        (target("unreachable", blind=True), [target("unreachable", blind=True), target("a")], ([], [])),
    ],
)
def test_where_nothing_could_be_seen_nothing_is_gone(
    now: TargetSummary, earlier: list[TargetSummary], expected: tuple[list[str], list[str]]
) -> None:
    """Given a target that was silent or blind for a time, when compared, then with what was last seen of it."""
    assert told(now, *earlier) == expected


def test_what_is_there_and_not_told_is_neither_new_nor_gone() -> None:
    """Given a finding that is explained or muted in one of two runs, when compared, then nothing of it changed."""
    assert told(target(others=("a",)), target("a")) == ([], [])
    assert told(target("a"), target(others=("a",))) == ([], [])


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (target(), TargetState.HEALTHY),
        (target("a", gaps=1), TargetState.UNWELL),
        (target(gaps=1), TargetState.UNSURE),
        (target(blind=True), TargetState.UNSURE),
        (SILENT, TargetState.SILENT),
    ],
)
def test_a_target_is_healthy_only_where_that_is_known(now: TargetSummary, state: TargetState) -> None:
    """Given an answer, when its state is told, then nothing unread and nothing unseen is called healthy."""
    assert now.state is state


@pytest.mark.parametrize(
    ("now", "earlier", "worth"),
    [
        (target("a"), [], True),
        (target("a"), [target("a")], False),
        (target(), [target("a")], True),
        (target(gaps=1), [target()], True),
        (SILENT, [target("a")], True),
        (SILENT, [SILENT], False),
        (target("a"), [SILENT, target("a")], True),
    ],
)
def test_what_is_worth_telling(now: TargetSummary, earlier: list[TargetSummary], worth: bool) -> None:
    """Given two runs, when compared, then there is something to tell where a finding or the state is another."""
    past = [PastRun(at=AT, summary=RunSummary(targets=(one,))) for one in earlier]

    (change,) = changes(RunSummary(targets=(now,)), past)

    assert change.any is worth


def test_a_report_is_summarised_by_its_causes() -> None:
    """Given a cause and its symptom, when summarised, then the cause is told and the symptom only known."""
    kept = summarised("lab", report(CAUSE, SYMPTOM, gaps=(GAP,), figures={"restarts": 3.0}), hidden=["x"], muted=1)

    assert [one.id for one in kept.findings] == [CAUSE.id]
    assert kept.others == (SYMPTOM.id, "x")
    assert (kept.muted, kept.gaps, kept.figures) == (1, 1, {"restarts": 3.0})
    assert kept.worst is Severity.HIGH


def test_a_summary_is_read_back_as_it_was_written() -> None:
    """Given a summary as the database keeps it, when read, then it is the same."""
    summary = RunSummary(targets=(target("a", figures={"restarts": 1.0}), SILENT))

    assert msgspec.json.decode(msgspec.json.encode(summary), type=RunSummary) == summary


def test_severities_are_counted_over_all_targets() -> None:
    """Given findings of two targets, when counted, then the worst come first."""
    critical = TargetSummary(target="prod", findings=(found("c", Severity.CRITICAL),))

    assert list(RunSummary(targets=(target("a", "b"), critical)).severities.items()) == [
        (Severity.CRITICAL, 1),
        (Severity.HIGH, 2),
    ]


def test_failed_pulls_are_shown_where_there_are_any() -> None:
    """Given figures of runs, when asked which to show, then restarts always, failed pulls only if one failed."""

    def run(hours: int, **figures: float) -> PastRun:
        return PastRun(at=AT + timedelta(hours=hours), summary=RunSummary(targets=(target(figures=figures),)))

    assert measured([run(0, restarts=0.0, pull_failures=0.0)]) == ["restarts"]
    assert measured([run(0, restarts=0.0, pull_failures=2.0), run(1, pull_failures=0.0)]) == [
        "restarts",
        "pull_failures",
    ]
    assert measured([run(0)]) == []


def test_a_share_is_told_in_percent() -> None:
    """Given a share of a limit, when told, then as people read it."""
    assert MEASURES["memory_share"].told(0.425) == "42 %"
    assert MEASURES["restarts"].told(3.0) == "3"


def test_a_finding_is_kept_short() -> None:
    """Given a finding with an endless sentence, when kept, then it has an end."""
    kept = summarised("lab", report(finding(summary="x" * 10_000)))

    assert len(kept.findings[0].summary) < 400
