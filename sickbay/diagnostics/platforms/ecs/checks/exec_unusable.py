"""ECS Exec is switched on and cannot be used."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

_AGENT = "ExecuteCommandAgent"


@check(
    "ECS-R102",
    title="ECS Exec cannot be used",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Give the task role the ssmmessages actions, a way to their endpoint, and a root file system to write to.",
)
def exec_unusable(ecs: Snapshot) -> Iterator[Finding]:
    """A service has enableExecuteCommand, and something of what it needs is missing.

    It needs a task role (ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel, OpenDataChannel), a
    root file system that can be written, platform 1.4.0 on Fargate, and the agent inside the container, which tells
    itself whether it runs. Tasks that were started before it was switched on have none.
    """
    for service in ecs.services:
        if not service.enable_execute_command:
            continue
        why, cure = _lacks(ecs, service)
        if why:
            yield Finding(
                subject=ecs.service_subject(service),
                summary=f"ECS Exec is on for {service.service_name} and cannot be used: {why}.",
                evidence=(ecs.service_evidence(service, "enableExecuteCommand", "true"),),
                remedy=Remedy(text=cure),
            )


def _lacks(ecs: Snapshot, service: Service) -> tuple[str, str]:
    definition = ecs.definition_of(service)
    if definition and not definition.task_role_arn:
        return "its task definition has no task role", "Add a task role with the four ssmmessages actions."
    read_only = (
        [item.name for item in definition.container_definitions if item.readonly_root_filesystem] if definition else []
    )
    if read_only:
        return f"the root file system of {read_only[0]} is read-only", "Let the agent write: switch that off."
    if service.platform_version.startswith(("1.0", "1.1", "1.2", "1.3")):
        return f"it runs on platform {service.platform_version}", "Use platform 1.4.0 or LATEST."
    tasks = [task for task in ecs.tasks_of(service) if not task.stopped and task.last_status == "RUNNING"]
    before = [task for task in tasks if not task.enable_execute_command]
    if before:
        return f"{len(before)} tasks were started without it", "Deploy anew (--force-new-deployment)."
    agents = [why for task in tasks if (why := _agent(task))]
    return (
        (agents[0], "Check the task role's ssmmessages actions and the way to their endpoint.") if agents else ("", "")
    )


def _agent(task: Task) -> str:
    for container in task.containers:
        for agent in container.managed_agents:
            if agent.name == _AGENT and agent.last_status not in {"RUNNING", "PENDING"}:
                return f"its agent in {container.name} is {agent.last_status}"
    return ""
