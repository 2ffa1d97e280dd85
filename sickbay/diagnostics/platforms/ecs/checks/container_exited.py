"""An essential container ended, and its task with it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.exit_codes import CRASHES, meaning, signal_of
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ended, Ending, culprit, ended, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container

_QUOTED = 160
_SIGKILL = 9


@check(
    "ECS-T104",
    title="Essential container exited",
    severity=Severity.HIGH,
    remedy="Find why it ends, by its exit code and log.",
    explains=("ECS-L101", "ECS-L102", "ECS-S101", "ECS-S103", "ECS-S104", "ECS-T106", "ECS-T107"),
)
def container_exited(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks stopped with EssentialContainerExited: the program ended by itself.

    The exit code says who failed, the end of the log why. A service's task should not end at all, so there code 0
    counts too; a task of its own that ended with 0 has done its work. Code 137 is SIGKILL and no proof of a lack of
    memory.
    """
    for group in ended(ecs, Ending.EXIT):
        container = culprit(ecs, group.last)
        if container is None or (not container.exit_code and not group.last.service):
            continue
        code = container.exit_code or 0
        log = ecs.logs.get(f"{group.last.id}/{container.name}")
        said = (log.last_error or log.last_line)[:_QUOTED] if log else ""
        many = f" {len(group.tasks)} times, the last time" if len(group.tasks) > 1 else ""
        summary = f"{container.name} of {group.name} exited{many} with code {code}: {meaning(code)}"
        summary += f'; its log says "{said}".' if said else "."
        proof = (
            ecs.task_evidence(group.last, f"containers[{container.name}].exitCode", code),
            *ecs.log_evidence(group.last, container),
        )
        yield told(ecs, group, summary, _cure(group, container, code), proof)


def _cure(group: Ended, container: Container, code: int) -> Remedy | None:
    name = container.name
    if code == 0:
        return Remedy(
            text=f"A service's container should not end: run {name} in the foreground, or as a task of its own."
        )
    if code in {126, 127}:
        return Remedy(
            text=f"Correct the command or entry point of {name}: the image does not have it, or may not run it."
        )
    if signal_of(code) == _SIGKILL:
        text = f"ECS does not tell who sent SIGKILL to {name}: look at its memory beside its limit, and at stopTimeout."
        return Remedy(text=text)
    if signal_of(code) in CRASHES:
        return Remedy(
            text=f"{name} crashed: look for its last log lines and a core dump; wrong architectures crash too."
        )
    return Remedy(text=f"Mend what the log of {name} names.") if group.last.service else None
