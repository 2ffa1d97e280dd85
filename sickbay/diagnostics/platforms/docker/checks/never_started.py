"""A container was made but has never run."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.checks.port_taken import port_conflict
from sickbay.diagnostics.platforms.docker.exits import clock, never_ran
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.refusals import cure, why
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: A container that waits for its dependencies is in this state for a while, too.
_PATIENCE = timedelta(seconds=60)
_QUOTED = 200


@check(
    "DKR-C106",
    title="Never started",
    severity=Severity.HIGH,
    remedy="Correct what the error names (mount, network, device), then start it.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def never_started(host: Snapshot) -> Iterator[Finding]:
    """The container is in state `created`: the engine refused to start it, or nobody has.

    Recognised by its State.Error; without one it is inferred when it has waited for more than a minute. Usual causes:
    the source of a bind mount is not there, a network or device is gone, the container it joins is down, what it waits
    for is not healthy, or it was only ever created. A command that cannot be executed is DKR-C101, a port that is taken
    DKR-C107.
    """
    for container in host.containers:
        state = container.state
        if container.ever_started or state.status != "created" or never_ran(container) or port_conflict(container):
            continue
        created = container.inspect.created
        if not state.error and (created == NEVER or created > host.taken_at - _PATIENCE):
            continue
        error = why(container)
        since = f" at {clock(created, host.taken_at)}" if created > NEVER else ""
        summary = f"{container.name} was created{since} and has never run"
        yield Finding(
            subject=container.subject,
            summary=f'{summary}: "{error[:_QUOTED]}".'
            if error
            else f"{summary}; the engine has noted no error of a start.",
            evidence=(
                container.evidence("State.Status", state.status),
                *((container.evidence("State.Error", state.error),) if error else ()),
            ),
            confidence=Confidence.OBSERVED if error else Confidence.INFERRED,
            remedy=cure(container),
            owner=owner_of(container.labels),
            first_seen=created if created > NEVER else None,
            last_seen=host.taken_at,
        )
