"""What a host tells of changes by itself: the engine's last events, and the times that stand in what it has."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from sickbay.diagnostics.events import Event, EventKind, Told, shortened
from sickbay.diagnostics.platforms.docker.compose import by_service, config_hash
from sickbay.diagnostics.platforms.docker.differences import differences, image_id, made_of
from sickbay.diagnostics.platforms.docker.happenings import Chronicle
from sickbay.diagnostics.platforms.docker.images import tagged
from sickbay.diagnostics.platforms.docker.ownership import orchestrated, owner_of
from sickbay.diagnostics.platforms.docker.places import is_anonymous
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: A container's first start follows its creation at once; a later one was asked for, or came with the engine.
_FIRST_START = timedelta(minutes=1)
#: Containers that start so soon after their engine were started by it.
_WITH_THE_ENGINE = timedelta(minutes=5)
#: The engine notes when an image got a tag a moment before it tells which.
_AT_ONCE = timedelta(seconds=1)
#: The network that an engine makes anew each time it starts.
_BRIDGE = "bridge"


def changes(host: Snapshot) -> Told:
    """Give the changes that the host tells of: those that its engine still knows as events, and those that left a time.

    A container's times tell when it was made and started anew, replicas of a Compose service that differ what the later
    ones have, an image's when it got its tag, a network's and a volume's when it was made, and the engine's own bridge
    since when the engine runs.
    """
    if not host.looked_at():
        return Told()
    heard = _heard(host)
    known = {_news(event) for event in heard}
    left = (*_drifted(host), *_tagged(host, heard), *_things(host), *_engine(host), *_started(host))
    told = [*heard, *(event for event in left if _news(event) not in known)]
    recreated = {(event.subject, event.at) for event in told}
    told += [event for event in _made(host) if (event.subject, event.at) not in recreated]
    read = {
        "events": len(host.events),
        "containers": len(host.containers),
        "images": len(host.images),
        "networks": len(host.networks_in_scope),
        "volumes": len(host.volumes_in_scope),
    }
    return told_of(told, read)


def told_of(changes: Iterable[Event], read: Mapping[str, int]) -> Told:
    """Give the changes in their order, and of how much each was read, as `1 container` or `12 containers`."""
    sources = tuple(f"{count} {what if count > 1 else what[:-1]}" for what, count in read.items() if count)
    return Told(changes=tuple(sorted(changes, key=lambda event: event.at)), sources=sources)


def _news(event: Event) -> tuple[str, ...]:
    return (event.subject, event.kind, event.field, event.after)


def _heard(host: Snapshot) -> tuple[Event, ...]:
    """Give the changes among the engine's events; in a scope, of its containers and of what they depend on alone."""
    chronicle = Chronicle(host.host, {item.id: item.name for item in host.summaries})
    for event in host.events:
        chronicle.hear(event)
    told = chronicle.conclude({item.inspect.id: made_of(item.inspect) for item in host.containers})
    changed = tuple(event for event in told if event.kind.is_change)
    if not host.request.scope:
        return changed
    upstream = host.upstream()
    near = {str(subject) for item in host.containers for subject in {item.subject, *upstream[item.subject]}}
    return tuple(event for event in changed if event.subject in near)


def _made(host: Snapshot) -> Iterator[Event]:
    """Yield the containers that were made before the events begin that the engine knows, or that remove themselves."""
    heard = {event.actor.id for event in host.events if event.type == "container" and event.action == "create"}
    for item in host.containers:
        told = item.inspect.id in heard and not item.inspect.host_config.auto_remove
        if item.inspect.created > NEVER and not told and not orchestrated(item.labels):
            yield _of(item, item.inspect.created, EventKind.CREATED, "Created", after=item.inspect.config.image)


def _started(host: Snapshot) -> Iterator[Event]:
    """Yield the containers that were started again, by no restart policy and not with the engine."""
    first = min((event.at for event in host.events), default=host.taken_at)
    engine = engine_start(host)
    for item in host.containers:
        at, made = item.state.started_at, item.inspect.created
        anew = item.state.running and not item.inspect.restart_count and at - max(made, NEVER) > _FIRST_START
        if not anew or at >= first or orchestrated(item.labels):
            continue
        if engine is None or not timedelta(0) <= at - engine < _WITH_THE_ENGINE:
            yield _of(item, at, EventKind.RESTART, "State.StartedAt")


def _drifted(host: Snapshot) -> Iterator[Event]:
    """Yield what the later made replicas of a Compose service have that the earlier ones have not."""
    for replicas in by_service(host.containers):
        for older, newer in pairwise(sorted(replicas, key=lambda item: item.inspect.created)):
            if config_hash(older) != config_hash(newer):
                for one in differences(made_of(older.inspect), made_of(newer.inspect)):
                    yield _of(newer, newer.inspect.created, one.kind, one.field, one.before, one.after, beside=older)


def _tagged(host: Snapshot, heard: Iterable[Event]) -> Iterator[Event]:
    """Yield the tags that were given to an image here.

    Of an image that has had several the engine does not say which it got last. Of one that a tag means and no container
    was made from yet, it tells when it was built: the tag has moved to it then or later.
    """
    others = [event.at for event in heard if event.kind is EventKind.TAG]
    runs: dict[str, set[str]] = {}
    for item in host.containers:
        runs.setdefault(tagged(item.inspect.config.image), set()).add(item.inspect.image)
    for id_, image in host.images.items():
        at, tags = image.inspect.metadata.last_tag_time, image.inspect.repo_tags
        if len(tags) == 1 and at > NEVER and not any(abs(at - other) < _AT_ONCE for other in others):
            source = f"GET /images/{tags[0]}/json Metadata.LastTagTime"
            yield _tag(at, source, tags[0], runs.get(tags[0], set()) - {id_}, id_)
    for listed in host.disk.images if host.disk else ():
        for tag in listed.repo_tags:
            if tag in runs and listed.id not in runs[tag]:
                yield _tag(listed.at, f"GET /system/df Images {tag} Created", tag, runs[tag], listed.id)


def _tag(at: datetime, source: str, tag: str, before: Iterable[str], after: str) -> Event:
    older = next(iter(sorted(before)), "")
    return Event(
        at=at,
        source=shortened(source),
        subject=shortened(f"image/{tag}"),
        kind=EventKind.TAG,
        field="Id",
        before=image_id(older),
        after=image_id(after),
    )


def _things(host: Snapshot) -> Iterator[Event]:
    """Yield the networks and volumes that were made."""
    for network in host.networks_in_scope:
        if network.created > NEVER and network.driver not in {"host", "null"} and not _of_the_engine(network.name):
            yield _thing(f"network/{network.name}", network.created)
    for volume in host.volumes_in_scope:
        if not is_anonymous(volume.name) and (at := volume.created):
            yield _thing(f"volume/{volume.name}", at)


def _engine(host: Snapshot) -> Iterator[Event]:
    if at := engine_start(host):
        source = f"GET /networks/{_BRIDGE} Created"
        yield Event(
            at=at, source=source, subject=str(host.subject), kind=EventKind.ENGINE, field="engine", after="started"
        )


def engine_start(host: Snapshot) -> datetime | None:
    """Give since when the engine runs: it makes its own bridge anew then. Podman does not."""
    made = (item.created for item in host.networks if _of_the_engine(item.name) and item.default_bridge)
    return None if host.version.podman else next((at for at in made if at > NEVER), None)


def _of_the_engine(network: str) -> bool:
    return network == _BRIDGE


def _thing(subject: str, at: datetime) -> Event:
    return Event(at=at, source=f"GET /{subject.partition('/')[0]}s", subject=shortened(subject), kind=EventKind.CREATED)


def _of(
    item: Container,
    at: datetime,
    kind: EventKind,
    field: str,
    before: str = "",
    after: str = "",
    beside: Container | None = None,
) -> Event:
    source = f"{beside.name} and {item.name} side by side" if beside else f"GET /containers/{item.name}/json {field}"
    return Event(
        at=at,
        source=shortened(source),
        subject=str(item.subject),
        kind=kind,
        field=field if beside else "",
        before=before,
        after=after,
        actor=shortened(owner_of(item.labels) or ""),
    )
