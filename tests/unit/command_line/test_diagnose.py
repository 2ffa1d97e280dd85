"""`sickbay diagnose`: the exit code says what was found, the output says it in the form that was asked for."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError, UnknownRankingError, UnknownScopeError
from sickbay.diagnostics.events import Coverage
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request, Target
from tests.unit.command_line.conftest import Run
from tests.unit.command_line.reports import AT, CAUSE, SYMPTOM, report

SNAPSHOT = Snapshot(request=Request(), taken_at=AT, host="lab", address="unix:///nowhere/docker.sock")


class Engine:
    """Stands in for the engine: answers with a report or an error, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Report | DiagnosticsError | type[BaseException] = report()
        self.asked: Request | None = None
        self.budget = 0.0
        self.others: list[Target] = []

    def diagnose(
        self,
        _target: Target,
        request: Request,
        *,
        budget: Budget,
        progress: object,
        others: Iterable[Target],
        logs: bool,
    ) -> engine.Diagnosis:
        assert logs
        self.asked, self.budget, self.others = request, budget.seconds, list(others)
        if isinstance(self.answer, Report):
            return engine.Diagnosis(self.answer, SNAPSHOT)
        raise self.answer


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Engine:
    fake = Engine()
    monkeypatch.setattr(engine, "diagnose", fake.diagnose)
    return fake


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (report(), 0),
        (report(CAUSE, SYMPTOM), 1),
        (report(looked_at={}), 3),
        (report(CAUSE, looked_at={}), 3),
        (PermanentError("the engine is too old"), 3),
        (UnknownScopeError("There is no web-9.", nearest=("web-1",)), 2),
        (UnknownRankingError("prod cannot be ranked by disk."), 2),
    ],
)
def test_the_exit_code_says_what_was_found(
    answer: Report | DiagnosticsError, code: int, run: Run, fake: Engine
) -> None:
    """Given each outcome, when a person diagnoses, then the command ends with its code."""
    fake.answer = answer

    assert run("diagnose", "local").exit_code == code


def test_what_is_asked_reaches_the_engine(run: Run, fake: Engine, tmp_path: Path) -> None:
    """Given a scope, a window, --audit, --top and a budget, when a person diagnoses, then the engine gets them."""
    (tmp_path / "sickbay.yaml").write_text("diagnosis: {budget: 7s}")

    run("diagnose", "local", "web-1", "--since", "30m", "--audit", "--top", "net")

    assert fake.asked == Request(scope="web-1", window=timedelta(minutes=30), audit=True, top="net")
    assert fake.budget == 7


@pytest.mark.parametrize("words", [("changes",), ("web-1", "changes")])
def test_what_changed_can_be_asked_for_alone(words: tuple[str, ...], run: Run, fake: Engine) -> None:
    """Given `changes` behind a target or a scope, when a person asks, then the engine only tells the changes."""
    fake.answer = report(coverage=Coverage(since=AT, until=AT, sources=("2 containers",)))

    told = run("diagnose", "local", *words, "--since", "2h")

    assert fake.asked == Request(scope="".join(words[:-1]), window=timedelta(hours=2), changes=True)
    assert told.exit_code == 0
    assert "Nothing changed since 2026-11-23 20:41:03 UTC." in told.output


def test_another_word_behind_the_scope_is_refused(run: Run, fake: Engine) -> None:
    """Given a third word that is not `changes`, when a person asks, then it is named, and nothing is looked at."""
    told = run("diagnose", "local", "web-1", "charges")

    assert told.exit_code == 2
    assert "'charges'" in told.output
    assert fake.asked is None


def test_the_engine_may_ask_the_other_targets(run: Run, fake: Engine, targets: list[Target]) -> None:
    """Given a host and a registry, when a person diagnoses the host, then the engine gets both."""
    targets.append(RegistryTarget(name="images", url="https://registry.example.com"))

    run("diagnose", "local")

    assert fake.others == targets


def test_json_is_the_report_itself(run: Run, fake: Engine) -> None:
    """Given a report, when JSON is asked for, then the output decodes to the same report."""
    fake.answer = report(CAUSE, SYMPTOM)

    result = run("diagnose", "local", "--format", "json")

    assert msgspec.json.decode(result.stdout, type=Report) == fake.answer


def test_markdown_is_markdown(run: Run, fake: Engine) -> None:
    """Given a report, when Markdown is asked for, then the output begins with its heading."""
    assert run("diagnose", "local", "--format", "markdown").stdout.startswith("# local \\(docker\\)")


def test_what_was_read_can_be_saved_and_replayed(run: Run, fake: Engine, tmp_path: Path) -> None:
    """Given --save, when a person diagnoses, then the file is there for its owner alone, and can be replayed."""
    run("diagnose", "local", "--save", "seen.json")

    assert (tmp_path / "seen.json").stat().st_mode & 0o777 == 0o600
    replayed = run("replay", "seen.json", "--format", "json")
    assert msgspec.json.decode(replayed.stdout, type=Report).target.name == "local"


def test_a_file_that_cannot_be_saved_is_an_error(run: Run, fake: Engine) -> None:
    """Given a path that cannot be written, when a person diagnoses, then the command says so."""
    result = run("diagnose", "local", "--save", "/nowhere/seen.json")

    assert result.exit_code == 2
    assert "/nowhere/seen.json cannot be written: No such file or directory" in result.stderr


def test_an_unknown_target_gets_the_nearest(run: Run, fake: Engine) -> None:
    """Given a target's name with a slip, when a person diagnoses, then the nearest name is told."""
    result = run("diagnose", "lokal")

    assert result.exit_code == 2
    assert "There is no target 'lokal'. Nearest: local. Targets: local." in result.stderr


def test_an_unknown_scope_gets_the_nearest(run: Run, fake: Engine) -> None:
    """Given a scope that the target does not hold, when a person diagnoses, then the nearest name is told, once."""
    fake.answer = UnknownScopeError("There is no web-9\x1b[31m. Did you mean web-1?", nearest=("web-1",))

    assert run("diagnose", "local", "web-9").stderr == "There is no web-9\\x1b[31m. Did you mean web-1?\n"


def test_without_any_engine_it_says_what_to_do(run: Run, targets: list[Target], fake: Engine) -> None:
    """Given no engine and no configuration, when a person diagnoses, then it says how to get one, and ends with 3."""
    targets.clear()

    result = run("diagnose", "local")

    assert result.exit_code == 3
    assert "Start Docker or Podman, or set DOCKER_HOST" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--since", "30"), ("--since", "tomorrow"), ("--format", "xml"), ("--nothing",), ("web-1", "web-2")],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], run: Run, fake: Engine) -> None:
    """Given an argument that is not known or not valid, when a person diagnoses, then the command ends with 2."""
    assert run("diagnose", "local", *arguments).exit_code == 2


def test_a_wrong_configuration_ends_with_2(run: Run, fake: Engine, tmp_path: Path) -> None:
    """Given a configuration with a mistake, when a person diagnoses, then all of it is told on the error stream."""
    (tmp_path / "sickbay.yaml").write_text("zone: x\nhttp: 3")

    result = run("diagnose", "local")

    assert result.exit_code == 2
    assert "sickbay.yaml:1: zone: unknown key" in result.stderr
    assert "sickbay.yaml:2: http: found 3" in result.stderr
    assert not result.stdout
