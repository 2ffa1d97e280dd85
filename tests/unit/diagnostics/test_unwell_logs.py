"""What the logs of the unwell say is told beside the findings, and costs a diagnosis nothing when it cannot be read."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from sickbay.diagnostics import catalogue, engine, unwell_logs
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.errors import CancelledError, NoLogError, PermanentError
from sickbay.diagnostics.model import Gap, Kind, Log, Report, Subject
from sickbay.diagnostics.platform import Platform, Progress
from sickbay.diagnostics.targets import Request, Target
from tests.unit.diagnostics.test_engine import DB, NOW, WEB, Toy, declared, finding

TARGET = Target(name="prod", platform="docker")
#: Gives the logs of a request.
Read = Callable[[Request, Budget], tuple[Log, ...]]


def log(name: str, *lines: str, unwell: bool = False, at: datetime = NOW) -> Log:
    return Log(name=name, text="\n".join(f"{at:%Y-%m-%dT%H:%M:%SZ} {line}" for line in lines), unwell=unwell)


def diagnosed(
    monkeypatch: pytest.MonkeyPatch,
    *checks: Check[object],
    read: Read,
    budget: Budget | None = None,
    able: str = "toy:logs",
    may: bool = True,
) -> Report:
    """Diagnose a small host with these checks, whose logs `read` gives."""

    class Canned(Platform, frozen=True):
        def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
            return Toy(request=request)

        def read_logs(self, target: Target, request: Request, budget: Budget) -> tuple[Log, ...]:
            return read(request, budget)

    host = Canned(name="docker", title="", target=Target, snapshot=Toy, collector="", checks="", steps=(), logs=able)
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {"docker": host})
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: checks)
    return engine.diagnose(TARGET, Request(), budget=budget or Budget(), logs=may).report


def refused(_request: Request, _budget: Budget) -> tuple[Log, ...]:
    raise PermanentError("The driver has password=hunter2hunter2")


def test_what_only_the_unwell_say_is_told_with_its_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a container that is ill and its healthy replica, then what it alone says is told, and whose it is."""
    asked = list[Request]()

    def read(request: Request, _budget: Budget) -> tuple[Log, ...]:
        asked.append(request)
        return log("web", "ready", "error: no route"), log("web-2", "ready")

    report = diagnosed(monkeypatch, declared("TOY-C1", finding(WEB)), read=read)

    (said,) = report.log_templates
    assert (said.finding, said.names, said.template) == ("TOY-C1@container/web", ("web",), "error: no route")
    assert said.only_unwell
    assert asked == [Request(scope="web", logs=True, siblings=True)]
    assert report.timings["logs"] >= 0


def test_since_when_something_is_new_is_the_findings_first_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a log from long before the trouble on, then what it says only since then is new."""
    long_ago = datetime(2026, 11, 23, tzinfo=UTC)
    ill = declared("TOY-C1", finding(WEB, first_seen=NOW))

    def read(_request: Request, _budget: Budget) -> tuple[Log, ...]:
        before, since = log("web", "ready", at=long_ago), log("web", "error: no route")
        return (Log(name="web", text=f"{before.text}\n{since.text}"),)

    (said,) = diagnosed(monkeypatch, ill, read=read).log_templates

    assert (said.new, said.first) == (True, NOW)


def test_logs_of_few_are_read_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given many who are ill, some with two findings, then the logs of the likeliest three are read, each once."""
    asked = list[str]()

    def read(request: Request, _budget: Budget) -> tuple[Log, ...]:
        asked.append(request.scope)
        return (log(request.scope, *(f"error {'x' * number} of {request.scope}" for number in range(9))),)

    ill = [finding(Subject("container", f"web-{number}")) for number in range(5)]
    report = diagnosed(monkeypatch, declared("TOY-C1", *ill), declared("TOY-C2", *ill), read=read)

    assert sorted(asked) == [item.subject.partition("/")[2] for item in report.findings[:3]]
    assert len(report.log_templates) <= 8


@pytest.mark.parametrize(
    "check",
    [
        declared("TOY-C1"),
        declared("TOY-H1", finding(WEB), kind=Kind.HYGIENE),
        declared("TOY-C1", finding(Subject("host", "prod"))),
    ],
    ids=["nobody", "a weakness", "what has no log"],
)
def test_nothing_is_read_where_nobody_with_a_log_fails(monkeypatch: pytest.MonkeyPatch, check: Check[object]) -> None:
    """Given nothing that fails and has a log, then no log is read, and nothing is said to be missing."""
    report = diagnosed(monkeypatch, check, read=lambda *_asked: pytest.fail("it was read"))

    assert (report.log_templates, report.gaps) == ((), ())


def test_nothing_is_read_where_it_may_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given somebody who may not read logs, or a platform that has none, then none is read."""

    def read(*_asked: object) -> tuple[Log, ...]:
        pytest.fail("it was read")

    ill = declared("TOY-C1", finding(WEB))

    assert "logs" not in diagnosed(monkeypatch, ill, read=read, may=False).timings
    assert diagnosed(monkeypatch, ill, read=read, able="").gaps == ()


def test_a_log_that_cannot_be_read_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given logs that are refused, then the finding stands, and the gap says why without a secret."""
    report = diagnosed(monkeypatch, declared("TOY-C1", finding(WEB)), read=refused)

    (gap,) = report.gaps
    assert report.findings
    assert gap.what == "the logs of container/web and of its replicas"
    assert gap.reason.startswith("The driver has password=")
    assert "hunter2" not in gap.reason


def test_what_breaks_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a reading that breaks, then the other logs are told all the same."""

    def read(request: Request, _budget: Budget) -> tuple[Log, ...]:
        if request.scope == "web":
            raise ValueError("surprise")
        return (log(request.scope, "error"),)

    report = diagnosed(monkeypatch, declared("TOY-C1", finding(WEB), finding(DB)), read=read)

    assert [item.names for item in report.log_templates] == [("db",)]
    assert report.gaps == (
        Gap(what="the logs of container/web and of its replicas", reason="ValueError: surprise"),
    )  # fmt: skip


def test_what_never_ran_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a container that never ran, then that there is no log of it is nothing that could not be read."""

    def read(_request: Request, _budget: Budget) -> tuple[Log, ...]:
        raise NoLogError("nothing has run")

    assert diagnosed(monkeypatch, declared("TOY-C1", finding(WEB)), read=read).gaps == ()


def test_where_no_time_is_left_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a budget that is spent, then the diagnosis ends with its findings, and says that logs were not read."""
    moments = iter([0.0])
    spent = Budget(60, clock=lambda: next(moments, 1000.0))

    report = diagnosed(monkeypatch, declared("TOY-C1", finding(WEB)), read=refused, budget=spent)

    assert [gap.reason for gap in report.gaps] == ["there was no time left to read them"]


def test_reading_has_a_part_of_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a long budget, then reading logs has a few seconds of it."""
    given = list[float]()

    def read(_request: Request, budget: Budget) -> tuple[Log, ...]:
        given.append(budget.seconds)
        return ()

    diagnosed(monkeypatch, declared("TOY-C1", finding(WEB)), read=read)

    assert given == [unwell_logs.MOST_SECONDS]


def test_who_cancels_while_logs_are_read_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a job that is cancelled meanwhile, then it ends so."""
    stopped = list[bool]()

    def read(_request: Request, _budget: Budget) -> tuple[Log, ...]:
        stopped.append(True)
        return ()

    with pytest.raises(CancelledError):
        diagnosed(
            monkeypatch,
            declared("TOY-C1", finding(WEB), finding(DB)),
            read=read,
            budget=Budget(cancelled=lambda: bool(stopped)),
        )


def test_no_secret_of_a_log_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a log with a secret in it that its platform overlooked, then it is hidden in what is told."""
    ill = declared("TOY-C1", finding(WEB))

    report = diagnosed(
        monkeypatch, ill, read=lambda *_asked: (log("web", "login failed: password=hunter2hunter2"),)
    )  # fmt: skip

    assert b"hunter2" not in msgspec.json.encode(report)
    assert report.log_templates
