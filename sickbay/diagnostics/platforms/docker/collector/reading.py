"""The calls of one diagnosis, under way at the same time, and the account of what they could not read.

A call that fails is a Gap of its own. What was not read because the time was up or the engine was lost is one Gap
together, however many calls that were.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection, EngineLostError
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError
from sickbay.diagnostics.platforms.docker.wire.engine import Version

R = TypeVar("R")
#: The same call under way for several items: id, name, answer to come.
Batch = list[tuple[str, str, Future[R]]]

#: HTTP statuses that say that the entity is gone or has stopped since it was listed: no gap, it is simply not there.
_GONE = frozenset({404, 409})
#: What the engine says, with status 500, of a container whose supervisor ended while it was asked.
_ENDING = "ttrpc: closed"
#: How many names a gap lists before it only counts.
_NAMED = 3


class Reading:
    """Starts calls and waits for them; `gaps` says what is missing in the end."""

    def __init__(self, connection: Connection, budget: Budget) -> None:
        self.connection = connection
        self.budget = budget
        self._crew = Crew(connection.calls, budget, hopeless=lambda: connection.lost is not None)
        self._watchers = list[Crew]()
        self._gaps: list[Gap] = []
        self._unfinished: list[str] = []

    def open(self) -> Version:
        """Connect to the engine. Raises UnreachableError, OutOfTimeError and CancelledError."""
        return self._crew.wait(self._crew.submit(self.connection.open))

    def start(self, call: Callable[[], R]) -> Future[R]:
        """Queue one call."""
        return self._crew.submit(call)

    def start_each(self, named: Mapping[str, str], call: Callable[[str], R]) -> Batch[R]:
        """Queue the call for each id; `named` gives each id's name, for gaps."""
        return [(id_, name, self._crew.submit(partial(call, id_))) for id_, name in named.items()]

    def watch_each(self, named: Mapping[str, str], call: Callable[[str], R]) -> Batch[R]:
        """Queue, for each id, a call that mostly waits: it takes no thread from the other calls."""
        watchers = Crew(min(len(named), self.connection.streams), self.budget)
        self._watchers.append(watchers)
        return [(id_, name, watchers.submit(partial(call, id_))) for id_, name in named.items()]

    def finish(self, what: str, future: Future[R]) -> R | None:
        """Give the answer, or None after noting why there is none. Raises CancelledError."""
        try:
            return self._crew.wait(future)
        except (OutOfTimeError, EngineLostError):
            self._unfinished.append(f"not read: {what}")
        except (CallError, ShapeError) as error:
            if self._cut_short(error):
                self._unfinished.append(f"not read: {what}")
            else:
                self.note(what, str(error))
        return None

    def finish_each(self, did: str, things: str, batch: Batch[R]) -> dict[str, R]:
        """Give the answers there are, by id; `did` and `things` word the gaps: 'inspected 1 of 2 containers'."""
        answers, unfinished, failed = dict[str, R](), 0, dict[str, list[str]]()
        for id_, name, future in batch:
            try:
                answers[id_] = self._crew.wait(future)
            except (OutOfTimeError, EngineLostError):
                unfinished += 1
            except (CallError, ShapeError) as error:
                if self._cut_short(error):
                    unfinished += 1
                elif not _gone(error):
                    failed.setdefault(str(error), []).append(name)
        if unfinished:
            self._unfinished.append(f"{did} {len(batch) - unfinished} of {len(batch)} {things}")
        for reason, names in failed.items():
            self.note(f"not {did}: {_listed(names)} ({len(names)} of {len(batch)} {things})", reason)
        return answers

    def _cut_short(self, error: CallError | ShapeError) -> bool:
        """Say whether a call had no answer because the time was up, which also ends its own timeout."""
        return isinstance(error, CallError) and error.status == 0 and self.budget.spent

    def note(self, what: str, reason: str) -> None:
        """Note a gap."""
        self._gaps.append(Gap(what=what, reason=reason))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read."""
        if not self._unfinished:
            return tuple(self._gaps)
        lost = self.connection.lost
        reason = f"the engine stopped answering half-way: {lost.message}" if lost else "the time was up"
        return (Gap(what="; ".join(self._unfinished), reason=reason), *self._gaps)

    def close(self) -> None:
        """Drop what is still queued and close the connection."""
        for crew in (self._crew, *self._watchers):
            crew.close()
        self.connection.close()


def _gone(error: CallError | ShapeError) -> bool:
    return isinstance(error, CallError) and (error.status in _GONE or _ENDING in str(error))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
