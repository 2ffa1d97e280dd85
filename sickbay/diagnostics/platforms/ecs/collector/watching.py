"""Watch a cluster of ECS, which tells nothing by itself: it is read again and again, and compared with the last look.

The cursor is what was known at the last look, as JSON. CloudTrail is not asked who did it: it knows only minutes later,
and a diagnosis asks it by itself.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from threading import Event as Signal

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError, DiagnosticsError, PermanentError, TemporaryError
from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.ecs.collector import calls
from sickbay.diagnostics.platforms.ecs.collector.calls import Calls, batches
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.listing import LISTS, begin, described
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.collector.rollouts import with_rollouts
from sickbay.diagnostics.platforms.ecs.facts import Obstacle
from sickbay.diagnostics.platforms.ecs.following import CLOSE, Known, moved, news, remembered
from sickbay.diagnostics.platforms.ecs.happenings import ended
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request

#: Seconds from one look to the next: so that a deployment is told well within a minute. And seconds that one may take.
EVERY, LONGEST = 20.0, 25.0
#: Task definitions read in one look, and tasks that stopped, which ECS forgets after an hour.
DEFINITIONS, STOPPED = 60, 1_000
#: ECS remembers a stopped task for about so long.
_REMEMBERED = timedelta(hours=1)
_UNTIMED = "ECS was not asked for a while: of what it gives no time for, only that it changed in between is known"
_FOR_A_PERSON = frozenset({Obstacle.DENIED, Obstacle.NO_CLUSTER, Obstacle.NO_REGION})


def watch(target: EcsTarget, cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch the cluster from a cursor on (empty: from now) until `stopping`.

    Raises TemporaryError where its services could not be read, PermanentError where that takes a person.
    """
    yield from _Watch(target, cursor, stopping).batches()


class _Watch:
    """What is known of the cluster from one look to the next."""

    def __init__(self, target: EcsTarget, cursor: str, stopping: Signal) -> None:
        self._target = target
        self._stopping = stopping
        self._known = _read(cursor)
        #: What ended before was told by the watch that wrote the cursor, or is no news.
        self._from = self._known.at if self._known else datetime.now(UTC)
        #: The tasks that stopped of which all was told.
        self._told = frozenset[str]()

    def batches(self) -> Iterator[Batch]:
        """Give a batch for each look, the first at once."""
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                batch = self._look()
            except CancelledError:
                return
            yield batch
            self._stopping.wait(max(0.0, EVERY - (time.monotonic() - began)))

    def _look(self) -> Batch:
        """Look once. Raises CancelledError, TemporaryError and PermanentError."""
        # A connection of its own each time: a role is handed out for minutes, and a budget ends.
        budget, target = Budget(LONGEST, cancelled=self._stopping.is_set), self._target
        reading = Reading(Connection(target, budget), budget)
        try:
            now = datetime.now(UTC)
            seen = Snapshot(
                request=Request(), taken_at=now, name=target.name, cluster_name=target.cluster, region=target.region
            )
            return self._compared(reading, Calls(reading.connection, target.cluster), seen)
        finally:
            reading.close()

    def _compared(self, reading: Reading, asked: Calls, seen: Snapshot) -> Batch:
        known, since = self._known, self._known.at if self._known else None
        services = begin(reading, asked.service_names, asked.services, calls.SERVICES_A_CALL)
        machines = begin(reading, asked.instance_names, asked.instances, calls.INSTANCES_A_CALL)
        stopped = reading.start(lambda: tuple(islice(asked.task_names("STOPPED"), STOPPED)))
        seen = replace(
            seen,
            services=described(reading, [services], Operation.SERVICES),
            instances=described(reading, [machines], Operation.INSTANCES),
        )
        if _missed(reading, Operation.SERVICES):
            raise self._failure(reading)
        listed = reading.gather(Operation.TASK_NAMES, [stopped])
        instances = not _missed(reading, Operation.INSTANCES)
        events = list[Event]()
        if known:
            seen = _with_deployments(reading, asked, seen, known)
            events += news(known, seen, instances=instances)
        events += self._ended(reading, asked, seen, frozenset(listed))
        self._known = remembered(seen, known, instances=instances)
        return Batch(
            until=seen.taken_at,
            cursor=msgspec.json.encode(self._known).decode(),
            events=tuple(sorted(events, key=lambda event: event.at)),
            lost=self._lost(reading, seen.taken_at, since),
        )

    def _ended(self, reading: Reading, asked: Calls, seen: Snapshot, names: frozenset[str]) -> Iterator[Event]:
        """Yield how the tasks ended that did since the last look."""
        if self._known is None:
            self._told = names
            return
        new = names - self._told
        lots = [reading.start(partial(asked.tasks, lot)) for lot in batches(sorted(new), calls.TASKS_A_CALL)]
        tasks = [task for task in reading.gather(Operation.TASKS, lots) if task.stopped_at]
        for task in tasks:
            if task.stopped_at and task.stopped_at > self._from:
                yield from ended(seen, task)
        if not _missed(reading, Operation.TASKS):
            self._told = (names - new) | {task.task_arn for task in tasks}

    def _lost(self, reading: Reading, now: datetime, since: datetime | None) -> str:
        """Say what cannot be known of the time since the last look."""
        gaps = {gap.what.partition(" (")[0]: gap.reason for gap in reading.gaps}
        asked = [*LISTS.values(), *LISTS]
        unread = "; ".join(
            f"{item.name_of_call}: {gaps[item.name_of_call]}" for item in asked if item.name_of_call in gaps
        )
        parts = [unread]
        if since and not since <= now <= since + CLOSE:
            parts.append(_UNTIMED)
        if since and now > since + _REMEMBERED:
            parts.append("of tasks that stopped more than an hour ago ECS tells nothing")
        return "; ".join(filter(None, parts))

    def _failure(self, reading: Reading) -> DiagnosticsError:
        first = reading.first
        why = first.message if first else "; ".join(gap.reason for gap in reading.gaps)
        message = f"{self._target.name} cannot be watched: {why}"
        if first and first.obstacle in _FOR_A_PERSON:
            return PermanentError(message)
        return TemporaryError(message, delay=EVERY)


def _with_deployments(reading: Reading, asked: Calls, seen: Snapshot, known: Known) -> Snapshot:
    """Give the snapshot with what the services were before their last deployments, and are now."""
    services = moved(known, seen)
    arns = (
        arn for item in services for arn in (known.services[item.service_name].definition, *sorted(item.definitions))
    )
    wanted = islice(dict.fromkeys(filter(None, arns)), DEFINITIONS)
    seen = replace(seen, definitions=reading.each(Operation.DEFINITION, wanted, asked.definition))
    return with_rollouts(reading, asked, seen, services) if services else seen


def _missed(reading: Reading, operation: Operation) -> bool:
    """Say whether something that an operation describes, or the list of it, could not be read."""
    gaps = {gap.what.partition(" (")[0] for gap in reading.gaps}
    return bool(gaps & {operation.name_of_call, LISTS[operation].name_of_call})


def _read(cursor: str) -> Known | None:
    """Give what a cursor holds; nothing where it is not one of ours."""
    try:
        return msgspec.json.decode(cursor, type=Known) if cursor else None
    except msgspec.MsgspecError:
        return None
