"""What the engine gives beside a diagnosis: logs in place of one, and what a target can be narrowed to."""

from collections.abc import Iterable

import msgspec
import pytest

from sickbay.diagnostics import catalogue, engine, follow_ups
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError, PermanentError
from sickbay.diagnostics.follow_ups import Probe
from sickbay.diagnostics.model import LOG_LINES, MOST_LOGS, Log, ReportTarget
from sickbay.diagnostics.platform import Platform, Progress, Snapshot
from sickbay.diagnostics.targets import Request, Target
from tests.unit.diagnostics.test_engine import TARGET, Toy

ASKED = Request(scope="web", logs=True)
SEEN = ReportTarget(name="prod", platform="toy", zone="eu")


def served(monkeypatch: pytest.MonkeyPatch, *logs: Log, scopes: Iterable[str] = (), able: str = "toy:logs") -> None:
    """Let the toy platform give these logs and scopes."""

    class Canned(Platform, frozen=True):
        def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
            return Toy(request=request)

        def read_logs(self, target: Target, request: Request, budget: Budget) -> tuple[Log, ...]:
            return logs

        def scopes(self, snapshot: Snapshot) -> Iterable[str]:
            return scopes

    toy = Canned(name="toy", title="Toy", target=Target, snapshot=Toy, collector="", checks="", steps=(), logs=able)
    known = {"toy": toy, "other": msgspec.structs.replace(toy, name="other", title="Docker host", logs="docker:logs")}
    monkeypatch.setattr(catalogue, "load_platforms", lambda: known)
    monkeypatch.setattr(catalogue, "checks_of", lambda _platform: ())


def test_logs_come_within_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a platform that gives too much, when logs are asked for, then they are cut, and no name holds a secret."""
    long = "\n".join(f"line {number}" for number in range(2_000))
    served(monkeypatch, Log(name="web password=hunter2hunter2", text=long), *[Log(name="db", text="x")] * 20)

    logs = engine.read_logs(TARGET, ASKED, budget=Budget())

    assert len(logs) == MOST_LOGS
    assert "hunter2" not in logs[0].name
    assert len(logs[0].text.split("\n")) == LOG_LINES


def test_a_platform_without_logs_says_which_have_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a platform that has no logs, when asked for one, then the sentence names those that have."""
    served(monkeypatch, able="")

    with pytest.raises(PermanentError, match=r"^prod \(Toy\) has no logs\. These have: Docker host\.$"):
        engine.read_logs(TARGET, ASKED, budget=Budget())


def test_whose_log_must_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given no scope, when a log is asked for, then the sentence asks whose."""
    served(monkeypatch)

    with pytest.raises(PermanentError, match=r"^Whose log\? Name what of prod"):
        engine.read_logs(TARGET, Request(logs=True), budget=Budget())


def test_nobody_gets_logs_who_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a job that was cancelled while it read, then it ends so."""
    served(monkeypatch, Log(name="web", text="x"))

    with pytest.raises(CancelledError):
        engine.read_logs(TARGET, ASKED, budget=Budget(cancelled=lambda: True))


def test_scopes_are_those_that_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given names of a target, some of which no one could type or should see, then each other one is given once."""
    hostile = ("", "two words", "turned\u202eround", "line\nend", "x" * 251, "token=abcdefghijklmnop1234")
    served(monkeypatch, scopes=("web-1", *hostile, "payments/api", "web-1", "x" * 250))

    found = engine.diagnose(TARGET, Request(), budget=Budget()).scopes

    assert found == {SEEN: ("web-1", "payments/api", "x" * 250)}


def test_scopes_are_bounded_and_only_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given very many names, then so many are given as are kept; of a part of a target, none."""
    served(monkeypatch, scopes=[f"web-{number}" for number in range(3_000)])

    assert len(engine.diagnose(TARGET, Request(), budget=Budget()).scopes[SEEN]) == engine.MOST_SCOPES
    assert engine.diagnose(TARGET, Request(scope="web-1"), budget=Budget()).scopes == {}


def test_scopes_of_registries_come_with_those_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a target whose registry was asked about its images, then that registry's scopes are given too."""
    served(monkeypatch, scopes=("web-1",))
    registry = ReportTarget(name="images", platform="toy", zone="eu")
    monkeypatch.setattr(follow_ups, "ask", lambda *_asked: ((Probe(registry, Toy()),), ()))

    assert set(engine.diagnose(TARGET, Request(), budget=Budget()).scopes) == {SEEN, registry}
