"""A quota of the account, or a rate of calls, keeps tasks from starting."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.messages import Notice, Warns, latest
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.account import Quota
from sickbay.diagnostics.platforms.ecs.wire.services import Service

_SPOT = "FARGATE_SPOT"
_CURES = {
    Warns.QUOTA: "Ask for a higher quota (Service Quotas: AWS Fargate, vCPU), or run fewer or smaller tasks.",
    Warns.BLOCKED: "Ask AWS support: new accounts and unpaid ones may run nothing on Fargate.",
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
    which it would stop are protected, or that the account is blocked.

    Fargate's quotas count vCPUs of all services of the region, Spot apart; the values that are applied to the account
    stand beside what this cluster's own tasks take, where they may be read.
    """
    for service in ecs.services:
        notice = latest(ecs, service, *_CURES)
        if notice is None:
            continue
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"{service.service_name} is held up: {notice.warns}{_applied(ecs, service, notice)}.",
            evidence=(ecs.event_evidence(service, notice.event), *_quota_evidence(ecs, service, notice)),
            remedy=Remedy(text=_CURES[notice.warns]),
            first_seen=notice.event.created_at,
            last_seen=ecs.taken_at,
        )


def _quotas(ecs: Snapshot, service: Service, notice: Notice) -> tuple[Quota, ...]:
    """Give the quotas that the message can be about: those of vCPUs, of Spot or not, or those of tasks."""
    code = "ecs" if ecs.uses_instances(service) else "fargate"
    what = "vCPU" if re.search("cpu|memory", notice.event.message, re.IGNORECASE) else "task"
    spot = {item.capacity_provider for item in service.capacity_provider_strategy} == {_SPOT}
    return tuple(
        item
        for item in ecs.quotas
        if notice.warns is Warns.QUOTA
        and item.service_code == code
        and what.lower() in item.quota_name.lower()
        and (code == "ecs" or ("spot" in item.quota_name.lower()) == spot)
    )


def _applied(ecs: Snapshot, service: Service, notice: Notice) -> str:
    told = [f"{item.quota_name} is {item.value:g}" for item in _quotas(ecs, service, notice)[:2]]
    return f" ({', '.join(told)})" if told else ""


def _quota_evidence(ecs: Snapshot, service: Service, notice: Notice) -> Iterator[Evidence]:
    quotas = _quotas(ecs, service, notice)
    for item in quotas:
        source = f"service-quotas ListServiceQuotas {item.service_code} {item.quota_code}"
        yield ecs.evidence(source, f"{item.quota_name}: {item.value:g}")
    if any(item.service_code == "fargate" for item in quotas):
        running = [task for task in ecs.tasks if not task.stopped and task.launch_type == "FARGATE"]
        units = sum(int(task.cpu) for task in running if task.cpu.isdigit())
        yield ecs.evidence("ecs DescribeTasks cpu", f"{units / 1024:g} vCPU in {len(running)} Fargate tasks seen here")
