"""A mount is missing its source, or may not be written to."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.mounts import Refused, refused_write
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.refusals import cure, lacks_source, why
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-V102",
    title="Mount cannot be used",
    severity=Severity.HIGH,
    remedy="Create the source on the host, or mount it so that the program may write where it has to.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def mount_fails(host: Snapshot) -> Iterator[Finding]:
    """The source of a bind mount is not on the host, or the program wants to write where it may only read.

    Recognised by State.Error ('bind source path does not exist') and by 'read-only file system' in the log or health
    check. Which mount is meant follows from the path in that line: one that was mounted read-only, the container's own
    root where it was made read-only, or else a file system of the host, which the kernel makes read-only after errors
    of its disk; the last is inferred.
    """
    for container in host.containers:
        if not container.state.running and lacks_source(container):
            yield Finding(
                subject=container.subject,
                summary=f'{container.name} cannot start: "{why(container)[:200]}".',
                evidence=(container.evidence("State.Error", container.state.error),),
                remedy=cure(container),
                last_seen=host.taken_at,
            )
        elif refused := refused_write(host, container):
            yield _read_only(container, refused)


def _read_only(container: Container, refused: Refused) -> Finding:
    what, text, sure = refused.cause(container)
    return Finding(
        subject=container.subject,
        summary=f"{container.name} cannot write{f' to {refused.path}' if refused.path else ''}: {what}.",
        evidence=(refused.evidence, container.evidence("Mounts", refused.place)),
        confidence=Confidence.OBSERVED if sure else Confidence.INFERRED,
        remedy=remedy(container, text),
        last_seen=container.read_at,
    )
