"""Who scaled a workload, when, from how many pods to how many, as its events and `managedFields` tell it."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.revisions import SCALED, Revisions
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Writer, WrittenMeta
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import HorizontalPodAutoscaler
from sickbay.diagnostics.platforms.kubernetes.writers import named, writers

FIELD = "spec.replicas"
#: In this time after its ReplicaSet was made, or after the older ones shrank, a Deployment grows because it rolls out.
_ROLLING = timedelta(seconds=10)
_Read = tuple[datetime, re.Match[str]]
#: So far apart the event, the writing and the autoscaler's own note are of the same scaling.
_SAME = timedelta(seconds=60)


def scaled(cluster: Snapshot) -> Iterator[Event]:
    """Yield the scalings of workloads."""
    autoscalers = {item.scaled: item for item in cluster.horizontalpodautoscalers}
    past = {item.workload: item for item in cluster.revisions}
    for plural in ("deployments", "statefulsets"):
        for item in getattr(cluster, plural):
            subject = Subject(KINDS[plural].kind, item.name)
            autoscaler = autoscalers.get(subject)
            events = list(_from_events(past[subject])) if subject in past else []
            for event in events:
                yield _by(event, item.metadata, autoscaler)
            for writer in writers(item.metadata, _scales):
                if writer.time and not any(abs(event.at - writer.time) <= _SAME for event in events):
                    event = scaling_event(
                        subject, writer.time, f"managedFields of {subject}", "", str(item.spec.replicas)
                    )
                    events.append(event)
                    yield _by(event, item.metadata, autoscaler)
            at = autoscaler.status.last_scale_time if autoscaler else None
            if autoscaler and at and not any(abs(event.at - at) <= _SAME for event in events):
                after = str(autoscaler.status.desired_replicas)
                event = scaling_event(subject, at, f"status of horizontalpodautoscaler/{autoscaler.name}", "", after)
                yield _by(event, item.metadata, autoscaler)


def _from_events(past: Revisions) -> Iterator[Event]:
    """Yield what the Deployment's events tell of scaling that was no part of a rollout."""
    dated = sorted(((item.last_seen, item.message) for item in past.scalings), key=lambda pair: pair[0])
    read = [(at, found) for at, message in dated if (found := SCALED.match(message))]
    known: dict[str, str] = {}
    returned = {maker.name for maker in past.makers if maker.returned}
    for at, found in read:
        name, after = found["name"], found["after"]
        before = found["before"] or known.get(name, "")
        known[name] = after
        # What grew from nothing may have been scaled, or have come back.
        came_back = name in returned and found["way"] == "up" and before in {"", "0"}
        if name == _in_charge(past, read, at) and not came_back and not _rolling(past, read, at, found):
            source = f"ScalingReplicaSet event of {past.workload}"
            yield scaling_event(past.workload, at, source, before, after)


def _in_charge(past: Revisions, read: Sequence[_Read], at: datetime) -> str:
    """Give the ReplicaSet that was made, took over or grew last before a time."""
    known = [(maker.created_at, maker.name) for maker in past.makers]
    known += [(rollout.at, rollout.maker) for rollout in past.rollouts]
    known += [(when, found["name"]) for when, found in read if found["way"] == "up"]
    return max((item for item in known if item[0] <= at), default=(at, ""))[1]


def _rolling(past: Revisions, read: Sequence[_Read], at: datetime, found: re.Match[str]) -> bool:
    """Say whether a ReplicaSet grew or shrank because one takes over from another.

    It does so as it comes back or another does. It grows as it is made, or about when older ones shrink, or before they
    do and another is made; it shrinks right before another grows.
    """
    name = found["name"]
    if any(one.back and abs(one.at - at) <= _ROLLING for one in past.rollouts):
        return True
    others = [(when, other["way"]) for when, other in read if other["name"] != name]
    if found["way"] == "down":
        return any(way == "up" and at <= when <= at + _ROLLING for when, way in others)
    made = next((maker.created_at for maker in past.makers if maker.name == name), at)
    if at - made <= _ROLLING:
        return True
    following = min((maker.created_at for maker in past.makers if maker.created_at > at), default=None)
    return any(
        way == "down" and at - _ROLLING <= when and (following is None or when < following) for when, way in others
    )


def _by(event: Event, about: WrittenMeta, autoscaler: HorizontalPodAutoscaler | None) -> Event:
    """Name who did it: the autoscaler that noted a scaling at that time, else who wrote the number then."""
    noted = autoscaler.status.last_scale_time if autoscaler else None
    if autoscaler and noted and abs(event.at - noted) <= _SAME:
        return replace(event, actor=f"horizontalpodautoscaler/{autoscaler.name}")
    writer = next((one for one in writers(about, _scales) if one.time and abs(one.time - event.at) <= _SAME), None)
    return replace(event, actor=named(about, writer)) if writer else event


def _scales(writer: Writer) -> bool:
    """Say whether a writer's time is that of a scaling: one who writes the template too may have changed that alone."""
    return writer.owns("replicas") and (writer.subresource == "scale" or not writer.owns("template"))


def scaling_event(subject: Subject, at: datetime, source: str, before: str, after: str) -> Event:
    """Give a scaling from how many pods (nothing where that is not known) to how many."""
    return Event(
        at=at, source=source, subject=str(subject), kind=EventKind.SCALE, field=FIELD, before=before, after=after
    )
