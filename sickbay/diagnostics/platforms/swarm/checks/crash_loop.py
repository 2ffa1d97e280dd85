"""A service's tasks end again and again."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.swarm.endings import cure, says
from sickbay.diagnostics.platforms.swarm.loops import loop_of
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.standing import standing_of


@check(
    "DKR-S104",
    title="Tasks crash in a loop",
    severity=Severity.HIGH,
    remedy="Find why they end, by their exit code and log; the swarm goes on starting them.",
    explains=("DKR-S103", "DKR-S105"),
)
def crash_loop(swarm: Snapshot) -> Iterator[Finding]:
    """At least three tasks of one place of a service ran and ended within ten minutes.

    A loop looks healthy whenever one happens to look between two ends, so the tasks that the swarm keeps are counted:
    five a place by default, the running one among them (`docker swarm update --task-history-limit`). Where it keeps so
    few that two are all that can be seen, two are told as inferred, and with fewer nothing can be. What ended before
    the service's last update does not count, nor a task that never ran: that is DKR-S103. Exit code 137 is SIGKILL, and
    no proof of a lack of memory: the node's engine can tell.
    """
    for service in swarm.services:
        loop = loop_of(swarm, service)
        if loop is None:
            continue
        last, standing = loop.last, standing_of(swarm, service)
        yield Finding(
            subject=swarm.service_subject(service),
            summary=f"{service.name} has ended {loop.times} and is not staying up: {says(swarm, last)}.",
            evidence=(
                *(
                    swarm.task_evidence(
                        service, task, "Status", f"{task.status.timestamp:%H:%M:%S} UTC {task.status.err or task.state}"
                    )
                    for task in loop.ended[-3:]
                ),
                swarm.service_evidence(service, "tasks", standing.counted),
                *swarm.log_evidence(service, last),
            ),
            confidence=Confidence.OBSERVED if loop.certain else Confidence.INFERRED,
            remedy=cure(swarm, service, last),
            first_seen=loop.ended[0].status.timestamp,
            last_seen=last.status.timestamp,
            count=len(loop.ended),
        )
