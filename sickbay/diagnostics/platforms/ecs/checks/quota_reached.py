"""A quota of the account, or a rate of calls, keeps tasks from starting."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.messages import Warns, latest
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_CURES = {
    Warns.QUOTA: "Ask for a higher quota (Service Quotas: AWS Fargate, vCPU), or run fewer or smaller tasks.",
    Warns.THROTTLED: "Slow down whatever starts and stops so many tasks; the scheduler tries again by itself.",
    Warns.PROTECTED: "Lift the protection of tasks that may stop (UpdateTaskProtection), or wait until it runs out.",
}


@check(
    "ECS-S106",
    title="Quota reached or throttled",
    severity=Severity.MEDIUM,
    remedy="Ask for a higher quota, or need less.",
    explains=("ECS-S101", "ECS-S104"),
)
def quota_reached(ecs: Snapshot) -> Iterator[Finding]:
    """The scheduler says that the account's tasks or vCPUs are used up, that its calls are throttled, or that the tasks
    which it would stop are protected.

    Fargate's quotas count vCPUs of all services of the region, Spot apart.
    """
    for service in ecs.services:
        notice = latest(ecs, service, *_CURES)
        if notice is None:
            continue
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"{service.service_name} is held up: {notice.warns}.",
            evidence=(ecs.event_evidence(service, notice.event),),
            remedy=Remedy(text=_CURES[notice.warns]),
            first_seen=notice.event.created_at,
            last_seen=ecs.taken_at,
        )
