"""Run a program within its time and the budget: no shell, no input, killed when the time is up or nobody waits."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError

_LOOK, _PIPE = 0.25, subprocess.PIPE


class FailedError(Exception):
    """Raised when a program gave no answer; the message says why."""


class Answer(Struct, frozen=True):
    """What a program wrote, and its exit code."""

    code: int
    output: bytes
    errors: str


def run(
    command: Sequence[str | Path],
    budget: Budget,
    *,
    most: float,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Answer:
    """Give the answer, or raise FailedError after `most` seconds, or CancelledError. No environment: this process's."""
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; files are given by paths of our own making
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=_PIPE, stderr=_PIPE
        )
    except OSError as error:
        raise FailedError(f"it cannot be started: {error.strerror}") from error
    ends = time.monotonic() + budget.timeout(most)
    with process:
        while True:
            try:
                output, errors = process.communicate(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                try:
                    budget.raise_if_cancelled()
                except CancelledError:
                    process.kill()
                    raise
                if time.monotonic() >= ends:
                    process.kill()
                    raise FailedError("it took too long") from None
            else:
                return Answer(process.returncode, output, errors.decode(errors="replace").strip())
