"""`sickbay logs`: the log as it is, the names of several, and an exit code that says whether one was read."""

import pytest

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError, UnknownScopeError
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.targets import Request, Target
from tests.unit.command_line.conftest import Run


def answering(monkeypatch: pytest.MonkeyPatch, *logs: Log, error: DiagnosticsError | None = None) -> list[Request]:
    """Let the engine give these logs or this error; gives what it is asked."""
    asked: list[Request] = []

    def read(_target: Target, request: Request, *, budget: Budget) -> tuple[Log, ...]:
        asked.append(request)
        if error:
            raise error
        return logs

    monkeypatch.setattr(engine, "read_logs", read)
    return asked


def test_one_log_is_printed_as_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one container, when its log is asked for, then its lines are printed, unable to move the cursor."""
    asked = answering(monkeypatch, Log(name="web-1", text="listening\x1b[2J\nready"))

    result = run("logs", "local", "web-1")

    assert (result.exit_code, result.stdout) == (0, "listening\\x1b[2J\nready\n")
    assert asked == [Request(scope="web-1", logs=True)]


def test_several_logs_stand_under_their_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a service of two containers, when its logs are asked for, then each stands under its container's name."""
    answering(monkeypatch, Log(name="web-1", text="ready"), Log(name="web-2", text="waiting"))

    assert run("logs", "local", "web").stdout == "==> web-1 <==\nready\n\n==> web-2 <==\nwaiting\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownScopeError("No container is named 'web-9'. Did you mean web-1?", nearest=("web-1",)), 2),
        (PermanentError("local cannot be reached: no such socket"), 3),
    ],
)
def test_what_cannot_be_read_says_why(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: DiagnosticsError, code: int
) -> None:
    """Given a name that is none, or an engine that is not there, then the sentence is told, and the code says which."""
    answering(monkeypatch, error=error)

    result = run("logs", "local", "web-9")

    assert (result.exit_code, result.stderr) == (code, f"{error}\n")


def test_a_target_that_is_none_is_wrong_usage(run: Run) -> None:
    """Given a slip of the pen, when a log is asked for, then the nearest target is named."""
    result = run("logs", "loca", "web-1")

    assert (result.exit_code, "Nearest: local." in result.stderr) == (2, True)
