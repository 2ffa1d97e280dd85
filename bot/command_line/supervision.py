"""Keep child processes running: one that dies is started again, later each time; all end with their parent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import msgspec
import structlog

from bot.command_line.common import Exit

#: Seconds before a child is started again, doubled from the first to the last while it keeps dying.
FIRST_DELAY, LAST_DELAY = 1.0, 30.0
#: A child that ran this many seconds had started well, and so is given the first delay again.
WELL_AFTER = 60.0
#: Seconds that the children have to end after SIGTERM before they are killed.
GRACE_SECONDS = 8.0

log = structlog.get_logger(__name__)


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """A command to keep running, and what its environment has besides this process's own.

    The command is given `--lifeline N` last: the descriptor that lifeline.py waits on.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = {}


def sickbay(name: str, *arguments: str, environment: Mapping[str, str]) -> Child:
    """Give a command of `sickbay` as a child; `-P` keeps the working directory from lending it other modules."""
    return Child(name=name, command=(sys.executable, "-P", "-m", "bot", name, *arguments), environment=environment)


class Supervisor:
    """Runs the children while its context lasts. `stopping` is set when they should end, by anyone."""

    def __init__(self, children: Sequence[Child], stopping: threading.Event) -> None:
        self.exit_code = Exit.WELL
        self._children = children
        self._stopping = stopping
        self._starting = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lifeline, self._held = os.pipe()
        self._keepers = [threading.Thread(target=self._keep, args=(child,), name=child.name) for child in children]

    def __enter__(self) -> Self:
        """Start the children."""
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the children: by SIGTERM, and by SIGKILL where that does not help."""
        with self._starting:
            self._stopping.set()
            processes = list(self._running.values())
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for keeper in self._keepers:
            keeper.join()
        os.close(self._held)
        os.close(self._lifeline)

    def _keep(self, child: Child) -> None:
        delay = FIRST_DELAY
        while process := self._start(child):
            began = time.monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            if code == Exit.USAGE:
                # It said what is wrong with its settings, and starting it again would not put that right.
                self.exit_code = Exit.USAGE
                self._stopping.set()
                return
            delay = FIRST_DELAY if time.monotonic() - began > WELL_AFTER else delay
            log.warning("a process ended and is started again", child=child.name, code=code, seconds=delay)
            self._stopping.wait(delay)
            delay = min(delay * 2, LAST_DELAY)

    def _start(self, child: Child) -> subprocess.Popen[bytes] | None:
        """Start the child, unless all is ending."""
        with self._starting:
            if self._stopping.is_set():
                return None
            self._running[child.name] = process = subprocess.Popen(  # noqa: S603 - our own command
                [*child.command, "--lifeline", str(self._lifeline)],
                env={**os.environ, **child.environment},
                stdin=subprocess.DEVNULL,
                pass_fds=(self._lifeline,),
                # A session of its own: Ctrl-C reaches the parent alone, which ends its children in order.
                start_new_session=True,
            )
            return process
