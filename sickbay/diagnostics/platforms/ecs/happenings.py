"""What befalls services and tasks, in Sickbay's words: what the scheduler says, and how tasks ended."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.events import Event, EventKind, shortened
from sickbay.diagnostics.platforms.ecs.changing import stopped_by_hand
from sickbay.diagnostics.platforms.ecs.endings import Ending, culprit, ending_of
from sickbay.diagnostics.platforms.ecs.messages import STEADY, warns_of
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

_STARTED = " has started "
_UNHEALTHY = frozenset({Ending.BALANCER, Ending.CONTAINER_HEALTH})


def said(ecs: Snapshot, service: Service, since: datetime | None) -> Iterator[Event]:
    """Yield what the scheduler said of a service since a moment: that it is steady, warns, or starts tasks."""
    for event in service.events:
        if since is None or event.created_at <= since:
            continue
        if STEADY in event.message:
            kind = EventKind.HEALTHY
        elif warns_of(event.message):
            kind = EventKind.UNHEALTHY
        elif _STARTED in event.message:
            kind = EventKind.STARTED
        else:
            continue
        yield Event(
            at=event.created_at, source=shortened(f"ecs DescribeServices {service.service_name} events"),
            subject=shortened(str(ecs.service_subject(service))), kind=kind, after=shortened(event.message),
        )  # fmt: skip


def ended(ecs: Snapshot, task: Task) -> Iterator[Event]:
    """Yield how a task ended, unless a deployment or a scaling ended it, or its work was done."""
    ending, container = ending_of(task), culprit(ecs, task)
    code = container.exit_code if container else None
    if ending is Ending.USER:
        yield stopped_by_hand(ecs, task)
        return
    if ending is Ending.SCHEDULER or (ending is Ending.EXIT and not code and not task.service):
        return
    if ending is Ending.MEMORY:
        kind = EventKind.OUT_OF_MEMORY
    else:
        kind = EventKind.UNHEALTHY if ending in _UNHEALTHY else EventKind.DIED
    parts = [f"exit code {code}"] if code is not None else []
    after = ", ".join([ending, *parts, *task.reasons[:1]])
    yield Event(
        at=task.ended or ecs.taken_at, source=f"ecs DescribeTasks {task.short_id}",
        subject=shortened(str(ecs.subject_of(task))), kind=kind, field=shortened(container.name if container else ""),
        after=shortened(after),
    )  # fmt: skip
