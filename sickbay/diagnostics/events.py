"""What happened in a target, in one form for all platforms: what a recorder writes down and a snapshot tells.

Times are timezone-aware UTC.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

#: A moment with its time zone: without one it cannot be compared with others.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
#: The most characters of a value before or after, and of any other word of an event.
LONGEST_VALUE = 500
#: What stands for a value that may not be told, and for one that took its place.
A_VALUE, ANOTHER_VALUE = "a value", "another value"
_Word = Annotated[str, msgspec.Meta(max_length=LONGEST_VALUE)]


class EventKind(StrEnum):
    """What kind of thing happened: first those by which somebody changed something, which may be causes."""

    IMAGE = "image"
    TEMPLATE = "template"
    CONFIG = "config"
    SCALE = "scale"
    RESTART = "restart"
    CREATED = "created"
    REMOVED = "removed"
    TAG = "tag"
    NODE_JOINED = "node joined"
    NODE_LOST = "node lost"
    NODE_CHANGED = "node changed"
    CERTIFICATE = "certificate"
    ENGINE = "engine"
    NETWORK = "network"
    OTHER = "other"

    STARTED = "started"
    DIED = "died"
    OUT_OF_MEMORY = "out of memory"
    UNHEALTHY = "unhealthy"
    HEALTHY = "healthy"
    PULLED = "pulled"

    @property
    def is_change(self) -> bool:
        """Say whether somebody, or something outside, changed the target: all else only happened in it."""
        return self not in _HAPPENINGS


_HAPPENINGS = frozenset(
    {
        EventKind.STARTED,
        EventKind.DIED,
        EventKind.OUT_OF_MEMORY,
        EventKind.UNHEALTHY,
        EventKind.HEALTHY,
        EventKind.PULLED,
    }
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one entity.

    `source` is where it was read, in the platform's words (`docker events`, `ReplicaSet shop/api-7d9f`). `subject` is
    the entity as findings name it, `kind/name`. `field` is what of it changed, in the platform's words
    (`containers[api].image`), from `before` to `after`; each is empty where there is none or it is not known. `actor`
    is who did it, as the platform knows them: a person, a role, a field manager, a deployment tool.
    """

    at: Moment
    source: _Word
    subject: _Word
    kind: EventKind
    field: _Word = ""
    before: _Word = ""
    after: _Word = ""
    actor: _Word = ""


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nobody watched, and why."""

    since: Moment
    until: Moment
    reason: _Word


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at for changes, from `since` to `until`: where each was read, and when nobody watched."""

    since: Moment
    until: Moment
    sources: tuple[str, ...] = ()
    holes: tuple[Hole, ...] = ()


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a target in a time, the oldest first, and how far one may rely on these being all."""

    changes: tuple[Event, ...] = ()
    coverage: Coverage | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The changes that a snapshot tells of by itself, and where it read them, each a few words: `12 ReplicaSets`."""

    changes: tuple[Event, ...] = ()
    sources: tuple[str, ...] = ()


class Likelihood(StrEnum):
    """How sure it is that a change caused a finding."""

    LIKELY = "likely"
    POSSIBLE = "possible"


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """The change that most likely caused a finding, the next likely one, and what would tell the two apart.

    `onset` is when the finding, or the first of what it explains, was first seen; None where that is not known.
    """

    change: Event
    likelihood: Likelihood = Likelihood.POSSIBLE
    onset: Moment | None = None
    runner_up: Event | None = None
    tell_apart: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What a watch saw since its last batch: all that happened before `until`.

    `cursor` is where a later watch takes up, in the platform's own words. `lost` says, in a sentence, why what happened
    between the last batch (of this watch or the one before) and this one's beginning cannot be had; empty where nothing
    is missing. A watch that sees nothing yields an empty batch every ten seconds or so.
    """

    until: Moment
    cursor: str = ""
    events: tuple[Event, ...] = ()
    lost: str = ""


def shortened(value: str) -> str:
    """Give the value as short as an event carries it."""
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
