"""Ways in which a container stands still: frozen for long, neither alive nor gone, clogged with dead processes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from sickbay.diagnostics.model import Confidence, Evidence, Remedy
from sickbay.diagnostics.platforms.docker.exits import clock
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

_PAUSED, _DYING, _ZOMBIES = timedelta(hours=1), timedelta(minutes=10), 3


class Standstill(Struct, frozen=True, kw_only=True):
    """One of them: what the container does, as the end of a sentence about it, from when to when it was seen."""

    what: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy
    since: datetime | None
    until: datetime
    count: int = 1
    confidence: Confidence = Confidence.OBSERVED


def standstills(host: Snapshot, container: Container) -> Iterator[Standstill]:
    """Yield the ways in which the container stands still."""
    yield from _paused(host, container)
    yield from _dying(host, container)
    yield from _zombies(container)


def _paused(host: Snapshot, container: Container) -> Iterator[Standstill]:
    if not container.state.paused:
        return
    pauses = list(host.events_of(container, "pause"))
    since = pauses[-1].at if pauses else container.state.started_at
    if since == NEVER or host.taken_at - since < _PAUSED:
        return
    if pauses:
        proof = host.evidence("GET /events", f"{since:%Y-%m-%d %H:%M:%S} UTC pause {container.name}")
    else:
        proof = container.evidence("State.StartedAt", f"{since:%Y-%m-%d %H:%M:%S} UTC")
    up_to = "" if pauses else "up to "
    hours = (host.taken_at - since) / timedelta(hours=1)
    yield Standstill(
        what=f"has been paused for {up_to}{hours:.0f} h: frozen, it answers nobody",
        evidence=(container.evidence("State.Paused", "true"), proof),
        remedy=remedy(container, "Let it go on, or remove it.", f"docker unpause {quoted(container)}"),
        since=since,
        until=host.taken_at,
        confidence=Confidence.OBSERVED if pauses else Confidence.INFERRED,
    )


def _dying(host: Snapshot, container: Container) -> Iterator[Standstill]:
    state = container.state
    since = state.finished_at if state.finished_at > NEVER else container.inspect.created
    if state.status not in {"dead", "removing"} or since == NEVER or host.taken_at - since < _DYING:
        return
    yield Standstill(
        what=f"has been {state.status} since {clock(since, host.taken_at)} and cannot be removed",
        evidence=(
            container.evidence("State.Status", state.status),
            container.evidence("State.Error", state.error or "-"),
        ),
        remedy=remedy(
            container,
            "Something still holds its file system: remove it by force, and if that fails restart the engine.",
            f"docker rm -f {quoted(container)}",
        ),
        since=since,
        until=host.taken_at,
    )


def _zombies(container: Container) -> Iterator[Standstill]:
    zombies = [command for command in container.commands if "<defunct>" in command]
    if len(zombies) >= _ZOMBIES:
        yield Standstill(
            what=f"holds {len(zombies)} zombie processes that its process 1 does not collect",
            evidence=(container.process_evidence(f"{len(zombies)} zombies: {', '.join(zombies[:3])}"),),
            remedy=remedy(container, "Run it with `--init`, so that process 1 collects its children."),
            since=None,
            until=container.read_at,
            count=len(zombies),
        )
