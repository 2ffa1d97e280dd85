"""A load balancer answers with errors."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.revisions import change_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

#: Fewer failed answers within the hour are the noise of any service.
_FEW = 10


@check(
    "ECS-L102",
    title="Requests are answered with errors",
    severity=Severity.HIGH,
    remedy="Look at the log of the service at the time of the first errors.",
)
def errors_answered(ecs: Snapshot) -> Iterator[Finding]:
    """Within the last hour a load balancer counted answers of class 5xx: from the targets, or its own.

    Answers of the targets are the program's. The load balancer's own (502, 503, 504) mean that it got none: no healthy
    target, a connection that broke, or an answer that took too long; they are counted for all its target groups
    together. The first minute with errors stands beside the last deployment and what it changed. Fewer than ten are
    left alone.
    """
    for told in ecs.responses:
        total = told.of_targets + told.of_balancer
        if total < _FEW:
            continue
        subject = ecs.group_subject(told.target_group)
        own = told.of_balancer > told.of_targets
        whose = "the load balancer's own: it got no answer" if own else "the targets' own"
        users = ecs.services_of(told.target_group)
        began = [item.primary.created_at for item in users if item.primary and item.primary.created_at]
        after = next(
            (moment for moment in began if told.first and 0 <= (told.first - moment).total_seconds() < 1800), None
        )
        since = f", since a deployment at {after:%H:%M} UTC" if after else ""
        yield Finding(
            subject=subject,
            summary=f"{total:g} requests through {subject.name} were answered with 5xx within the hour{since}; "
            f"most are {whose}.",
            evidence=(
                ecs.evidence("cloudwatch GetMetricData HTTPCode_Target_5XX_Count", f"{told.of_targets:g}"),
                ecs.evidence("cloudwatch GetMetricData HTTPCode_ELB_5XX_Count", f"{told.of_balancer:g}"),
                *(item for one in users if after for item in change_evidence(ecs, one)),
            ),
            remedy=Remedy(
                text="Look at the targets' health, and at timeouts: the program's keep-alive must outlast the "
                "balancer's."
                if own
                else "Look at the service's log from the first errors on, and at what was deployed before."
            ),
            first_seen=told.first,
            last_seen=ecs.taken_at,
            count=int(total),
        )
