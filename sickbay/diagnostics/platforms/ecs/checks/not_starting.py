"""A service's tasks stop again and again."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.messages import Warns, latest
from sickbay.diagnostics.platforms.ecs.revisions import change_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_LOOP = 3
_WITHIN = timedelta(minutes=15)
_MEANT = frozenset({Ending.SCHEDULER, Ending.USER, Ending.INTERRUPTED})


@check(
    "ECS-S103",
    title="Tasks do not stay up",
    severity=Severity.HIGH,
    remedy="Find why the tasks stop: the scheduler waits longer before each new attempt until the service is updated.",
    explains=("ECS-S101", "ECS-S104"),
)
def not_starting(ecs: Snapshot) -> Iterator[Finding]:
    """The scheduler says that a service is unable to consistently start tasks, or three of them failed in 15 minutes.

    Between two attempts a crash loop looks healthy, so the stopped tasks that ECS still tells of are counted, for about
    an hour. The scheduler's back-off grows up to 15 minutes, and ends with the next deployment.
    """
    for service in ecs.services:
        notice = latest(ecs, service, Warns.NOT_STARTING)
        failed = [
            task
            for task in ecs.failed
            if task.service == service.service_name
            and ending_of(task) not in _MEANT
            and task.ended
            and ecs.taken_at - task.ended <= _WITHIN
        ]
        if notice is None and len(failed) < _LOOP:
            continue
        said = (ecs.event_evidence(service, notice.event),) if notice else ()
        counted = (
            f"{len(failed)} of its tasks stopped within 15 min"
            if failed
            else "the scheduler waits before it tries again"
        )
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"{service.service_name} does not keep its tasks up: {counted}.",
            evidence=(
                *said,
                *(
                    ecs.task_evidence(task, "stopCode, stoppedReason", f"{task.stop_code}: {task.stopped_reason}")
                    for task in failed[-3:]
                ),
                *change_evidence(ecs, service),
            ),
            first_seen=failed[0].ended if failed else notice.event.created_at if notice else None,
            last_seen=ecs.taken_at,
            count=max(1, len(failed)),
        )
