"""One diagnosis from a platform's collector to the report, with a small platform of its own."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sickbay.diagnostics import catalogue, engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.check import Check, check
from sickbay.diagnostics.errors import CancelledError, TemporaryError, UnknownScopeError
from sickbay.diagnostics.events import Event, EventKind, History, Told
from sickbay.diagnostics.model import Evidence, Finding, Gap, Kind, Remedy, Report, ReportTarget, Severity, Subject
from sickbay.diagnostics.platform import Platform, Progress
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request, Target

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WEB, DB = Subject("container", "web"), Subject("container", "db")
TARGET = Target(name="prod", platform="toy", zone="eu")
SECRET = "hunter2"


class Toy(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot as small as one can be."""

    taken_at: datetime = NOW
    gaps: tuple[Gap, ...] = ()
    request: Request = Request()
    kinds: Mapping[str, int] = msgspec.field(default_factory=lambda: {"containers": 2})

    def looked_at(self) -> Mapping[str, int]:
        return self.kinds

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        return {WEB: frozenset({DB})}

    def pulls(self) -> tuple[Pull, ...]:
        return ()


def finding(subject: Subject = WEB, **differs: object) -> Finding:
    return msgspec.structs.replace(Finding(subject=subject, summary=f"{subject.name} is ill.", evidence=()), **differs)


def declared(
    code: str,
    *found: Finding,
    raises: Exception | None = None,
    kind: Kind = Kind.INCIDENT,
    explains: tuple[str, ...] = (),
) -> Check[object]:
    """Give a check that finds these, and raises after them where it is told to."""

    @check(code, title="Ill", severity=Severity.HIGH, remedy="Mend it.", kind=kind, explains=explains)
    def judge(_snapshot: object) -> Iterator[Finding]:
        """Stand for a check."""
        yield from found
        if raises:
            raise raises

    return judge


def judged(monkeypatch: pytest.MonkeyPatch, *checks: Check[object], snapshot: Toy | None = None) -> Report:
    toy = snapshot or Toy()
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: checks)
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": collected(toy)})
    return engine.judge(toy, ReportTarget(name="prod", platform="toy", zone="eu"))


def collected(snapshot: Toy, *steps: str) -> Platform:
    """Give a platform whose collector goes through these steps and reads this snapshot."""

    class Canned(Platform, frozen=True):
        def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
            for step in steps:
                progress(step)
            return msgspec.structs.replace(snapshot, request=request)

    return Canned(name="toy", title="Toy", target=Target, snapshot=Toy, collector="", checks="", steps=steps)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": collected(Toy(), "Reading")})
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: (declared("DKR-C101", finding()),))


def test_a_check_that_raises_becomes_a_gap_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that raises, then the report says which check could not be run and why, and is made."""
    report = judged(monkeypatch, declared("DKR-C109", raises=ZeroDivisionError("by zero")), declared("DKR-C101"))

    assert report.gaps == (Gap(what="check DKR-C109 (Ill)", reason="the check failed: ZeroDivisionError: by zero"),)


def test_a_check_that_raises_costs_only_what_it_had_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that raises after a finding and another check, then both findings are shown."""
    broken = declared("DKR-C109", finding(WEB), raises=KeyError("x"))

    report = judged(monkeypatch, broken, declared("DKR-C110", finding(DB)))

    assert {item.code for item in report.findings} == {"DKR-C109", "DKR-C110"}
    assert len(report.gaps) == 1


def test_what_is_no_check_of_findings_becomes_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that returns nothing at all, then it becomes a gap."""
    broken = msgspec.structs.replace(declared("DKR-C109"), judge=lambda _snapshot: None)

    assert [gap.what for gap in judged(monkeypatch, broken).gaps] == ["check DKR-C109 (Ill)"]


def test_the_same_finding_twice_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that finds one subject twice, then the first is shown."""
    twice = declared("DKR-C101", finding(summary="First."), finding(summary="Second."))

    assert [item.summary for item in judged(monkeypatch, twice).findings] == ["First."]


def test_a_code_on_two_subjects_is_two_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that finds two subjects, then both are shown."""
    report = judged(monkeypatch, declared("DKR-C101", finding(WEB), finding(DB)))

    assert {item.id for item in report.findings} == {"DKR-C101@container/web", "DKR-C101@container/db"}


def test_what_lies_in_a_snapshot_is_judged_by_its_own_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a snapshot that holds another platform's, then both platforms' findings and gaps are in the report."""
    gap = Gap(what="nodes", reason="denied")
    inner, outer = Toy(gaps=(gap,)), Toy()
    held = msgspec.structs.replace(collected(outer), holds=lambda _snapshot: (("inner", inner),))
    checks = {"toy": (declared("TOY-101", finding(WEB)),), "inner": (declared("INN-101", finding(DB)),)}
    monkeypatch.setattr(catalogue, "checks_of", checks.__getitem__)
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": held, "inner": collected(inner)})

    report = engine.judge(outer, ReportTarget(name="prod", platform="toy", zone="eu"))

    assert {item.code for item in report.findings} == {"TOY-101", "INN-101"}
    assert report.gaps == (gap,)


def test_symptoms_are_folded_along_the_snapshots_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a fault of what the subject of another depends on, then the report links both."""
    cause = declared("DKR-C101", finding(DB), explains=("DKR-C105",))

    report = judged(monkeypatch, declared("DKR-C105", finding(WEB)), cause)

    assert [item.id for item in report.causes] == ["DKR-C101@container/db"]
    assert report.findings[1].explained_by == ("DKR-C101@container/db",)


def test_the_request_decides_about_hygiene(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given hygiene, then it is shown where the request asked for an audit, and only there."""
    made = declared("DKR-C113", finding(), kind=Kind.HYGIENE)

    assert judged(monkeypatch, made).findings == ()
    assert judged(monkeypatch, made, snapshot=Toy(request=Request(audit=True))).findings != ()


def test_the_collectors_gaps_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a snapshot with a gap and a check that raises, then the report lists both."""
    snapshot = Toy(gaps=(Gap(what="events", reason="no answer"),))

    report = judged(monkeypatch, declared("DKR-C109", raises=ValueError("x")), snapshot=snapshot)

    assert [gap.what for gap in report.gaps] == ["events", "check DKR-C109 (Ill)"]


def test_what_was_asked_and_looked_at_is_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a snapshot with a scope, then the report carries it, the target, the snapshot's time, and the counts."""
    report = judged(monkeypatch, snapshot=Toy(request=Request(scope="web")))

    assert (report.scope, report.started_at, report.looked_at) == ("web", NOW, {"containers": 2})
    assert report.target == ReportTarget(name="prod", platform="toy", zone="eu")
    assert not report.blind


def test_what_was_not_looked_at_is_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a snapshot of which nothing could be read, then the report says that it saw nothing."""
    assert judged(monkeypatch, snapshot=Toy(kinds={})).blind


def test_no_secret_is_in_any_text_of_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a check that puts a secret into everything it can, then none of it is in the report."""
    leak = f"password={SECRET}"
    leaky = finding(
        Subject("project", leak),
        summary=f"It says {leak}.",
        evidence=(Evidence(source=f"GET /{leak}", value=leak, at=NOW),),
        remedy=Remedy(text=f"Use {leak}.", command=f"serve --{leak}", owner=f"Compose project {leak}"),
    )
    broken = declared("DKR-C109", raises=ValueError(leak))
    gaps = (Gap(what=leak, reason=leak),)

    report = judged(
        monkeypatch,
        declared("DKR-C101", leaky, explains=("DKR-C104",)),
        declared("DKR-C104", leaky),
        broken,
        snapshot=Toy(gaps=gaps),
    )

    assert SECRET not in msgspec.json.encode(report).decode()
    assert len(report.gaps) == 2


@pytest.mark.parametrize(
    ("name", "summary", "told"),
    [
        ("compose.auth.yml", "compose.auth.yml: links web (line 3).", "compose.auth.yml: links web (line 3)."),
        ("shop_token", "shop_token: its update was rolled back.", "shop_token: its update was rolled back."),
        ("shop_token", f"shop_token: it says password={SECRET}.", "shop_token: it says password=[redacted]"),
        ("web", f"web-password: {SECRET}", "web-password: [redacted]"),
    ],
)
def test_what_is_named_like_a_secret_may_be_spoken_of(
    monkeypatch: pytest.MonkeyPatch, name: str, summary: str, told: str
) -> None:
    """Given a summary that begins with its subject's name, then only in what follows a secret is looked for."""
    (found,) = judged(monkeypatch, declared("DKR-C101", finding(Subject("service", name), summary=summary))).findings

    assert found.summary == told


def test_folding_survives_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a subject whose name holds a secret, then the edges still name the ids that are in the report."""
    leaky = finding(Subject("project", f"password={SECRET}"))

    cause, symptom = judged(
        monkeypatch, declared("DKR-C101", leaky, explains=("DKR-C104",)), declared("DKR-C104", leaky)
    ).findings

    assert (cause.explains, symptom.explained_by) == ((symptom.id,), (cause.id,))


def test_a_command_with_a_secret_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a remedy whose command holds a secret, then its text stays, and no half of a command is offered."""
    cure = Remedy(text="Read the log.", command=f"docker logs 'password={SECRET}'")

    (found,) = judged(monkeypatch, declared("DKR-C101", finding(remedy=cure))).findings

    assert found.remedy == Remedy(text="Read the log.")


def test_a_command_without_a_secret_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a remedy with a harmless command, then it is shown to the letter."""
    cure = Remedy(text="Read the log.", command="docker logs --tail 100 'auth service'", owner="Ansible")

    (found,) = judged(monkeypatch, declared("DKR-C101", finding(remedy=cure))).findings

    assert found.remedy == cure


@pytest.mark.usefixtures("platform")
def test_a_diagnosis_has_its_times_and_its_snapshot() -> None:
    """Given a target, when it is diagnosed, then the report has start, duration and the time of each part."""
    before = datetime.now(UTC)

    diagnosis = engine.diagnose(TARGET, Request(scope="web"), budget=Budget())

    report = diagnosis.report
    assert before <= report.started_at <= datetime.now(UTC)
    assert set(report.timings) == {"collect", "judge"}
    assert 0 <= report.timings["collect"] + report.timings["judge"] <= report.duration_s + 0.002
    assert report.target == ReportTarget(name="prod", platform="toy", zone="eu")
    assert diagnosis.snapshot == Toy(request=Request(scope="web"))


@pytest.mark.usefixtures("platform")
def test_progress_ends_with_judging() -> None:
    """Given a platform with one step, when a target of it is diagnosed, then progress tells both."""
    steps: list[str] = []

    engine.diagnose(TARGET, Request(), budget=Budget(), progress=steps.append)

    assert steps == ["Reading", engine.JUDGING]


@pytest.mark.usefixtures("platform")
def test_nothing_is_judged_for_who_cancelled() -> None:
    """Given a diagnosis that is cancelled while it reads, then nothing is judged."""
    steps: list[str] = []

    with pytest.raises(CancelledError):
        engine.diagnose(TARGET, Request(), budget=Budget(cancelled=lambda: bool(steps)), progress=steps.append)

    assert steps == ["Reading"]


def test_a_collectors_error_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a collector that cannot look at all, then its error comes through with its type."""

    class Broken(Platform, frozen=True):
        def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
            raise TemporaryError("Busy.", delay=3)

    broken = Broken(name="toy", title="Toy", target=Target, snapshot=Toy, collector="", checks="", steps=())
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": broken})

    with pytest.raises(TemporaryError) as raised:
        engine.diagnose(TARGET, Request(window=timedelta(hours=1)), budget=Budget())

    assert raised.value.delay == 3


ROLLOUT = Event(
    at=NOW - timedelta(seconds=40), source="watch", subject="container/db", kind=EventKind.IMAGE, after="db:2"
)


def changing(
    monkeypatch: pytest.MonkeyPatch,
    *changes: Event,
    request: Request = Request(),  # noqa: B008 - it is frozen
    raises: Exception | None = None,
    history: History = History(),  # noqa: B008 - it is frozen
) -> Report:
    """Judge a host whose web and database are ill, of which the snapshot tells these changes."""

    class Changing(Platform, frozen=True):
        def changes(self, _snapshot: object) -> Told:
            if raises:
                raise raises
            return Told(changes=changes, sources=("2 containers",))

        def figures(self, _snapshot: object) -> Mapping[str, float]:
            if raises:
                raise raises
            return {"restarts": 3.0}

    toy = Toy(request=request)
    platform = Changing(name="toy", title="Toy", target=Target, snapshot=Toy, collector="", checks="", steps=())
    checks = (declared("DKR-C101", finding(DB, first_seen=NOW), finding(WEB)),)
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: checks)
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": platform})
    return engine.judge(toy, ReportTarget(name="prod", platform="toy", zone="eu"), history=history)


def test_what_changed_is_told_and_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a rollout that the snapshot tells of, then it is among the changes, and suspected of what came after it."""
    report = changing(monkeypatch, ROLLOUT)

    assert report.changes == (ROLLOUT,)
    assert report.coverage
    assert report.coverage.sources == ("2 containers",)
    assert {item.suspect.change if item.suspect else None for item in report.findings} == {ROLLOUT}
    assert report.figures == {"restarts": 3.0}


def test_a_request_for_changes_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a request for changes alone, then those are told, and no check is run."""
    report = changing(monkeypatch, ROLLOUT, request=Request(changes=True))

    assert report.changes == (ROLLOUT,)
    assert report.findings == ()
    assert report.looked_at == {"containers": 2}


def test_a_snapshot_that_cannot_tell_its_changes_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a platform whose changes and figures raise, then both are gaps, and what is recorded is told."""
    report = changing(monkeypatch, raises=KeyError("x"), history=History(changes=(ROLLOUT,)))

    assert [gap.what for gap in report.gaps] == ["the figures for trends", "what changed (toy)"]
    assert report.changes == (ROLLOUT,)


@pytest.mark.parametrize("step", ["sickbay.diagnostics.what_changed.merged", "sickbay.diagnostics.suspects.accused"])
def test_changes_that_cannot_be_told_cost_no_finding(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Given changes on which Sickbay breaks, then that is a gap, what changed is not known, and findings stay."""

    def broken(*_: object, **__: object) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(step, broken)

    report = changing(monkeypatch, ROLLOUT)

    assert [gap.what for gap in report.gaps] == ["what changed"]
    assert report.coverage
    assert (report.coverage.sources, len(report.coverage.holes), report.changes) == ((), 1, ())
    assert len(report.findings) == 2


def test_a_scoped_diagnosis_tells_the_changes_on_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given recorded changes of what the scope needs and of another container, then only the first is told."""
    other = msgspec.structs.replace(ROLLOUT, subject="container/mail")

    report = changing(monkeypatch, request=Request(scope="web"), history=History(changes=(ROLLOUT, other)))

    assert report.changes == (ROLLOUT,)


def test_a_secret_in_a_change_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a recorded change that holds a secret, then none is in the report, neither as change nor as suspect."""
    leaky = msgspec.structs.replace(ROLLOUT, before=f"password={SECRET}", actor=f"password={SECRET}")

    report = changing(monkeypatch, history=History(changes=(leaky,)))

    assert report.changes
    assert SECRET not in msgspec.json.encode(report).decode()


def test_the_history_is_asked_for_once_the_target_was_read(platform: None) -> None:
    """Given a recorder's history, when a target is diagnosed, then its changes are in the report."""
    report = engine.diagnose(TARGET, Request(), budget=Budget(5), history=lambda: History(changes=(ROLLOUT,))).report

    assert report.changes == (ROLLOUT,)


def test_files_have_no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given what no configuration can name, such as files to lint, then nothing is said of changes."""
    toy = Toy()
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: ())
    unwatched = msgspec.structs.replace(collected(toy), configurable=False)
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": unwatched})

    assert engine.judge(toy, ReportTarget(name="lint", platform="toy", zone="eu")).coverage is None


@pytest.mark.parametrize(
    ("removed", "told"),
    [
        ("container/web", "There is no web. container/web was removed at 02:59:20 UTC on 24 Nov, by ana."),
        ("container/db", "There is no web."),
    ],
)
def test_a_scope_that_was_removed_is_told_so(monkeypatch: pytest.MonkeyPatch, removed: str, told: str) -> None:
    """Given a scope that names nothing any more, then the error says when it went and by whom, if known."""

    class Gone(Platform, frozen=True):
        def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
            raise UnknownScopeError("There is no web.", nearest=("web-2",))

    platform = Gone(name="toy", title="Toy", target=Target, snapshot=Toy, collector="", checks="", steps=())
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"toy": platform})
    gone = msgspec.structs.replace(ROLLOUT, subject=removed, kind=EventKind.REMOVED, actor="ana")

    with pytest.raises(UnknownScopeError) as caught:
        engine.diagnose(
            TARGET, Request(scope="web"), budget=Budget(5), history=lambda: History(changes=(ROLLOUT, gone))
        )

    assert str(caught.value) == told
    assert caught.value.nearest == ("web-2",)
