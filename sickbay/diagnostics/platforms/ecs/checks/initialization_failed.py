"""A task's resources could not be set up before its containers started."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, told
from sickbay.diagnostics.platforms.ecs.initialization import lack_of, what_of
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot


@check(
    "ECS-T102",
    title="Task's resources cannot be set up",
    severity=Severity.HIGH,
    remedy="Look what the error names: the execution role's rights, the secret, the way to AWS's services.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104"),
)
def initialization_failed(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks stopped with ResourceInitializationError: secrets, the registry's login, logs, volumes or the network.

    All of that happens before a container starts, with the execution role and, on Fargate 1.4.0 and later, over the
    task's own network interface: a subnet without a way out looks like a slow AWS. A denial has a finding of its own
    that names the action: ECS-R101.
    """
    for group in ended(ecs, Ending.INITIALIZATION):
        error = "\n".join(group.last.reasons)
        lack = lack_of(error)
        says = lack.says if lack else "the reason says no more"
        summary = f"{group.times} did not start, setting up resources failed{what_of(error)}: {says}."
        yield told(ecs, group, summary, Remedy(text=lack.cure) if lack else None)
