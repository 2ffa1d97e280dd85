"""`sickbay up` as a person runs it: it starts, answers, ends without a trace, and comes back after what killed it."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bot.command_line.page_client import Page
from bot.command_line.running import running
from sickbay.diagnostics.events import EventKind, History
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.event_log import EventLog

pytestmark = pytest.mark.timeout(180)

_URL = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
_NO_TARGETS = "targets: {}\n"
#: Seconds after which what should happen has not: the machine may be busy.
_PATIENCE = 60.0


class Up:
    """A running `sickbay up` with a data directory of its own."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._directory = directory
        self._environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        self.urls = next(found for line in self.process.stdout if (found := _URL.findall(line)))
        self.family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]

    def child(self, name: str) -> psutil.Process:
        """Give the process that runs this command."""
        return next(process for process in self.family if name in _command(process))

    def await_child(self, name: str, *, other_than: psutil.Process) -> None:
        """Wait until a process of this name runs that is not that one."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            children = psutil.Process(self.process.pid).children(recursive=True)
            if any(_runs(process, name) and process != other_than for process in children):
                return
            time.sleep(0.1)
        raise AssertionError(f"no new {name}")

    def end(self, number: int) -> int:
        """Send the signal, and give the exit code. Fails when anything is left of the family some seconds later."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=_PATIENCE)
        _, left = psutil.wait_procs(self.family, timeout=_PATIENCE)
        assert left == []
        return code

    def send(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `sickbay workspace send` beside it."""
        return subprocess.run(
            [sys.executable, "-m", "bot", "workspace", "send", *arguments],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
        )

    def diagnose(self, text: str) -> list[dict[str, object]]:
        """Ask in #ops and give the finished thread."""
        done = self.send("#ops", text, "--as", "alice", "--wait", "--format", "json")
        assert done.returncode == 0, done.stderr
        messages: list[dict[str, object]] = json.loads(done.stdout)
        return messages

    def await_memory(self, holds: Callable[[History], object]) -> History:
        """Wait until what is remembered of the engine since an hour ago is so."""
        log = EventLog(connect(EmbeddedValkey(self._directory / "sickbay").url, sender=True))
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            now = datetime.now(UTC)
            if holds(history := log.history("default", "local", now - timedelta(hours=1), now)):
                return history
            time.sleep(0.1)
        raise AssertionError(history)

    def roots(self) -> list[str]:
        """Give the timestamps of the threads in #ops."""
        workspace = running(self._directory / "sickbay")
        assert workspace
        page = Page(workspace)
        place = page.find("alice", "#ops")
        listed = page._get("/workspace/messages", user=place.user, channel=place.channel)
        return [message["ts"] for message in listed["messages"]]


Start = Callable[..., Up]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `sickbay up` in an empty directory; whatever still runs in the end is killed."""
    with ExitStack() as stack:

        def run(configuration: str = "", **environment: str) -> Up:
            if configuration:
                (tmp_path / "sickbay.yaml").write_text(configuration)
            up = Up(tmp_path, {**_without_services(), "XDG_DATA_HOME": str(tmp_path), **environment})
            stack.callback(up.process.kill)
            return up

        yield run


@pytest.mark.docker
def test_it_answers_with_no_configuration(start: Start) -> None:
    """Given nothing but a Docker engine, when a person asks, then there is a finished thread."""
    up = start()

    thread = up.diagnose("/diagnose local")

    assert len(up.urls) == 1
    assert "Diagnosis of local" in str(thread[0]["text"])
    assert up.end(signal.SIGINT) == 0


@pytest.mark.docker
def test_what_changes_on_this_machine_is_remembered(start: Start) -> None:
    """Given a running tree, when something is made on its engine and removed, then both are in its memory."""
    up = start()
    up.await_memory(lambda history: history.coverage and history.coverage.sources)
    name = f"sickbay-{secrets.token_hex(4)}"

    for verb in ("create", "rm"):
        subprocess.run(["docker", "network", verb, name], check=True, stdout=subprocess.DEVNULL)

    history = up.await_memory(
        lambda history: sum(change.subject == f"network/{name}" for change in history.changes) == 2
    )
    kinds = [change.kind for change in history.changes if change.subject == f"network/{name}"]
    assert kinds == [EventKind.CREATED, EventKind.REMOVED]


@pytest.mark.docker
def test_a_worker_that_is_killed_is_replaced(start: Start) -> None:
    """Given that the worker was killed, when a person asks, then a new worker answers."""
    up = start()

    up.child("worker").kill()

    assert "Diagnosis of local" in str(up.diagnose("/diagnose local")[0]["text"])


@pytest.mark.docker
def test_a_valkey_that_is_killed_is_replaced(start: Start) -> None:
    """Given that Valkey was killed, when a person asks once it is back, then there is an answer."""
    up = start()
    valkey = next(process for process in up.family if _runs(process, "valkey-server"))

    valkey.kill()
    up.await_child("valkey-server", other_than=valkey)

    assert "Diagnosis of local" in str(up.diagnose("/diagnose local")[0]["text"])


@pytest.mark.docker
def test_threads_are_there_after_kill_9(start: Start) -> None:
    """Given a thread, when `up` is killed with -9 and started again, then the thread is there."""
    first = start()
    first.diagnose("/diagnose local")
    before = first.roots()

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = start()

    assert second.roots() == before
    assert "Diagnosis of local" in str(second.diagnose("/diagnose local")[0]["text"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_without_a_trace(start: Start, number: int) -> None:
    """Given a running tree, when it is told to end, then every process is gone and the code is 0."""
    up = start(_NO_TARGETS)

    assert len(up.family) >= 4
    assert up.end(number) == 0


def test_without_a_target_the_command_says_so(start: Start) -> None:
    """Given no target at all, when a person asks, then the answer, for that person alone, says how to get one."""
    up = start(_NO_TARGETS)

    done = up.send("#ops", "/diagnose local", "--wait")

    assert done.returncode == 0, done.stderr
    assert "No target is configured" in done.stdout
    assert "only visible to you" in done.stdout


def test_proxies_do_not_stand_between_the_bot_and_the_workspace(start: Start) -> None:
    """Given proxies that nobody answers on, when a person asks, then there is an answer all the same."""
    dead = "http://127.0.0.1:9"
    up = start(_NO_TARGETS, HTTP_PROXY=dead, HTTPS_PROXY=dead, http_proxy=dead, https_proxy=dead)

    assert up.send("#ops", "/diagnose local", "--wait").returncode == 0


def test_worker_and_recorder_are_given_no_token_of_slack(start: Start) -> None:
    """Given a running tree, when looked at, then the bot alone holds tokens, and the others keep the proxies."""
    up = start(_NO_TARGETS, HTTPS_PROXY="http://127.0.0.1:9", SLACK_BOT_TOKEN_FILE="")

    bot = next(process for process in up.family if _command(process).count("bot") == 2).environ()
    assert bot["SLACK_BOT_TOKEN"].startswith("xoxb-")
    for child in (up.child("worker").environ(), up.child("recorder").environ()):
        assert not any(value.startswith(("xoxb-", "xapp-")) for value in child.values())
        assert child["REDIS_URL"] == bot["REDIS_URL"]
        assert (bot["HTTPS_PROXY"], child["HTTPS_PROXY"]) == ("", "http://127.0.0.1:9")


def test_a_second_one_is_refused(start: Start, tmp_path: Path) -> None:
    """Given a running tree, when another is started on the same data directory, then it ends and says what to do."""
    up = start(_NO_TARGETS)

    second = subprocess.run(
        [sys.executable, "-m", "bot", "up"],
        cwd=tmp_path,
        env={**_without_services(), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert "Another Sickbay uses" in second.stderr
    assert up.send("#ops", "hello").returncode == 0


def _command(process: psutil.Process) -> list[str]:
    """Give the words of its command; none where it has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def _runs(process: psutil.Process, program: str) -> bool:
    """Say whether it is this program, and has not ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.name() == program
    return False


def _without_services() -> dict[str, str]:
    """Give this environment without a Slack, a Redis or a database that it may name."""
    services = ("SLACK_", "REDIS_", "DATABASE_", "SICKBAY_")
    return {name: value for name, value in os.environ.items() if not name.startswith(services)}
