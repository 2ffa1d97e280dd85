"""A container that is neither running nor gone."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.exits import clock
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

_PAUSED, _DYING, _ZOMBIES = timedelta(hours=1), timedelta(minutes=10), 3


@check(
    "DKR-C112",
    title="Stuck",
    severity=Severity.MEDIUM,
    remedy="Unpause or remove it; give one that collects zombies `--init`.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106"),
)
def stuck(host: Snapshot) -> Iterator[Finding]:
    """The container has been paused for an hour, dead or removing for ten minutes, or collects zombie processes.

    A paused container is frozen by the cgroup freezer: it holds its ports and memory, and answers nobody. When it was
    paused is known from the `pause` event while the engine remembers it; later it is inferred from when it started.
    """
    for container in host.containers:
        yield from _paused(host, container)
        yield from _dying(host, container)
        yield from _zombies(container)


def _paused(host: Snapshot, container: Container) -> Iterator[Finding]:
    if not container.state.paused:
        return
    pauses = list(host.events_of(container, "pause"))
    since = pauses[-1].at if pauses else container.state.started_at
    if since == NEVER or host.taken_at - since < _PAUSED:
        return
    evidence = [container.evidence("State.Paused", "true")]
    if pauses:
        evidence.append(host.evidence("GET /events", f"{since:%Y-%m-%d %H:%M:%S} UTC pause {container.name}"))
    else:
        evidence.append(container.evidence("State.StartedAt", f"{since:%Y-%m-%d %H:%M:%S} UTC"))
    up_to = "" if pauses else "up to "
    hours = (host.taken_at - since) / timedelta(hours=1)
    yield Finding(
        subject=container.subject,
        summary=f"{container.name} has been paused for {up_to}{hours:.0f} h: frozen, it answers nobody.",
        evidence=tuple(evidence),
        confidence=Confidence.OBSERVED if pauses else Confidence.INFERRED,
        remedy=remedy(container, "Let it go on, or remove it.", f"docker unpause {quoted(container)}"),
        first_seen=since,
        last_seen=host.taken_at,
    )


def _dying(host: Snapshot, container: Container) -> Iterator[Finding]:
    state = container.state
    since = state.finished_at if state.finished_at > NEVER else container.inspect.created
    if state.status not in {"dead", "removing"} or since == NEVER or host.taken_at - since < _DYING:
        return
    yield Finding(
        subject=container.subject,
        summary=f"{container.name} has been {state.status} since {clock(since, host.taken_at)} and cannot be removed.",
        evidence=(
            container.evidence("State.Status", state.status),
            container.evidence("State.Error", state.error or "-"),
        ),
        remedy=remedy(
            container,
            "Something still holds its file system: remove it by force, and if that fails restart the engine.",
            f"docker rm -f {quoted(container)}",
        ),
        first_seen=since,
        last_seen=host.taken_at,
    )


def _zombies(container: Container) -> Iterator[Finding]:
    listed = container.processes.processes if container.processes else ()
    zombies = [row[-1] for row in listed if row and "<defunct>" in row[-1]]
    if len(zombies) < _ZOMBIES:
        return
    source = f"GET /containers/{container.name}/top"
    yield Finding(
        subject=container.subject,
        summary=f"{container.name} holds {len(zombies)} zombie processes that its process 1 does not collect.",
        evidence=(
            Evidence(source=source, value=f"{len(zombies)} zombies: {', '.join(zombies[:3])}", at=container.read_at),
        ),
        remedy=remedy(container, "Run it with `--init`, so that process 1 collects its children."),
        last_seen=container.read_at,
        count=len(zombies),
    )
