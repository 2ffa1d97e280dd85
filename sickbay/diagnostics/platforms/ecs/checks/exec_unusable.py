"""ECS Exec is switched on and cannot be used."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.services import ExecConfiguration, Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

_AGENT = "ExecuteCommandAgent"
#: The first agent of container instances that has it.
_OLDEST = (1, 50, 2)
_KEYS = frozenset({"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})


@check(
    "ECS-R102",
    title="ECS Exec cannot be used",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Give the task role the ssmmessages actions, a way to their endpoint, and a root file system to write to.",
)
def exec_unusable(ecs: Snapshot) -> Iterator[Finding]:
    """A service has enableExecuteCommand, and something of what it needs is missing.

    It needs a role (ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel, OpenDataChannel): the
    task's, or on an instance without one the instance's; a root file system that can be written; platform 1.4.0 on
    Fargate, agent 1.50.2 on an instance; no keys in the environment, which its agent would take in place of the role;
    and that agent inside the container, which tells itself whether it runs. Tasks that were started before it was
    switched on have none. With pidMode `task` it reaches one container alone, and without an init process what its
    sessions start is left behind. What the cluster encrypts or logs sessions with, the role must be allowed too.
    Whether the role is allowed all that, and whether its endpoint is reached, only the agent's own word tells.
    """
    for service in ecs.services:
        lacks = list(_lacks(ecs, service)) if service.enable_execute_command else []
        if lacks:
            yield Finding(
                subject=ecs.service_subject(service),
                summary=f"ECS Exec is on for {service.service_name} and cannot be used as it should: "
                f"{'; '.join(item.why for item in lacks[:3])}.",
                evidence=(
                    ecs.service_evidence(service, "enableExecuteCommand", "true"),
                    *(item.evidence for item in lacks),
                ),
                remedy=Remedy(text=lacks[0].cure),
            )


class _Lack(NamedTuple):
    why: str
    cure: str
    evidence: Evidence


def _lacks(ecs: Snapshot, service: Service) -> Iterator[_Lack]:
    """Yield what is missing, the gravest first."""
    definition = ecs.definition_of(service)
    tasks = [task for task in ecs.tasks_of(service) if not task.stopped and task.last_status == "RUNNING"]
    if definition and not definition.task_role_arn and not ecs.uses_instances(service):
        yield _Lack(
            "its task definition has no task role",
            "Add a task role with the four ssmmessages actions.",
            ecs.definition_evidence(definition, "taskRoleArn", "none"),
        )
    yield from _containers(ecs, definition) if definition else ()
    if service.platform_version.startswith(("1.0", "1.1", "1.2", "1.3")):
        yield _Lack(
            f"it runs on platform {service.platform_version}",
            "Use platform 1.4.0 or LATEST.",
            ecs.service_evidence(service, "platformVersion", service.platform_version),
        )
    for instance in dict.fromkeys(filter(None, (ecs.instance_by_arn.get(one.container_instance_arn) for one in tasks))):
        version = instance.version_info.agent_version
        if _numbers(version) and _numbers(version) < _OLDEST:
            yield _Lack(
                f"the agent of {instance.name} is {version}",
                "Update the instances' agents to 1.50.2 at least.",
                ecs.instance_evidence(instance, "versionInfo.agentVersion", version),
            )
    before = [task for task in tasks if not task.enable_execute_command]
    if before:
        yield _Lack(
            f"{len(before)} tasks were started without it",
            "Deploy anew (--force-new-deployment).",
            ecs.task_evidence(before[0], "enableExecuteCommand", "false"),
        )
    yield from islice((lack for task in tasks for lack in _agents(ecs, task)), 1)
    yield from _aside(ecs, definition) if definition else ()


def _containers(ecs: Snapshot, definition: TaskDefinition) -> Iterator[_Lack]:
    for item in definition.container_definitions:
        if item.readonly_root_filesystem:
            yield _Lack(
                f"the root file system of {item.name} is read-only",
                "Let the agent write: switch that off.",
                ecs.definition_evidence(definition, f"{item.name} readonlyRootFilesystem", "true"),
            )
        names = [*(one.name for one in item.environment), *(one.name for one in item.secrets)]
        keys = [name for name in names if name in _KEYS]
        if keys:
            yield _Lack(
                f"{item.name} has {keys[0]} in its environment",
                "Take the keys out of the environment: the agent uses them in place of the task role.",
                ecs.definition_evidence(definition, f"{item.name} environment", ", ".join(keys)),
            )


def _agents(ecs: Snapshot, task: Task) -> Iterator[_Lack]:
    for container in task.containers:
        for agent in container.managed_agents:
            if agent.name == _AGENT and agent.last_status not in {"RUNNING", "PENDING"}:
                reason = f": {agent.reason.rstrip('.')}" if agent.reason else ""
                yield _Lack(
                    f"its agent in {container.name} is {agent.last_status}{reason}",
                    f"Check the task role's ssmmessages actions and the way to their endpoint{_besides(ecs)}.",
                    ecs.task_evidence(task, f"{container.name} managedAgents", f"{agent.last_status}{reason}"),
                )


def _besides(ecs: Snapshot) -> str:
    """Give what the cluster's configuration of sessions asks of the role besides, as the end of a sentence."""
    asked = ecs.cluster.configuration.execute_command_configuration if ecs.cluster else ExecConfiguration()
    log = asked.log_configuration
    needs = [
        *([f"kms:Decrypt of {asked.kms_key_id}"] if asked.kms_key_id else []),
        *([f"logs:PutLogEvents in {log.cloud_watch_log_group_name}"] if log.cloud_watch_log_group_name else []),
        *([f"s3:PutObject in {log.s3_bucket_name}"] if log.s3_bucket_name else []),
    ]
    return f", and {', '.join(needs)}" if needs else ""


def _aside(ecs: Snapshot, definition: TaskDefinition) -> Iterator[_Lack]:
    if definition.pid_mode == "task" and len(definition.container_definitions) > 1:
        yield _Lack(
            "with pidMode task it reaches one container alone",
            "Leave pidMode out where more than one container is to be reached.",
            ecs.definition_evidence(definition, "pidMode", "task"),
        )
    bare = [item.name for item in definition.container_definitions if not item.linux_parameters.init_process_enabled]
    if bare and _linux(definition):
        yield _Lack(
            f"{bare[0]} has no init process, so what sessions start is left behind",
            "Set linuxParameters.initProcessEnabled.",
            ecs.definition_evidence(definition, f"{bare[0]} linuxParameters.initProcessEnabled", "false"),
        )


def _linux(definition: TaskDefinition) -> bool:
    platform = definition.runtime_platform
    return platform is None or not platform.operating_system_family.startswith("WINDOWS")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
