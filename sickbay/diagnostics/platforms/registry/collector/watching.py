"""Watch one registry, which tells nobody of what happens in it: by asking now and then, without logging in.

Which images matter, it cannot know: what a tag means is asked when a target that runs it is diagnosed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event as Signal

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.events import Batch, Event, EventKind, shortened
from sickbay.diagnostics.platforms.registry.changing import certificate_renewed
from sickbay.diagnostics.platforms.registry.collector.collection import Collection
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request

#: Seconds between two looks, and that one may take.
LOOK, MOST = 20.0, 15.0
#: Said of all the time: without it, nothing seen would be told as nothing changed.
_UNSEEN = "a registry tells nobody which images are pushed to it, and which tags are moved"


def watch(target: RegistryTarget, _cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch whether the registry is there and well, and which certificate it shows, until `stopping`.

    A certificate is known by its own times, so nothing of it is lost between two watches; of images nothing is known.
    """
    anonymous = target.model_copy(update={"docker_config": None, "username": None, "password_file": None})
    known: Snapshot | None = None
    while not stopping.is_set():
        seen = _look(anonymous, stopping)
        events = tuple(_events(known, seen)) if known else ()
        yield Batch(until=seen.taken_at, events=events, lost=_UNSEEN)
        known = seen
        stopping.wait(LOOK)


def _look(target: RegistryTarget, stopping: Signal) -> Snapshot:
    empty = Snapshot(request=Request(), taken_at=datetime.now(UTC), registry=target.registry, address=target.url)
    return Collection(target, Budget(MOST, cancelled=stopping.is_set)).run(empty, lambda _step: None)


def _events(before: Snapshot, now: Snapshot) -> Iterator[Event]:
    subject = str(now.subject)
    if now.certificate and before.certificate and now.certificate != before.certificate:
        yield certificate_renewed(subject, now.certificate, before.certificate)
    for name, ill in _ill(now).items():
        if name not in _ill(before):
            yield _event(now, name, EventKind.UNHEALTHY, ill)
    for name in _ill(before).keys() - _ill(now).keys():
        yield _event(now, name, EventKind.HEALTHY)


def _ill(registry: Snapshot) -> dict[str, str]:
    """Give what is not well, and what is said of it: the way to the registry, or parts that its health page names."""
    if registry.unreachable:
        return {"": f"{registry.unreachable.obstacle}: {registry.unreachable.message}"}
    return {part.name: part.says for part in registry.components if not part.well}


def _event(registry: Snapshot, part: str, kind: EventKind, says: str = "") -> Event:
    source, subject = f"GET {registry.address}", str(registry.subject)
    return Event(
        at=registry.taken_at,
        source=shortened(source),
        subject=shortened(subject),
        kind=kind,
        field=shortened(part),
        after=shortened(says),
    )
