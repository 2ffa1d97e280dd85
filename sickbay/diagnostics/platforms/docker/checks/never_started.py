"""A container was made but has never run."""

import re
from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.checks.port_taken import port_conflict
from sickbay.diagnostics.platforms.docker.exits import clock, never_ran
from sickbay.diagnostics.platforms.docker.ownership import owner_of, quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: A container that waits for its dependencies is in this state for a while, too.
_PATIENCE = timedelta(seconds=60)
_QUOTED = 200
#: What the runtime says before it says anything.
_PREAMBLE = re.compile(r"^.*(?:unable to start container process|error during container init): ", re.DOTALL)


@check(
    "DKR-C106",
    title="Never started",
    severity=Severity.HIGH,
    remedy="Correct what the error names (mount, network, device), then start it.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
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
        why = _PREAMBLE.sub("", state.error.strip())
        since = f" at {clock(created, host.taken_at)}" if created > NEVER else ""
        summary = f"{container.name} was created{since} and has never run"
        yield Finding(
            subject=container.subject,
            summary=f'{summary}: "{why[:_QUOTED]}".'
            if why
            else f"{summary}; the engine has noted no error of a start.",
            evidence=(
                container.evidence("State.Status", state.status),
                *((container.evidence("State.Error", state.error),) if why else ()),
            ),
            confidence=Confidence.OBSERVED if why else Confidence.INFERRED,
            remedy=_cure(container, why),
            owner=owner_of(container.labels),
            first_seen=created if created > NEVER else None,
            last_seen=host.taken_at,
        )


def _cure(container: Container, why: str) -> Remedy | None:
    """Give the remedy of the error's class."""
    error, name = why.lower(), quoted(container)
    if not error:
        return remedy(
            container,
            f"Start it, or remove it if it is not wanted{_required(container)}.",
            f"docker start {name}",
        )
    if "mount a directory onto a file" in error:
        where = _source(container, why)
        return remedy(
            container, f"Make the source of the mount on the host{where} what its target is: a file or a directory."
        )
    if "bind source path does not exist" in error or ("mount" in error and "no such file" in error):
        where = _source(container, why)
        return remedy(container, f"Create the source of the bind mount on the host{where}, or correct the path.")
    if "network" in error and "not found" in error:
        return remedy(container, "The network it was made for is gone: make it again, or recreate the container.")
    if "cannot join network of a non running container" in error or "no such container" in error:
        return remedy(container, "The container whose network it joins does not run: start that one first.")
    return None


def _required(container: Container) -> str:
    """Name the sources without which no start succeeds: Docker makes those of `--volume` where they are missing."""
    made = {bind.partition(":")[0] for bind in container.inspect.host_config.binds}
    sources = [mount.source for mount in container.inspect.mounts if mount.type == "bind" and mount.source not in made]
    return f"; a start fails while {', '.join(sources)} is missing" if sources else ""


def _source(container: Container, error: str) -> str:
    """Give the source of the bind mount that the error names, in brackets; or of the only one there is."""
    sources = [mount.source for mount in container.inspect.mounts if mount.type == "bind"]
    named = [source for source in sources if source in error] or (sources if len(sources) == 1 else [])
    return f" ({max(named, key=len)})" if named else ""
