"""Logs that a person asked for, as every platform gives them: as far as the bounds go, and none left out unsaid."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from sickbay.diagnostics.errors import NoLogError, PermanentError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, MOST_LOGS, Gap, Log
from sickbay.diagnostics.redaction import redact

#: How the log that lists those that were not read is named.
LEFT_OUT = "not-read"
#: Of the replicas whose logs are compared, so many are healthy ones where there are.
HEALTHY = 2
#: Of which kinds of subject there are logs, by platform.
_WORKLOADS = frozenset({"deployment", "statefulset", "daemonset", "replicaset", "job"})
_LOGGED = {
    "docker": frozenset({"container"}),
    "swarm": frozenset({"service"}),
    "kubernetes": _WORKLOADS | {"pod"},
    "aks": _WORKLOADS | {"pod"},
    "ecs": frozenset({"service"}),
}
#: The part of the lines read again where all of them are too large: the very end says more than how it began.
FEWER = 20

T = TypeVar("T")


def log_scope(platform: str, subject: str) -> str | None:
    """Give the scope by which the log of a finding's subject can be read; None where it has none."""
    kind, _, name = subject.partition("/")
    if kind not in _LOGGED.get(platform, ()):
        return None
    if kind not in _WORKLOADS:
        return name
    namespace, _, workload = name.partition("/")
    return f"{namespace}/{kind}/{workload}"


def told(found: Mapping[str, LogTail | str], left_out: Sequence[str] = ()) -> tuple[Log, ...]:
    """Give the logs by name; one that could not be read says why in its place: then its value is the reason.

    `left_out` names those for which there was no room: a list of them is one log more. Raises PermanentError where none
    could be read.
    """
    failed = _failed(found)
    logs = [
        Log(name=name, text=f"Sickbay could not read this log: {failed[name]}" if isinstance(log, str) else log.text)
        for name, log in found.items()
    ]
    if left_out:
        names = redact("\n".join(left_out))
        logs.append(
            Log(name=LEFT_OUT, text=f"At most {MOST_LOGS} logs are read at once. Ask for these by name:\n{names}")
        )
    return tuple(logs)


def compared(found: Mapping[str, LogTail | str], unwell: Collection[str]) -> tuple[Log, ...]:
    """Give those of the logs that could be read, which are to be compared. Raises as `told`."""
    _failed(found)
    return tuple(
        Log(name=name, text=log.text, unwell=name in unwell) for name, log in found.items() if isinstance(log, LogTail)
    )


def unwritten(scope: str, why: str) -> NoLogError:
    """Give the error for where nothing has run, which says why."""
    return NoLogError(f"Sickbay could not read the log of {scope}: {redact(_sentence(why))}")


def for_comparison(ordered: Sequence[T], unwell: Callable[[T], bool], most: int) -> Sequence[T]:
    """Give at most so many, in their order, of which HEALTHY are not unwell, or as many as there are."""
    healthy = sum(1 for item in ordered if not unwell(item))
    room_for = {True: max(most - healthy, most - HEALTHY), False: most}
    kept = list[T]()
    for item in sorted(ordered, key=lambda item: not unwell(item)):
        if len(kept) < room_for[unwell(item)]:
            kept.append(item)
    return kept


def why(gaps: Sequence[Gap]) -> str:
    """Give the reason why a log is missing after what could not be read; where all could be, it has gone meanwhile."""
    return "; ".join(dict.fromkeys(gap.reason for gap in gaps)) or "it is not there any more"


def room(count: int) -> int:
    """Give how many of so many logs are read: where they are too many, one makes room for the list of the others."""
    return count if count <= MOST_LOGS else MOST_LOGS - 1


def bounded(log: Log) -> Log:
    """Give a log of at most LOG_LINES lines and LOG_BYTES bytes: its end. What UTF-8 cannot hold is replaced."""
    lines = "\n".join(log.text.rstrip("\n").split("\n")[-LOG_LINES:])
    cut = lines.encode(errors="replace")[-LOG_BYTES:]
    return replace(log, text=cut.decode(errors="ignore"))


def _failed(found: Mapping[str, LogTail | str]) -> Mapping[str, str]:
    """Give why logs could not be read. Raises PermanentError where none could be."""
    failed = {name: redact(_sentence(why)) for name, why in found.items() if isinstance(why, str)}
    if len(failed) == len(found):
        named = f"the log of {next(iter(found))}" if len(found) == 1 else "the logs"
        raise PermanentError(f"Sickbay could not read {named}: {' '.join(dict.fromkeys(failed.values()))}")
    return failed


def _sentence(reason: str) -> str:
    return f"{reason.strip()[:1].upper()}{reason.strip()[1:].rstrip('.')}."
