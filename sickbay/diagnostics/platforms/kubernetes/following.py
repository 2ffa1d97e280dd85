"""What changes between two looks at one object, by its kind: what a watch remembers of it, and the events it makes.

Pure, but for what it remembers. Where the snapshot of a diagnosis tells of the same change, it is told in the same
words (see changing.py), so that both are known to be one.
"""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.changing import rolled_out
from sickbay.diagnostics.platforms.kubernetes.differences import MOST, compared, differences
from sickbay.diagnostics.platforms.kubernetes.edits import created
from sickbay.diagnostics.platforms.kubernetes.resources import ResourceKind
from sickbay.diagnostics.platforms.kubernetes.revisions import Rollout
from sickbay.diagnostics.platforms.kubernetes.scaling import scaling_event
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource, Writer, Written
from sickbay.diagnostics.platforms.kubernetes.wire.watched import WatchedConfigMap, WatchedSpec
from sickbay.diagnostics.platforms.kubernetes.writers import named, writers

R = TypeVar("R", bound=Resource)
S = TypeVar("S")
#: Of this process alone: nobody can guess a value by its digest.
_KEY = secrets.token_bytes(16)
#: What writes for an autoscaler.
_IN_EACH_NAMESPACE = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"})
_CONTROLLERS = "kube-controller-manager"


class Remembered(Struct, frozen=True, gc=False):
    """The content of an object, as bytes that take little room, and when it was last written."""

    content: bytes
    written: datetime | None


class Follower(ABC, Generic[R, S]):
    """How objects of one kind are followed: `state` is what must be remembered of one to tell what changes next."""

    #: What is read of an object.
    shape: type[R]

    def __init__(self, kind: ResourceKind) -> None:
        self.kind = kind

    def subject(self, item: Resource) -> Subject:
        """Give the object as findings name it."""
        return Subject(self.kind.kind, item.name)

    @abstractmethod
    def state(self, item: R) -> S:
        """Give what is remembered of an object."""

    @abstractmethod
    def changed(self, item: R, before: S, now: datetime) -> Iterator[Event]:
        """Yield what changed of it; `now` is told where the object does not say when."""

    def made(self, item: R) -> Iterator[Event]:
        """Yield that it is new."""
        if isinstance(item, Written):
            yield created(self.subject(item), item.metadata)

    def gone(self, subject: Subject, now: datetime) -> Iterator[Event]:
        """Yield that it is not there any more."""
        yield Event(at=now, source=source_of(subject), subject=str(subject), kind=EventKind.REMOVED)


class Specifications(Follower[WatchedSpec, Remembered]):
    """Objects whose specification is what people change: services, policies, quotas."""

    shape = WatchedSpec

    def __init__(self, kind: ResourceKind, change: EventKind) -> None:
        super().__init__(kind)
        self._change = change

    def state(self, item: WatchedSpec) -> Remembered:
        """Give what is remembered of it."""
        return Remembered(msgspec.json.encode(item.spec), _written(item))

    def changed(self, item: WatchedSpec, before: Remembered, now: datetime) -> Iterator[Event]:
        """Yield what changed of it."""
        spec = _decoded(before.content)
        if spec != item.spec:
            at, actor = _by(item, before.written, now)
            subject = self.subject(item)
            for one in compared("spec", spec, item.spec):
                yield Event(
                    at=at, source=source_of(subject), subject=str(subject), kind=self._change, field=one.field,
                    before=one.before, after=one.after, actor=actor,
                )  # fmt: skip


class Autoscalers(Specifications):
    """Autoscalers; `scaled` has each by the workload that it scales."""

    def __init__(self, kind: ResourceKind) -> None:
        super().__init__(kind, EventKind.CONFIG)
        self.scaled: dict[Subject, Subject] = {}
        self._scales: dict[Subject, Subject] = {}

    def state(self, item: WatchedSpec) -> Remembered:
        """Give what is remembered of it."""
        autoscaler, target = self.subject(item), item.spec.get("scaleTargetRef")
        self._forget(autoscaler)
        if isinstance(target, Mapping):
            workload = Subject(str(target.get("kind", "")).lower(), f"{item.metadata.namespace}/{target.get('name')}")
            self.scaled[workload], self._scales[autoscaler] = autoscaler, workload
        return super().state(item)

    def gone(self, subject: Subject, now: datetime) -> Iterator[Event]:
        """Yield that it is not there any more: it scales nothing from now on."""
        self._forget(subject)
        yield from super().gone(subject, now)

    def _forget(self, autoscaler: Subject) -> None:
        workload = self._scales.pop(autoscaler, None)
        if workload and self.scaled.get(workload) == autoscaler:
            del self.scaled[workload]


class Workloads(Follower[WatchedSpec, Remembered]):
    """Deployments, StatefulSets and DaemonSets: their templates, and how many pods they are to have."""

    shape = WatchedSpec

    def __init__(self, kind: ResourceKind, scaled: Mapping[Subject, Subject]) -> None:
        super().__init__(kind)
        self._scaled = scaled

    def state(self, item: WatchedSpec) -> Remembered:
        """Give what is remembered of it."""
        return Remembered(msgspec.json.encode(item.spec), _written(item))

    def made(self, item: WatchedSpec) -> Iterator[Event]:
        """Yield that it is new."""
        yield created(self.subject(item), item.metadata, _images(item.spec))

    def changed(self, item: WatchedSpec, before: Remembered, now: datetime) -> Iterator[Event]:
        """Yield what changed of it."""
        old, subject = _decoded(before.content), self.subject(item)
        if old == item.spec:
            return
        if differs := differences(_mapping(old.get("template")), _mapping(item.spec.get("template"))):
            at, actor = _by(item, before.written, now, lambda one: one.owns("template"))
            generation = item.metadata.generation
            source = f"{source_of(subject)}, generation {generation}"
            rollout = Rollout(source=source, number=generation, at=at, differences=differs)
            yield from rolled_out(subject, rollout, actor)
        was, wanted = str(old.get("replicas", "")), str(item.spec.get("replicas", ""))
        if was != wanted:
            yield self._scaling(item, before, now, was, wanted)
        for one in compared("spec", _others(old), _others(item.spec)):
            at, actor = _by(item, before.written, now)
            yield Event(
                at=at, source=source_of(subject), subject=str(subject), kind=EventKind.TEMPLATE, field=one.field,
                before=one.before, after=one.after, actor=actor,
            )  # fmt: skip

    def _scaling(self, item: WatchedSpec, before: Remembered, now: datetime, was: str, wanted: str) -> Event:
        subject = self.subject(item)
        at, actor = _by(item, before.written, now, lambda one: one.owns("replicas"))
        if actor == _CONTROLLERS and (autoscaler := self._scaled.get(subject)):
            actor = str(autoscaler)
        return replace(scaling_event(subject, at, source_of(subject), was, wanted), actor=actor)


class Digests(Struct, frozen=True, gc=False):
    """The digest of each value of a ConfigMap, and when it was last written."""

    by_key: Mapping[str, bytes]
    written: datetime | None


class ConfigMaps(Follower[WatchedConfigMap, Digests]):
    """ConfigMaps: which of their keys changed, never what stands in them."""

    shape = WatchedConfigMap

    def made(self, item: WatchedConfigMap) -> Iterator[Event]:
        """Yield that it is new."""
        if not _comes_along(item.name):
            yield from super().made(item)

    def gone(self, subject: Subject, now: datetime) -> Iterator[Event]:
        """Yield that it is not there any more."""
        if not _comes_along(subject.name):
            yield from super().gone(subject, now)

    def state(self, item: WatchedConfigMap) -> Digests:
        """Give what is remembered of it."""
        values = {**item.data, **item.binary_data}
        return Digests({key: _digest(value) for key, value in values.items()}, _written(item))

    def changed(self, item: WatchedConfigMap, before: Digests, now: datetime) -> Iterator[Event]:
        """Yield what changed of it."""
        after = self.state(item).by_key
        if after == before.by_key:
            return
        at, actor = _by(item, before.written, now)
        subject = self.subject(item)
        keys = [key for key in {**before.by_key, **after} if before.by_key.get(key) != after.get(key)]
        for key in keys[:MOST]:
            yield Event(
                at=at, source=source_of(subject), subject=str(subject), kind=EventKind.CONFIG, field=f"data[{key}]",
                actor=actor or _owner_of(item, key),
            )  # fmt: skip


def _comes_along(name: str) -> bool:
    """Say whether it is there by itself in each namespace: only what changes in it is news."""
    return name.rpartition("/")[2] in _IN_EACH_NAMESPACE


def _owner_of(item: WatchedConfigMap, key: str) -> str:
    """Give the only one who owns a key, and so wrote it last: some API servers leave their time as it was."""
    owners = [
        one for one in item.metadata.managed_fields if f"f:{key}" in {**one.fields.data, **one.fields.binary_data}
    ]
    return named(item.metadata, owners[0]) if len(owners) == 1 else ""


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode(), digest_size=8, key=_KEY).digest()


def _anything(writer: Writer) -> bool:
    owned = writer.fields
    return bool(owned.spec or owned.data or owned.binary_data)


def _by(
    item: Written,
    before: datetime | None,
    now: datetime,
    owning: Callable[[Writer], bool] = _anything,
) -> tuple[datetime, str]:
    """Give when, and by whom, it was written since it was last seen; now, and nobody, where nobody put that down."""
    latest = next(writers(item.metadata, owning), None)
    if latest is None or latest.time is None or (before and latest.time <= before):
        return now, ""
    return latest.time, named(item.metadata, latest)


def _written(item: Written) -> datetime | None:
    times = [one.time for one in item.metadata.managed_fields if one.time and one.subresource != "status"]
    return max(times, default=None)


def _others(spec: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in spec.items() if name not in {"template", "replicas"}}


def _images(spec: Mapping[str, object]) -> list[str]:
    template = _mapping(_mapping(spec.get("template")).get("spec"))
    containers = template.get("containers")
    listed = containers if isinstance(containers, list) else []
    return [str(one.get("image", "")) for one in listed if isinstance(one, Mapping)]


def _decoded(content: bytes) -> Mapping[str, object]:
    return _mapping(msgspec.json.decode(content))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def source_of(subject: Subject) -> str:
    """Say where it was read."""
    return f"watch of {subject}"
