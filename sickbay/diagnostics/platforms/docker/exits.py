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
#: A SIGTERM longer ago than this was no request that a SIGKILL now belongs to.
_LONGEST_STOP = timedelta(hours=1)
#: How far the end of a container may lie from the `oom` event that it is put down to.
_AFTERMATH = timedelta(minutes=1)
_ENDING = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, signal.SIGTERM})
#: What a runtime says when the command itself is the trouble, and not a mount or a device.
_NOT_EXECUTABLE = re.compile(r"exec:|executable file not found|exec format error|exec user process", re.IGNORECASE)
#: 128 and SIGINT or SIGTERM: the usual end of a container that was stopped, where Docker forgot whether it was.
_ORDERLY = frozenset({130, 143})


class Signal(Struct, frozen=True, kw_only=True):
    """One signal that Docker was told to send."""

    number: int
    at: datetime


class Exit(Struct, frozen=True, kw_only=True):
    """One end of a container.

    `asked` are the signals that Docker was told to end it with, first one first. Docker remembers 256 events:
    `remembered` says whether it would still know of one, or nothing can be said.
    """

    code: int
    at: datetime
    asked: tuple[Signal, ...] = ()
    remembered: bool = False
    evidence: tuple[Evidence, ...] = ()


def last_exit(host: Snapshot, container: Container) -> Exit | None:
    """Give the last end within the window: of a container that is down, or that was restarted since."""
    state = container.state
    deaths = list(host.events_of(container, "die"))
    if state.status in {"exited", "restarting", "dead"} and state.finished_at > NEVER:
        code, at = state.exit_code, state.finished_at
        evidence = [container.evidence("State.ExitCode", code)]
        evidence.append(container.evidence("State.FinishedAt", f"{at:%Y-%m-%d %H:%M:%S} UTC"))
    elif state.running and deaths and container.inspect.restart_count:
        code, at = _code_of(deaths[-1]), deaths[-1].at
        evidence = [host.evidence("GET /events", f"{at:%Y-%m-%d %H:%M:%S} UTC die {container.name} exitCode={code}")]
    elif state.status == "created" and state.exit_code and never_ran(container):
        code, at = state.exit_code, container.read_at
        evidence = [container.evidence("State.ExitCode", code)]
    else:
        return None
    if at < host.window_start:
        return None
    evidence += [container.evidence("State.Error", state.error)] if state.error else []
    return Exit(
        code=code,
        at=at,
        asked=asked_to_end(host, container, at),
        remembered=any(event.at < at - _MARGIN for event in host.events),
        evidence=tuple(evidence),
    )


def asked_to_end(host: Snapshot, container: Container, at: datetime) -> tuple[Signal, ...]:
    """Give the signals that Docker was told to end the container with before it ended at `at`.

    A SIGKILL belongs to the stop signal before it, however long `docker stop --time` waited between the two.
    """
    patience = timedelta(seconds=max(container.inspect.config.stop_timeout or 0, STOP_TIMEOUT.seconds)) + _MARGIN
    sent = [item for item in _ending_signals(host, container) if at - _LONGEST_STOP <= item.at <= at + _MARGIN]
    if sent and sent[-1].at >= at - patience:
        return tuple(sent if sent[-1].number == signal.SIGKILL else sent[-1:])
    return ()


def unasked_failure(host: Snapshot, container: Container) -> Exit | None:
    """Give the last end where it was an error that nobody asked for, and not a lack of memory."""
    end = last_exit(host, container)
    if end is None or end.code == 0 or end.asked or ended_for_memory(host, container, end):
        return None
    return end if end.remembered or end.code not in _ORDERLY else None


def clock(at: datetime, now: datetime) -> str:
    """Give a moment as people say it: with its day only where that is not today's."""
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%H:%M} UTC on {at:%d %B}"


def never_ran(container: Container) -> bool:
    """Say whether the command could not even be executed."""
    return bool(_NOT_EXECUTABLE.search(container.state.error))


def killed_for_memory(host: Snapshot, container: Container) -> tuple[Event, ...]:
    """Give the engine's own `oom` events of the container in the window."""
    return tuple(host.events_of(container, "oom"))


def ended_for_memory(host: Snapshot, container: Container, end: Exit) -> bool:
    """Say whether it was the lack of memory that ended the container, by the engine's own word."""
    flagged = container.state.oom_killed and not container.state.running
    return flagged or any(abs(event.at - end.at) <= _AFTERMATH for event in killed_for_memory(host, container))


def _ending_signals(host: Snapshot, container: Container) -> Iterator[Signal]:
    written = container.inspect.config.stop_signal.removeprefix("SIG")
    own = int(written) if written.isdecimal() else getattr(signal, f"SIG{written}", signal.SIGTERM)
    for event in host.events_of(container, "kill"):
        number = event.actor.attributes.get("signal", "")
        if number.isdecimal() and int(number) in {own, *_ENDING}:
            yield Signal(number=int(number), at=event.at)


def _code_of(death: Event) -> int:
    """Give the code of a `die` event; Podman names it in its own way."""
    attributes = death.actor.attributes
    written = attributes.get("exitCode") or attributes.get("containerExitCode") or "0"
    return int(written) if written.isdecimal() else 0
