"""The agent of a container instance is disconnected."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot


@check(
    "ECS-I101",
    title="Agent is disconnected",
    severity=Severity.HIGH,
    remedy="Restart the agent (systemctl restart ecs), or replace the instance.",
    explains=("ECS-S101", "ECS-S102", "ECS-T110"),
)
def agent_disconnected(ecs: Snapshot) -> Iterator[Finding]:
    """ECS does not hear from the agent of an instance that is ACTIVE: nothing is placed, started or stopped there.

    Its tasks go on, but what ECS tells of them is old. Now and then agents reconnect, for a moment. Whether the machine
    is off, the agent is stuck or it has no way to ECS cannot be told from outside, so the remedy names all three; its
    version, and that its last update failed, stand in the evidence. An
    instance that was stopped stays registered until it is taken out.
    """
    for instance in ecs.instances:
        if instance.agent_connected or instance.status not in {"ACTIVE", "DRAINING"}:
            continue
        tasks = instance.running_tasks_count
        failed = instance.agent_update_status == "FAILED"
        last = f", with {tasks} tasks on it" if tasks else ""
        yield Finding(
            subject=ecs.instance_subject(instance),
            summary=f"The agent of {instance.name} is disconnected{last}: nothing can be started or stopped there"
            f"{'; its last update failed' if failed else ''}.",
            evidence=(
                ecs.instance_evidence(instance, "agentConnected", "false"),
                ecs.instance_evidence(
                    instance, "versionInfo.agentVersion", instance.version_info.agent_version or "not told"
                ),
                *([ecs.instance_evidence(instance, "agentUpdateStatus", "FAILED")] if failed else []),
            ),
            remedy=Remedy(
                text="Look whether the machine runs; restart its agent (systemctl restart ecs); let it reach ECS on "
                "443; "
                "or replace it."
            ),
            last_seen=ecs.taken_at,
        )
