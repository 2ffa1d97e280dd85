"""Tasks are stopped because their load balancer finds them unhealthy."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_GROUP = re.compile(r":targetgroup/([^/\s]+)/")


@check(
    "ECS-T106",
    title="Tasks fail the load balancer's health checks",
    severity=Severity.HIGH,
    remedy="See what the target group asks and gets (ECS-L101), and whether the grace period is long enough to start.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104"),
)
def failed_health_checks(ecs: Snapshot) -> Iterator[Finding]:
    """The scheduler stopped tasks that failed ELB health checks, and starts others in their place.

    That is what is done about targets that do not answer as the target group wants; ECS-L101 tells why they do not. A
    task that needs longer to start than the service's grace period never gets through: ECS-L103.
    """
    for group in ended(ecs, Ending.BALANCER):
        named = _GROUP.search(group.last.stopped_reason)
        where = f" of target group {named[1]}" if named else ""
        yield told(ecs, group, f"{group.times} {group.have} stopped for failing the health checks{where}.")
