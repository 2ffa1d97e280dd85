"""Child processes: kept running, ended together, and never left behind by a parent that was killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot.command_line import supervision
from bot.command_line.common import Exit
from bot.command_line.supervision import Child, Supervisor

Told = Callable[[], str]

WAITS = "import signal; print(os.getpid(), file=told, flush=True); signal.pause()"
IGNORES = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WAITS
ENDS = "print('started', file=told, flush=True)"


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """A pipe with a name, on which children say something; gives the next line."""
    path = tmp_path / "told"
    os.mkfifo(path)
    # Open for both ends, so that neither opening nor a writer's end ever blocks or closes it.
    stream = os.fdopen(os.open(path, os.O_RDWR), "rb", buffering=0)
    return lambda: stream.readline().decode().strip()


def child(tmp_path: Path, script: str) -> Child:
    prelude = f"import os; told = open({str(tmp_path / 'told')!r}, 'w');"
    return Child(name="child", command=(sys.executable, "-c", prelude + script))


def test_a_child_that_ends_is_started_again(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a child that ends at once, when it is supervised, then it is started again."""
    monkeypatch.setattr(supervision, "FIRST_DELAY", 0.01)

    with Supervisor([child(tmp_path, ENDS)], threading.Event()):
        assert [told(), told(), told()] == ["started"] * 3


def test_a_child_with_wrong_settings_ends_all(told: Told, tmp_path: Path) -> None:
    """Given a child that refuses its settings, when it is supervised, then all stop: no restart would help."""
    stopping = threading.Event()

    with Supervisor([child(tmp_path, f"os._exit({Exit.USAGE.value})")], stopping) as supervisor:
        assert stopping.wait(20)

    assert supervisor.exit_code is Exit.USAGE


def test_children_end_with_the_supervisor(told: Told, tmp_path: Path) -> None:
    """Given a running child, when the supervisor ends, then the child is gone."""
    with Supervisor([child(tmp_path, WAITS)], threading.Event()):
        pid = int(told())

    assert not psutil.pid_exists(pid)


def test_a_child_that_does_not_listen_is_killed(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a child that ignores SIGTERM, when the supervisor ends, then the child is killed after its grace."""
    monkeypatch.setattr(supervision, "GRACE_SECONDS", 0.1)

    with Supervisor([child(tmp_path, IGNORES)], threading.Event()):
        pid = int(told())

    assert not psutil.pid_exists(pid)


def test_a_child_does_not_outlive_a_parent_that_was_killed(told: Told, tmp_path: Path) -> None:
    """Given a child that holds its lifeline, when the parent is killed with -9, then the child ends too."""
    holds = "import sys; from bot.command_line.lifeline import hold; hold(int(sys.argv[-1]));" + WAITS
    parent = (
        "import threading; from tests.unit.command_line.test_supervision import *;"
        f"Supervisor([child(Path({str(tmp_path)!r}), {holds!r})], threading.Event()).__enter__();"
        "threading.Event().wait()"
    )
    running = subprocess.Popen([sys.executable, "-c", parent], cwd=Path(__file__).parents[3])
    orphan = psutil.Process(int(told()))

    running.send_signal(signal.SIGKILL)
    running.wait()

    orphan.wait(timeout=20)
    assert not orphan.is_running()
