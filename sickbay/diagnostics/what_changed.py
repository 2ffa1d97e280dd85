"""What changed in a target: what a recorder wrote down and what the snapshots tell by themselves, as one history."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from sickbay.diagnostics.events import Coverage, Event, EventKind, History, Hole, Told
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.targets import Request

#: Of the changes of a window, so many are told, the newest.
MOST_CHANGES = 200
#: What is wrong since the window's beginning may be so because of what changed before it.
LEAD = timedelta(hours=1)
#: A recorder sees a change when it is told of it, a snapshot has the time that the target wrote: so far apart they are
#: the same change. The slowest recorder asks every 30 s.
_SAME = timedelta(minutes=2)
#: Targets write whole seconds, and their clocks differ: moments so close together may be one.
GRACE = timedelta(seconds=5)
#: What of a thing is new where it was made anew.
_OF_ITS_MAKING = frozenset({EventKind.IMAGE, EventKind.TEMPLATE, EventKind.CONFIG})
#: Where nobody wrote down what happened.
UNWATCHED = "no recorder watches this target: a change that left no trace in it is missing"


def since(request: Request, now: datetime) -> datetime:
    """Give the moment from which changes count: a diagnosis looks somewhat further back than its window."""
    return now - request.window - (timedelta(0) if request.changes else LEAD)


def merged(told: Iterable[Told], recorded: History, *, since: datetime, until: datetime) -> History:
    """Give the changes since a moment, each once, the oldest first, and who watched until now, which is `until`."""
    told = tuple(told)
    changes = sorted((change for change in recorded.changes if change.kind.is_change), key=_at)
    known: dict[tuple[str, str], list[tuple[datetime, int]]] = {}
    for number, change in enumerate(changes):
        known.setdefault((change.subject, change.kind), []).append((change.at, number))
    lately = (change for part in told for change in part.changes if change.at >= since - _SAME)
    for change in (change for change in lately if change.kind.is_change):
        near = known.get((change.subject, change.kind), [])
        twin = next((number for number in _between(near, change.at) if _same(changes[number], change)), None)
        if twin is None:
            changes.append(change)
        else:
            changes[twin] = _joined(changes[twin], change)
    within = sorted((change for change in changes if change.at >= since), key=_at)
    return History(changes=tuple(_without_making(within)), coverage=_coverage(told, recorded, since, until))


def concerning(
    history: History, scope: str, roots: Iterable[Subject], upstream: Mapping[Subject, frozenset[Subject]]
) -> History:
    """Give the changes of what a scope names, and of what the `roots`, which lie in it, depend on."""
    near = set(roots) | set(upstream)
    near |= frozenset[Subject]().union(*(upstream.get(root, ()) for root in tuple(near)))
    kept = tuple(change for change in history.changes if _named(change, scope) or subject_of(change) in near)
    return replace(history, changes=kept)


def removal(history: History, scope: str) -> str:
    """Give a sentence, after a space, that says when what a scope names was removed; nothing where nobody saw it go."""
    gone = (change for change in reversed(history.changes) if change.kind is EventKind.REMOVED)
    last = next((change for change in gone if _named(change, scope)), None)
    if last is None:
        return ""
    by = f", by {last.actor}" if last.actor else ""
    return f" {last.subject} was removed at {last.at:%H:%M:%S} UTC on {last.at:%d %b}{by}."


def newest(history: History) -> tuple[tuple[Event, ...], Coverage | None]:
    """Give the changes that a report carries, the newest first, and the coverage, which says what is left out."""
    changes, coverage = history.changes[::-1], history.coverage
    if len(changes) <= MOST_CHANGES or coverage is None:
        return changes, coverage
    kept = changes[:MOST_CHANGES]
    reason = f"{len(changes) - MOST_CHANGES} older changes are left out"
    left_out = Hole(since=coverage.since, until=kept[-1].at, reason=reason)
    return kept, replace(coverage, holes=(*coverage.holes, left_out))


def together(one: Event, other: Event) -> bool:
    """Say whether both are one change, of several fields: they came, and are taken back, together.

    That a thing was removed is never one with what it was before, or with the making of the next of its name.
    """
    removed = EventKind.REMOVED in {one.kind, other.kind}
    return one.subject == other.subject and abs(one.at - other.at) <= GRACE and not removed


def subject_of(change: Event) -> Subject:
    """Give what changed as findings name it."""
    kind, _, name = change.subject.partition("/")
    return Subject(kind, name)


def _named(change: Event, scope: str) -> bool:
    """Say whether a scope names what changed: `NAME`, `KIND/NAME`, `NAMESPACE/KIND/NAME`, or the namespace alone."""
    kind, _, name = change.subject.partition("/")
    namespace, _, own = name.partition("/")
    return scope in {name, change.subject, f"{namespace}/{kind}/{own}"} or name.startswith(f"{scope}/")


def _at(change: Event) -> datetime:
    return change.at


def _without_making(changes: Sequence[Event]) -> Iterator[Event]:
    """Yield the changes, without the making of what was made anew: what is new of it says more."""
    others: dict[str, list[datetime]] = {}
    for change in changes:
        if change.kind in _OF_ITS_MAKING:
            others.setdefault(change.subject, []).append(change.at)
    for change in changes:
        moments = others.get(change.subject, [])
        at = bisect_left(moments, change.at - GRACE)
        anew = at < len(moments) and moments[at] <= change.at + GRACE
        if not (anew and change.kind is EventKind.CREATED):
            yield change


def _between(moments: Sequence[tuple[datetime, int]], at: datetime) -> Iterator[int]:
    """Yield the numbers of the moments, which are in order, that are about the same as one."""
    for moment, number in moments[bisect_left(moments, (at - _SAME, 0)) :]:
        if moment > at + _SAME:
            return
        yield number


def _same(recorded: Event, told: Event) -> bool:
    """Say whether a snapshot tells of a recorded change; one of both may not know what, or what of it, changed."""
    ours, theirs = (recorded.field, recorded.after), (told.field, told.after)
    part = not told.after and recorded.field.startswith(f"{told.field}.")
    return part or ours == theirs or ("", "") in {ours, theirs}


def _joined(one: Event, other: Event) -> Event:
    """Give what both know of a change, at the earlier of their times: the later was told late."""
    first, second = sorted((one, other), key=lambda event: event.at)
    fields = ("field", "before", "after", "actor")
    return replace(first, **{name: getattr(first, name) or getattr(second, name) for name in fields})


def _coverage(told: Sequence[Told], recorded: History, since: datetime, until: datetime) -> Coverage:
    known = recorded.coverage or Coverage(since=since, until=until)
    holes = tuple(
        replace(hole, since=max(hole.since, since), until=min(hole.until, until))
        for hole in known.holes
        if hole.until > since and hole.since < until
    )
    if not known.sources and not holes:
        holes = (Hole(since=since, until=until, reason=UNWATCHED),)
    sources = dict.fromkeys((*known.sources, *(source for part in told for source in part.sources)))
    return Coverage(since=since, until=until, sources=tuple(sources), holes=holes)
