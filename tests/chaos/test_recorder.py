"""Recorders that are killed or stopped, and a Redis that is: each event is there once, and what is not is said."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess

import pytest

from sickbay.diagnostics.events import Coverage, History
from sickbay.jobs.broker import connect
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.event_log import EventLog
from tests.chaos.house import House, eventually
from tests.chaos.recorders import TARGET, record

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.chaos.recorders", "tests.chaos.child", "sickbay.health", "docker"])


class Scene:
    """A target in which things happen, its recorders, and what is remembered of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.log = EventLog(connect(house.valkey.url, sender=True))
        self.begun = datetime.now(UTC)
        self.recorders: list[ForkServerProcess] = []
        self.happened: list[str] = []
        self._file = house.path / "events"
        self._file.touch()
        self._ends = threading.Event()
        self._going_on = threading.Thread(target=self._go_on)

    def recorder(self, *, remembers: int = 1_000_000) -> ForkServerProcess:
        process = _PROCESSES.Process(target=record, args=(self.house.valkey.url, self._file, remembers))
        process.start()
        self.recorders.append(process)
        return process

    def happen(self, count: int = 1) -> None:
        lines = [str(len(self.happened) + number) for number in range(count)]
        with self._file.open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))
        self.happened += lines

    def go_on(self) -> None:
        """Let something happen again and again, until `end`."""
        self._going_on.start()

    def end(self) -> None:
        self._ends.set()
        if self._going_on.is_alive():
            self._going_on.join()

    def remembered(self) -> list[str]:
        return [change.subject.partition("/")[2] for change in self.history().changes]

    def history(self) -> History:
        with suppress(QueueUnavailableError):
            return self.log.history(TARGET.zone, TARGET.name, self.begun, datetime.now(UTC) + timedelta(minutes=1))
        return History()

    def lost(self) -> list[str]:
        """Give why something was lost since the first recorder began."""
        coverage = self.history().coverage or Coverage(since=self.begun, until=self.begun)
        edges = ("no recorder had begun to watch", "no recorder has written since")
        return [hole.reason for hole in coverage.holes if hole.reason not in edges]

    def recorded(self, more_than: int) -> None:
        """Wait until more than so many are remembered."""
        eventually(lambda: len(self.remembered()) > more_than)

    def _go_on(self) -> None:
        while not self._ends.wait(0.01):
            self.happen()


@pytest.fixture
def scene(house: House) -> Iterator[Scene]:
    made = Scene(house)
    yield made
    made.end()
    for process in made.recorders:
        with suppress(ProcessLookupError):
            os.kill(process.pid or 0, signal.SIGCONT)
        process.kill()
        process.join()


def test_killed_recorders_lose_nothing_and_write_nothing_twice(scene: Scene) -> None:
    """Given events all the time, when three recorders are killed with -9 amid them, then each event is there once."""
    scene.go_on()
    for _ in range(3):
        seen = len(scene.remembered())
        killed = scene.recorder()
        scene.recorded(seen + 20)
        killed.kill()
        killed.join()
    scene.recorder()
    scene.end()

    eventually(lambda: len(scene.remembered()) >= len(scene.happened))
    assert scene.remembered() == scene.happened
    assert scene.lost() == []


def test_what_a_target_forgot_meanwhile_is_said_to_be_lost(scene: Scene) -> None:
    """Given a target that remembers five events, when twenty happen without a recorder, then that is a hole."""
    killed = scene.recorder(remembers=5)
    scene.happen(3)
    scene.recorded(2)
    killed.kill()
    killed.join()
    scene.happen(20)
    scene.recorder(remembers=5)

    scene.recorded(7)
    assert scene.remembered() == [*scene.happened[:3], *scene.happened[-5:]]
    assert scene.lost() == ["the file remembers no more"]


def test_a_redis_that_is_killed_loses_nothing(scene: Scene) -> None:
    """Given events all the time, when Valkey is killed and comes back, then each event is there once."""
    scene.recorder()
    scene.go_on()
    scene.recorded(20)
    with scene.house.redis_away(1.5):
        seen = len(scene.happened)
    scene.recorded(seen)
    scene.end()

    eventually(lambda: len(scene.remembered()) >= len(scene.happened))
    assert scene.remembered() == scene.happened
    assert scene.lost() == []


def test_a_stopped_recorder_is_followed_and_writes_no_more(scene: Scene) -> None:
    """Given two recorders, when the one at work is stopped and goes on later, then each event is there once."""
    first = scene.recorder()
    scene.go_on()
    scene.recorded(20)
    scene.recorder()
    assert first.pid
    os.kill(first.pid, signal.SIGSTOP)
    seen = len(scene.happened)
    scene.recorded(seen)
    os.kill(first.pid, signal.SIGCONT)
    scene.recorded(len(scene.happened) + 20)
    scene.end()

    eventually(lambda: len(scene.remembered()) >= len(scene.happened))
    assert scene.remembered() == scene.happened
    assert scene.lost() == []


def test_a_recorder_that_is_told_to_end_leaves_its_target_at_once(scene: Scene) -> None:
    """Given a recorder at work, when it is told to end, then it does, and another may have its target."""
    recorder = scene.recorder()
    scene.happen()
    scene.recorded(0)
    recorder.terminate()
    recorder.join(20)

    assert recorder.exitcode == 0
    assert scene.log.acquire(TARGET.zone, TARGET.name, "another")
