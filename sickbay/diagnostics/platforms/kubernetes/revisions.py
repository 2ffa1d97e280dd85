"""How workloads came to be what they are: the revisions that ReplicaSets and ControllerRevisions keep of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.differences import Difference, differences
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.templates import RawTemplate


class Revision(Struct, frozen=True, kw_only=True):
    """A template that a workload's pods were made from, who keeps it (`ReplicaSet shop/api-7d9f`), since when."""

    keeper: str
    number: int
    created_at: datetime
    template: RawTemplate


class Maker(Struct, frozen=True, kw_only=True):
    """A ReplicaSet by its name alone, and since when it is there."""

    name: str
    created_at: datetime


class Rollout(Struct, frozen=True, kw_only=True):
    """The change of one revision for the next: where that is kept, when it began, what differs.

    `back` where the template is an older one that came into use again.
    """

    source: str
    number: int
    at: datetime
    differences: tuple[Difference, ...]
    back: bool = False


class Revisions(Struct, frozen=True, kw_only=True):
    """What was read of a workload's past: its rollouts, the oldest first, its ReplicaSets, its events of scaling."""

    workload: Subject
    rollouts: tuple[Rollout, ...] = ()
    makers: tuple[Maker, ...] = ()
    scalings: tuple[Event, ...] = ()


def rollouts(revisions: Iterable[Revision], written_at: datetime | None, since: datetime) -> Iterator[Rollout]:
    """Yield the rollouts since a moment. `written_at` is when the workload's template was last written.

    A revision that is older than the one before it came back: then it was that writing that brought it.
    """
    ordered = sorted(revisions, key=lambda one: one.number)
    for old, new in pairwise(ordered):
        back = new.created_at < old.created_at
        at = written_at if back and new is ordered[-1] else None if back else new.created_at
        if at is None or at < since:
            continue
        if differs := differences(old.template, new.template):
            source = f"{new.keeper}, revision {new.number}" + (", rolled back" if back else "")
            yield Rollout(source=source, number=new.number, at=at, differences=differs, back=back)
