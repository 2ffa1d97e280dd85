"""Edits of what workloads stand on: config maps, services, ingresses, policies, quotas, autoscalers, webhooks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sickbay.diagnostics.events import Event, EventKind, shortened
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Writer, Written, WrittenMeta
from sickbay.diagnostics.platforms.kubernetes.writers import from_outside, maker, named, writers

#: The kinds of objects whose specification is looked at, and what kind of change it is.
EDITED: Mapping[str, EventKind] = {
    "services": EventKind.NETWORK,
    "ingresses": EventKind.NETWORK,
    "networkpolicies": EventKind.NETWORK,
    "resourcequotas": EventKind.CONFIG,
    "poddisruptionbudgets": EventKind.CONFIG,
    "horizontalpodautoscalers": EventKind.CONFIG,
}
_WEBHOOKS = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")


def edited(cluster: Snapshot) -> Iterator[Event]:
    """Yield what was made or written; which field it was is told where the writer owns no other."""
    for plural, kind in EDITED.items():
        for item in getattr(cluster, plural):
            subject = Subject(KINDS[plural].kind, item.name)
            yield from _made(cluster, subject, item)
            for writer, at in _late(cluster, item, lambda one: bool(one.fields.spec)):
                yield _edit(subject, item, writer, at, kind, _only("spec.", writer.fields.spec))
    yield from _config_maps(cluster)
    for item in (item for plural in _WEBHOOKS for item in getattr(cluster, plural)):
        # Findings name the webhooks in it.
        for subject in (Subject("webhook", hook.name) for hook in item.webhooks):
            yield from _made(cluster, subject, item)
            for writer, at in _late(cluster, item, lambda one: one.fields.webhooks is not None):
                yield _edit(subject, item, writer, at, EventKind.CONFIG, "webhooks")


def created(subject: Subject, about: WrittenMeta, images: Sequence[str] = ()) -> Event:
    """Give the making of an object, with the images that it began with, where it has some and they are known."""
    return Event(
        at=about.created_at, source=_source(subject), subject=str(subject), kind=EventKind.CREATED,
        field="image" if images else "", after=shortened(", ".join(images)), actor=maker(about),
    )  # fmt: skip


def _config_maps(cluster: Snapshot) -> Iterator[Event]:
    """Yield the edits of config maps that pods read, and of the others those that came from outside.

    Many a component writes down in one how it is, every few seconds.
    """
    used = {subject.name for subjects in cluster.config_maps_of.values() for subject in subjects}
    for item in cluster.configmaps:
        for writer, at in _late(cluster, item, lambda one: bool(one.fields.data or one.fields.binary_data)):
            if item.name in used or from_outside(writer.manager):
                key = _only("data[", {**writer.fields.data, **writer.fields.binary_data})
                field = f"{key}]" if key else ""
                yield _edit(Subject("configmap", item.name), item, writer, at, EventKind.CONFIG, field)


def _made(cluster: Snapshot, subject: Subject, item: Written) -> Iterator[Event]:
    if item.metadata.created_at >= cluster.changes_start:
        yield created(subject, item.metadata)


def _edit(subject: Subject, item: Written, writer: Writer, at: datetime, kind: EventKind, field: str) -> Event:
    actor = named(item.metadata, writer)
    return Event(at=at, source=_source(subject), subject=str(subject), kind=kind, field=field, actor=actor)


def _late(cluster: Snapshot, item: Written, owning: Callable[[Writer], bool]) -> Iterator[tuple[Writer, datetime]]:
    found = ((one, one.time) for one in writers(item.metadata, owning) if one.time)
    yield from ((one, at) for one, at in found if at >= cluster.changes_start)


def _only(before: str, owned: Mapping[str, object]) -> str:
    """Give the one field that a writer owns; nothing where it owns several: which of them it wrote is not known."""
    names = [name.removeprefix("f:") for name in owned if name.startswith("f:")]
    return f"{before}{names[0]}" if len(names) == 1 else ""


def _source(subject: Subject) -> str:
    return f"managedFields of {subject}"
