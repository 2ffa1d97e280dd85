"""How containers ended: with which code, when, and whether a person or Docker asked them to."""

import re
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.engine import Event

#: `docker stop` waits 10 s by default before SIGKILL.
STOP_TIMEOUT = timedelta(seconds=10)
_MARGIN = timedelta(seconds=5)
#: What a runtime says when the command itself is the trouble, and not a mount or a device.
_NOT_EXECUTABLE = re.compile(r"exec:|executable file not found|exec format error|exec user process", re.IGNORECASE)
_SIGNALLED = 128


class Exit(Struct, frozen=True, kw_only=True):
    """One end of a container. `asked` are the signals that Docker was told to send just before, first one first."""

    code: int
    at: datetime
    asked: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def last_exit(host: Snapshot, container: Container) -> Exit | None:
    """Give the last end within the window: of a container that is down, or that was restarted since."""
    state = container.state
    deaths = list(host.events_of(container, "die"))
    if state.status in {"exited", "restarting", "dead"} and state.finished_at > NEVER:
        code, at = state.exit_code, state.finished_at
    elif state.running and deaths and container.inspect.restart_count:
        code, at = int(deaths[-1].actor.attributes.get("exitCode", "0") or 0), deaths[-1].at
    elif state.status == "created" and state.exit_code and _NOT_EXECUTABLE.search(state.error):
        code, at = state.exit_code, container.read_at
    else:
        return None
    if at < host.window_start:
        return None
    evidence = [container.evidence("State.ExitCode", code)]
    evidence += (
        [container.evidence("State.FinishedAt", f"{at:%Y-%m-%d %H:%M:%S} UTC")] if at != container.read_at else []
    )
    evidence += [container.evidence("State.Error", state.error)] if state.error else []
    return Exit(code=code, at=at, asked=_asked(host, container, at), evidence=tuple(evidence))


def never_ran(container: Container) -> bool:
    """Say whether the command could not even be executed."""
    return bool(_NOT_EXECUTABLE.search(container.state.error))


def killed_for_memory(host: Snapshot, container: Container) -> tuple[Event, ...]:
    """Give the engine's own `oom` events of the container in the window."""
    return tuple(host.events_of(container, "oom"))


def signal_name(number: int) -> str:
    """Give `SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def signal_of(code: int) -> int | None:
    """Give the signal that an exit code above 128 stands for."""
    number = code - _SIGNALLED
    return number if 0 < number < signal.NSIG else None


def _asked(host: Snapshot, container: Container, at: datetime) -> tuple[int, ...]:
    patience = timedelta(seconds=container.inspect.config.stop_timeout or STOP_TIMEOUT.seconds) + _MARGIN
    return tuple(_signals(host, container, at - patience, at + _MARGIN))


def _signals(host: Snapshot, container: Container, first: datetime, last: datetime) -> Iterator[int]:
    for event in host.events_of(container, "kill"):
        written = event.actor.attributes.get("signal", "")
        if first <= event.at <= last and written.isdecimal():
            yield int(written)
