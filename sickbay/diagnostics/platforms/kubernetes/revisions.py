"""How workloads came to be what they are: the revisions that ReplicaSets and ControllerRevisions keep of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.differences import Difference, differences
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.templates import RawTemplate

#: `Scaled down replica set api-7d9f to 1 from 3`; the last two words since Kubernetes 1.26. What happens often is
#: told in one event, whose message begins with that.
SCALED = re.compile(
    r"(?:\(combined from similar events\): )?"
    r"Scaled (?P<way>up|down) replica set (?P<name>\S+) to (?P<after>\d+)(?: from (?P<before>\d+))?"
)

#: So soon follows a step of one rollout on the step before.
_STEP = timedelta(minutes=1)


class Revision(Struct, frozen=True, kw_only=True):
    """A template that a workload's pods were made from, who keeps it (`ReplicaSet shop/api-7d9f`), since when.

    Each time that it came into use again it got a new number; `earlier` are those before, where they are kept.
    """

    keeper: str
    number: int
    created_at: datetime
    template: RawTemplate
    earlier: tuple[int, ...] = ()


class Maker(Struct, frozen=True, kw_only=True):
    """A ReplicaSet by its name alone, since when it is there, and whether it came into use again."""

    name: str
    created_at: datetime
    returned: bool = False


class Rollout(Struct, frozen=True, kw_only=True):
    """The change of one revision for the next: where that is kept, when it began, what differs.

    `back` where the template is an older one that came into use again. `maker` is the ReplicaSet that took over.
    """

    source: str
    number: int
    at: datetime
    differences: tuple[Difference, ...]
    back: bool = False
    maker: str = ""


class Revisions(Struct, frozen=True, kw_only=True):
    """What was read of a workload's past: its rollouts, the oldest first, its ReplicaSets, its events of scaling."""

    workload: Subject
    rollouts: tuple[Rollout, ...] = ()
    makers: tuple[Maker, ...] = ()
    scalings: tuple[Event, ...] = ()


def rollouts(
    revisions: Iterable[Revision], written_at: datetime | None, since: datetime, scalings: Iterable[Event] = ()
) -> Iterator[Rollout]:
    """Yield the rollouts since a moment. `written_at` is when the workload's template was last written.

    A revision that had a number before, or is older than the one before it, came back: it was that writing that brought
    the last of them, and of those before only the events of scaling tell when.
    """
    uses = sorted(((number, one) for one in revisions for number in (*one.earlier, one.number)), key=itemgetter(0))
    returned = [
        new.created_at < old.created_at or any(earlier < number for earlier in new.earlier)
        for (_, old), (number, new) in pairwise(uses)
    ]
    known = [None if back else new.created_at for back, (_, new) in zip(returned, uses[1:], strict=True)]
    if returned and returned[-1]:
        known[-1] = written_at
    events, last = tuple(scalings), len(known) - 1
    for place, (_, old) in reversed(list(enumerate(uses[:-1]))):
        if known[place] is None and place < last:
            known[place] = _taken_over(old, known[:place], known[place + 1 :], events)
    for at, back, ((_, old), (number, new)) in zip(known, returned, pairwise(uses), strict=True):
        if at and at >= since and (differs := differences(old.template, new.template)):
            source = f"{new.keeper}, revision {number}" + (", rolled back" if back else "")
            maker = _named(new)
            yield Rollout(source=source, number=number, at=at, differences=differs, back=back, maker=maker)


def _taken_over(
    old: Revision, before: Sequence[datetime | None], after: Sequence[datetime | None], events: Iterable[Event]
) -> datetime | None:
    """Give when a ReplicaSet last began to shrink as another took over, between the rollouts before and after.

    Of an event that happened again, only the last time is known. That the other grew is no sign: it may be scaled.
    """
    begins = next((at for at in reversed(before) if at), old.created_at)
    ends = next((at for at in after if at), None)
    moments = (
        event.last_seen for event in events
        if (found := SCALED.match(event.message)) and (found["way"], found["name"]) == ("down", _named(old))
    )  # fmt: skip
    began: datetime | None = None
    for at in sorted((at for at in moments if begins < at and (ends is None or at < ends)), reverse=True):
        if began and began - at > _STEP:
            break
        began = at
    return began


def _named(revision: Revision) -> str:
    """Give the name of what keeps a revision, as events of its workload have it."""
    return revision.keeper.rpartition("/")[2]
