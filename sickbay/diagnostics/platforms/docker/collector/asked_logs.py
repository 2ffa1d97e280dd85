"""The logs that a person asked for: of a container, a Compose service or a project, and nothing else is read."""

from collections.abc import Iterator
from contextlib import contextmanager

from sickbay.diagnostics.asked_logs import compared, for_comparison, room, told, why
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, MOST_LOGS, Log
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.connection import Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.reading import Reading
from sickbay.diagnostics.platforms.docker.collector.scope import replicas, select
from sickbay.diagnostics.platforms.docker.scopes import by_need
from sickbay.diagnostics.platforms.docker.target import DockerTarget, EngineTarget
from sickbay.diagnostics.targets import Request


@contextmanager
def opened(target: EngineTarget, budget: Budget) -> Iterator[Reading]:
    """Connect to an engine, to read from it until the context ends. Raises PermanentError where that cannot be done."""
    reading = Reading(Connection(target, budget), budget)
    try:
        reading.open()
        yield reading
    except UnreachableError as error:
        raise PermanentError(f"{target.name} cannot be reached: {error.why.message}") from error
    except OutOfTimeError as error:
        raise PermanentError(f"{target.name} did not answer in time.") from error
    finally:
        reading.close()


def read_logs(target: DockerTarget, request: Request, budget: Budget) -> tuple[Log, ...]:
    """Read the log of each container that the scope names, the unwell first; with siblings, they are the unwell.

    Raises UnknownScopeError, CancelledError, and PermanentError where none can be read.
    """
    with opened(target, budget) as reading:
        calls = Calls(reading.connection)
        listed = reading.finish("the list of containers", reading.start(calls.containers))
        if listed is None:
            return told({request.scope: why(reading.gaps)})
        chosen = sorted(select(listed, request.scope), key=by_need)
        if request.siblings:
            unwell = {item.name for item in chosen}
            siblings = sorted(replicas(listed, chosen), key=by_need)
            unwell |= {item.name for item in siblings if not by_need(item)[0]}
            chosen = list(for_comparison([*chosen, *siblings], lambda item: item.name in unwell, MOST_LOGS))
        read = room(len(chosen))
        named = {item.id: item.name for item in chosen[:read]}

        def log(id_: str) -> LogTail:
            return calls.log(calls.inspect(id_), lines=LOG_LINES, most=LOG_BYTES)

        tails = reading.finish_each("read", "logs", reading.start_each(named, log))
        found = {name: tails.get(id_) or why(reading.gaps) for id_, name in named.items()}
        if request.siblings:
            return compared(found, unwell)
        return told(found, [item.name for item in chosen[read:]])
