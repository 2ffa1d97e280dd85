"""An engine's events in Sickbay's words: what somebody changed, and what only happened.

An engine says little of each: that a container was made, not that another of its name was there before with other
memory. So what was there is remembered, and events that belong together (`docker stop` is a kill, a death and a stop)
are told as one.
"""

import signal
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.events import Event, EventKind, shortened
from sickbay.diagnostics.platforms.docker.differences import Made, differences, image_id, told_labels
from sickbay.diagnostics.platforms.docker.endpoints import TOGETHER, Endpoints
from sickbay.diagnostics.platforms.docker.images import tagged
from sickbay.diagnostics.platforms.docker.ownership import orchestrated, owner_of
from sickbay.diagnostics.platforms.docker.places import is_anonymous, lasting_name, place_of
from sickbay.diagnostics.platforms.docker.wire import engine as wire

SOURCE = "docker events"
#: A signal that nothing came of is forgotten.
_FORGOTTEN = timedelta(hours=1)
#: Places whose containers are remembered: far more than a host has.
_PLACES = 5_000
_ENDING = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, signal.SIGTERM})
_HAPPENINGS = {
    "start": EventKind.STARTED,
    "oom": EventKind.OUT_OF_MEMORY,
    "health_status: unhealthy": EventKind.UNHEALTHY,
    "health_status: healthy": EventKind.HEALTHY,
}
_STATES = {"pause": ("running", "paused"), "unpause": ("paused", "running")}
#: Docker calls it `destroy`, Podman and networks `remove`.
_REMOVING = frozenset({"destroy", "remove"})


class Creation(Struct, frozen=True, kw_only=True):
    """A container that was made, or changed in its place (`updated`): an inspection would tell how."""

    id: str
    name: str
    at: datetime
    labels: Mapping[str, str]
    image: str
    updated: bool = False

    @property
    def place(self) -> str:
        """Give what the container has in common with the one that it replaced."""
        return place_of(self.name, self.labels)


class _Ending(Struct):
    """A container that was sent a signal, and what came of it."""

    name: str
    at: datetime
    signal: int
    stopped: bool = False
    died_at: datetime | None = None


class Chronicle:
    """Tells the events of one engine, given to `hear` in their order; `conclude` gives what is clear by then.

    `names` are the containers that are known, by id. `creations` holds those that were made since the last conclusion.
    """

    def __init__(self, host: str, names: Mapping[str, str]) -> None:
        self._host = host
        self._names = dict(names)
        self._known: dict[str, tuple[str, Made]] = {}
        self._tags: dict[str, str] = {}
        self._told = list[Event]()
        self._endings: dict[str, _Ending] = {}
        self._endpoints = Endpoints()
        self._died: dict[str, datetime] = {}
        self._removals: dict[str, Event] = {}
        self.creations = list[Creation]()

    def know(self, container: str, name: str, labels: Mapping[str, str], made: Made) -> None:
        """Remember how a container was made that is there."""
        self._names[container] = name
        self._known[place_of(name, labels)] = (container, made)

    @property
    def ids(self) -> set[str]:
        """Give the containers of which it is known, or will be by the next conclusion, how they were made."""
        return {container for container, _ in self._known.values()} | {creation.id for creation in self.creations}

    @property
    def waits(self) -> bool:
        """Say whether something is kept back that will be clear soon."""
        return bool(self._endpoints) or any(ending.died_at for ending in self._endings.values())

    def know_tags(self, tags: Mapping[str, str]) -> None:
        """Remember the id of the image that each tag means."""
        self._tags = dict(tags)

    def hear(self, event: wire.Event) -> None:
        """Take in the next event."""
        match event.type:
            case "container":
                self._container(event, event.actor.attributes)
            case "image":
                self._image(event)
            case "network" if event.action in {"connect", "disconnect"}:
                self._endpoints.hear(event, self._died)
            case "network" | "volume":
                self._thing(event)
            case "daemon" if event.action == "reload":
                self._tell(event.at, f"host/{self._host}", EventKind.ENGINE, "configuration", after="reloaded")

    def conclude(self, made: Mapping[str, Made], until: datetime | None = None) -> tuple[Event, ...]:
        """Give what is clear by now, in the order of time; `made` are inspections of what `creations` holds, by id.

        What may belong to an event that is still to come is kept: `until` is the engine's now, None where none comes.
        """
        told_at: dict[str, datetime] = {}
        for creation in self.creations:
            at = told_at.setdefault(creation.id, creation.at)
            # What was inspected but now was changed already by what came right after.
            if creation.at == at or creation.id not in made or creation.at - at > TOGETHER:
                self._made(creation, made.get(creation.id))
        self._told += self._removals.values()
        self._told += self._ended(until)
        self._told += self._connected(until)
        told, self._told, self._removals, self.creations = self._told, [], {}, []
        while len(self._known) > _PLACES:
            del self._known[next(iter(self._known))]
        return tuple(sorted(told, key=lambda event: event.at))

    def tagged(self, at: datetime, tags: Mapping[str, str]) -> None:
        """Tell which tags mean another image than they did, by the image's id."""
        for tag, image in tags.items():
            before, self._tags[tag] = self._tags.get(tag, ""), image
            if before != image:
                self._tell(at, f"image/{tag}", EventKind.TAG, "Id", image_id(before), image_id(image))

    def _container(self, event: wire.Event, attributes: Mapping[str, str]) -> None:
        container, at, action = event.actor.id, event.at, event.action
        name = self._names[container] = lasting_name(attributes.get("name", container[:12]), attributes)
        if action in {"start", "die", "create", *_REMOVING}:
            self._endpoints.forget(container)
        if action in _HAPPENINGS:
            self._died.pop(container, None)
            self._tell(at, f"container/{name}", _HAPPENINGS[action])
        elif action in {"create", "update"}:
            image, updated = attributes.get("image", ""), action == "update"
            self.creations.append(
                Creation(id=container, name=name, at=at, labels=attributes, image=image, updated=updated)
            )
        elif action in _REMOVING:
            self._removed(container, name, attributes, at)
        elif action == "die":
            self._die(container, name, attributes, at)
        elif action == "rename":
            self._renamed(name, attributes, at)
        elif not orchestrated(attributes):
            self._handled(container, name, event)

    def _handled(self, container: str, name: str, event: wire.Event) -> None:
        """Take in what somebody does to a container, where that is not its orchestrator's daily work."""
        at, action, ending = event.at, event.action, self._endings.get(container)
        match action:
            case "kill":
                written = event.actor.attributes.get("signal", "")
                if ending is None or ending.signal not in _ENDING:
                    number = int(written) if written.isdecimal() else 0
                    self._endings[container] = _Ending(name=name, at=at, signal=number)
            case "stop" if ending:
                ending.stopped = True
            case "restart":
                self._endings.pop(container, None)
                self._tell(ending.at if ending else at, f"container/{name}", EventKind.RESTART)
            case "pause" | "unpause":
                self._tell(at, f"container/{name}", EventKind.OTHER, "State.Status", *_STATES[action])
            case "extract-to-dir":
                self._tell(at, f"container/{name}", EventKind.OTHER, "files", after="copied into it")

    def _die(self, container: str, name: str, attributes: Mapping[str, str], at: datetime) -> None:
        code = attributes.get("exitCode") or attributes.get("containerExitCode") or ""
        self._tell(at, f"container/{name}", EventKind.DIED, "exit code" if code else "", after=code)
        self._died[container] = at
        if ending := self._endings.get(container):
            ending.died_at = at

    def _removed(self, container: str, name: str, attributes: Mapping[str, str], at: datetime) -> None:
        """Take in that a container is gone: no news where it removed itself when it was done, or was replaced."""
        died, killed = self._died.pop(container, None), self._endings.pop(container, None)
        self._names.pop(container, None)
        by_itself = died is not None and killed is None and at - died <= TOGETHER
        if by_itself:
            self.creations = [creation for creation in self.creations if creation.id != container]
        place, image = place_of(name, attributes), attributes.get("image", "")
        made = Made(image=image, labels=told_labels(attributes))
        current, _ = self._known.setdefault(place, (container, made))
        successors = (one for one in self.creations if one.place == place and one.id != container)
        if not (by_itself or orchestrated(attributes) or current != container or any(successors)):
            self._removals[place] = _event(
                at, f"container/{name}", EventKind.REMOVED, before=image, actor=owner_of(attributes)
            )

    def _renamed(self, name: str, attributes: Mapping[str, str], at: datetime) -> None:
        old = lasting_name(attributes.get("oldName", "").lstrip("/"), attributes)
        if old and old != name:
            self._tell(at, f"container/{name}", EventKind.OTHER, "Name", old, name)
            if old in self._known:
                self._known[name] = self._known.pop(old)

    def _made(self, creation: Creation, inspected: Made | None) -> None:
        """Tell of a container that was made: as changes of the one that had its place, where there was one."""
        at, subject, actor = creation.at, f"container/{creation.name}", owner_of(creation.labels)
        now = inspected or Made(image=creation.image, labels=told_labels(creation.labels))
        _, before = self._known.pop(creation.place, ("", None))
        self._known[creation.place] = (creation.id, now)
        if (removal := self._removals.get(creation.place)) and removal.at <= at:
            del self._removals[creation.place]  # it was replaced
        changed = differences(before, now) if before else ()
        for one in changed:
            self._told.append(_event(at, subject, one.kind, one.field, one.before, one.after, actor=actor))
            self._endpoints.forget(creation.id, one.field)
        if not changed and creation.updated:
            self._told.append(_event(at, subject, EventKind.TEMPLATE, actor=actor))
        elif not (changed or now.fleeting or orchestrated(creation.labels)):
            self._told.append(_event(at, subject, EventKind.CREATED, after=creation.image, actor=actor))

    def _ended(self, until: datetime | None) -> Iterator[Event]:
        """Yield the containers that somebody ended or sent a signal, once that was no part of something else."""
        for container, ending in list(self._endings.items()):
            clear = ending.died_at if ending.signal in _ENDING else ending.at
            if until is not None and until - (clear or ending.at) < (TOGETHER if clear else _FORGOTTEN):
                continue
            del self._endings[container]
            told = ("State.Status", "running", "stopped") if ending.stopped else ("signal", "", _named(ending.signal))
            if clear is not None:
                yield _event(ending.at, f"container/{ending.name}", EventKind.OTHER, *told)

    def _connected(self, until: datetime | None) -> Iterator[Event]:
        for one in self._endpoints.clear(until):
            name = self._names.get(one.container)
            if name and self._learn(one.container, one.field, one.after):
                kind = EventKind.NETWORK
                yield _event(one.at, f"container/{name}", kind, one.field, one.before, one.after)

    def _learn(self, container: str, field: str, value: str) -> bool:
        """Remember what an event tells of a container, and say whether its last inspection did not show it yet."""
        for place, (known, made) in self._known.items():
            if known == container and made.rest is not None:
                if made.rest.get(field, "") == value:
                    return False
                rest = {name: old for name, old in made.rest.items() if name != field}
                self._known[place] = (known, replace(made, rest=rest | ({field: value} if value else {})))
        return True

    def _image(self, event: wire.Event) -> None:
        named = event.actor.attributes.get("name", "")
        if event.action == "pull" and not event.actor.attributes.get("error"):
            self._tell(event.at, f"image/{tagged(event.actor.id)}", EventKind.PULLED)
        elif event.action == "tag" and named:
            self.tagged(event.at, {tagged(named): event.actor.id})

    def _thing(self, event: wire.Event) -> None:
        removed = event.action in _REMOVING
        name = event.actor.attributes.get("name", "") if event.type == "network" else event.actor.id
        if (removed or event.action == "create") and name and not is_anonymous(name):
            self._tell(event.at, f"{event.type}/{name}", EventKind.REMOVED if removed else EventKind.CREATED)

    def _tell(
        self, at: datetime, subject: str, kind: EventKind, field: str = "", before: str = "", after: str = ""
    ) -> None:
        self._told.append(_event(at, subject, kind, field, before, after))


def _event(
    at: datetime,
    subject: str,
    kind: EventKind,
    field: str = "",
    before: str = "",
    after: str = "",
    actor: str | None = None,
) -> Event:
    return Event(
        at=at,
        source=SOURCE,
        subject=shortened(subject),
        kind=kind,
        field=shortened(field),
        before=shortened(before),
        after=shortened(after),
        actor=shortened(actor or ""),
    )


def _named(number: int) -> str:
    return signal.Signals(number).name if number in signal.valid_signals() else str(number)
