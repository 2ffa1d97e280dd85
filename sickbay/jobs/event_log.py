"""The memory of what happened in targets: what recorders write to Redis, and diagnoses read.

Keys, under the namespace (`sickbay`), each of a target in its zone:

    changes:<zone>:<target>        stream: the events by which something changed, each as JSON
    happenings:<zone>:<target>     stream: all other events, likewise
    holes:<zone>:<target>          stream: since, until, reason of a time in which nobody watched
    watched:<zone>:<target>        hash: cursor, batch (the last one, told from others), began, until, kept (what is
                                   older was thrown away), trouble (why nothing can be watched now); moments are
                                   seconds since 1970
    recorder:<zone>:<target>       who records the target, until that expires

Changes stand apart, since they are few: what changed in a day is read without all that happened in it. The streams are
trimmed by age and by size, and forgotten when nobody has written for as long as they keep. A batch is one script, so it
is written with its cursor or not at all, and once even where it is sent twice.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import redis

from sickbay.diagnostics.events import Batch, Coverage, Event, History, Hole, shortened
from sickbay.jobs import event_scripts as scripts
from sickbay.jobs.availability import available
from sickbay.jobs.errors import NotRecorderError
from sickbay.jobs.model import KEEP_EVENTS, MOST_EVENTS
from sickbay.jobs.queue import NAMESPACE

#: Of the changes of a time, how many are read at most: the newest.
MOST_READ = 20_000
#: A recorder that gave no sign of life for so long has lost its target to whoever asks for it.
LEASE = timedelta(seconds=10)
#: What was not written for so long is not watched: a watch gives an empty batch every ten seconds, one that asks again
#: and again every 40 at the latest.
STALE = timedelta(seconds=90)

SOURCE = "recorder"

#: What a number raises that is no moment, and bytes that are no text.
_NO_MOMENT = (ValueError, OverflowError, OSError)

_Entry = tuple[bytes, dict[bytes, bytes]]
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Event)


class EventLog:
    """Write down what recorders see, and tell it. Raises QueueUnavailableError wherever Redis does not answer."""

    def __init__(
        self,
        client: redis.Redis,
        *,
        namespace: str = NAMESPACE,
        keep: timedelta = KEEP_EVENTS,
        most: int = MOST_EVENTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = client
        self._namespace = namespace
        self._keep = keep
        self._most = most
        self._clock = clock
        self._acquire, self._release, self._record = (
            client.register_script(text) for text in (scripts.ACQUIRE, scripts.RELEASE, scripts.RECORD)
        )

    def acquire(self, zone: str, target: str, holder: str) -> bool:
        """Become the recorder of a target, or stay it, for LEASE from now on; False while another one is."""
        with available():
            answer = self._acquire([self._key("recorder", zone, target)], [holder, _milliseconds(LEASE)])
        return int(answer) != scripts.REFUSED

    def release(self, zone: str, target: str, holder: str) -> None:
        """Let another be the recorder of a target at once."""
        with available():
            self._release([self._key("recorder", zone, target)], [holder])

    def cursor(self, zone: str, target: str) -> str:
        """Give where a watch takes up, as the last batch said; empty where there was none."""
        with available():
            written: bytes | None = self._redis.hget(self._key("watched", zone, target), "cursor")  # type: ignore[assignment]  # sync client
        return (written or b"").decode(errors="replace")

    def record(self, zone: str, target: str, batch: Batch, holder: str) -> None:
        """Write down a batch, and stay the recorder of the target for LEASE. Repeat at will.

        Raises NotRecorderError, and writes nothing, where another one is.
        """
        changes = [_ENCODER.encode(event) for event in batch.events if event.kind.is_change]
        happenings = [_ENCODER.encode(event) for event in batch.events if not event.kind.is_change]
        keys = [self._key(kind, zone, target) for kind in ("recorder", "watched", "changes", "happenings", "holes")]
        arguments: list[str | float | bytes] = [
            holder,
            _milliseconds(LEASE),
            self._clock(),
            int(self._keep.total_seconds()),
            self._most,
            hashlib.sha256(_ENCODER.encode(batch)).hexdigest()[:24],
            batch.until.timestamp(),
            batch.cursor,
            batch.lost,
            "the clock was set back: moments in this time are uncertain",
            len(changes),
            *changes,
            *happenings,
        ]
        with available():
            if self._record(keys, arguments) == scripts.REFUSED:
                raise NotRecorderError(target)

    def trouble(self, zone: str, target: str, reason: str) -> None:
        """Say, in a sentence, why the target cannot be watched: that holds until the next batch."""
        with available():
            key = self._key("watched", zone, target)
            self._redis.hset(key, "trouble", reason)
            self._redis.expire(key, self._keep)

    def history(self, zone: str, target: str, since: datetime, until: datetime) -> History:
        """Give the changes of a time, the newest MOST_READ of them, and when nobody watched.

        The coverage has a source only where a recorder has ever watched the target.
        """
        with available():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.hgetall(self._key("watched", zone, target))
            pipeline.xrevrange(self._key("changes", zone, target), "+", _first_id(since), MOST_READ + 1)
            pipeline.xrange(self._key("holes", zone, target))
            watched, changes, holes = pipeline.execute()
        if not watched:
            return History(coverage=Coverage(since=since, until=until))
        events, broken = _events(changes[:MOST_READ], since, until)
        try:
            found = [
                *_unwatched(watched, since, until),
                *(_hole(fields) for _, fields in holes),
                *_unread(changes, since),
            ]
        except (KeyError, *_NO_MOMENT):
            found = [Hole(since=since, until=until, reason="what the recorder wrote of itself cannot be read")]
        if broken:
            found.append(Hole(since=since, until=until, reason=f"{broken} recorded changes cannot be read"))
        sources = (SOURCE,) if b"began" in watched else ()
        coverage = Coverage(since=since, until=until, sources=sources, holes=_within(found, since, until))
        return History(changes=events, coverage=coverage)

    def events(self, zone: str, target: str, since: datetime, until: datetime, limit: int) -> tuple[Event, ...]:
        """Give the newest `limit` events of a time, changes and all others, the oldest first."""
        with available():
            pipeline = self._redis.pipeline(transaction=False)
            for kind in ("changes", "happenings"):
                pipeline.xrevrange(self._key(kind, zone, target), "+", _first_id(since), limit)
            entries = [entry for found in pipeline.execute() for entry in found]
        return _events(entries, since, until)[0][-limit:]

    def _key(self, kind: str, zone: str, target: str) -> str:
        return f"{self._namespace}:{kind}:{zone}:{target}"


def _events(entries: Sequence[_Entry], since: datetime, until: datetime) -> tuple[tuple[Event, ...], int]:
    """Give the events of a time, the oldest first, and how many entries are none that this version can read.

    An event happened before it was written down, whatever a clock of its target says.
    """
    events, broken = [], 0
    for name, fields in entries:
        try:
            event = _DECODER.decode(fields[b"event"])
            within = since <= event.at and (event.at <= until or _written_at(name) <= until)
        except (KeyError, msgspec.MsgspecError, *_NO_MOMENT):
            broken += 1
            continue
        if within:
            events.append(event)
    # Of one moment, what was written down first comes first.
    events.reverse()
    events.sort(key=lambda event: event.at)
    return tuple(events), broken


def _unwatched(watched: dict[bytes, bytes], since: datetime, until: datetime) -> Iterator[Hole]:
    """Give the time before the first batch, and that after the last."""
    trouble = watched.get(b"trouble", b"").decode(errors="replace")
    # Most reasons say by themselves that it cannot be watched.
    told = "" if not trouble or "cannot be watched" in trouble else "the recorder cannot watch: "
    why = f"{told}{trouble}" or "no recorder has written since"
    if b"began" not in watched:
        yield Hole(since=since, until=until, reason=shortened(why))
        return
    began, ended, kept = (_moment(watched[name]) for name in (b"began", b"until", b"kept"))
    if began >= kept:
        yield Hole(since=since, until=began, reason="no recorder had begun to watch")
    else:
        yield Hole(since=since, until=kept, reason="what is older is not kept")
    if until - ended > STALE:
        yield Hole(since=ended, until=until, reason=shortened(why))


def _unread(changes: Sequence[_Entry], since: datetime) -> Iterator[Hole]:
    """Give the time of the changes that are too many to be read."""
    if len(changes) > MOST_READ:
        oldest = _written_at(changes[MOST_READ - 1][0])
        yield Hole(since=since, until=oldest, reason=f"of more than {MOST_READ:,} changes the older ones are not read")


def _hole(fields: dict[bytes, bytes]) -> Hole:
    return Hole(
        since=_moment(fields[b"since"]),
        until=_moment(fields[b"until"]),
        reason=fields[b"reason"].decode(errors="replace"),
    )


def _within(holes: Iterable[Hole], since: datetime, until: datetime) -> tuple[Hole, ...]:
    """Give the holes that reach into a time, as far as they do, the first ones first."""
    cut = (Hole(since=max(hole.since, since), until=min(hole.until, until), reason=hole.reason) for hole in holes)
    return tuple(sorted((hole for hole in cut if hole.since < hole.until), key=lambda hole: hole.since))


def _moment(written: bytes) -> datetime:
    return datetime.fromtimestamp(float(written), UTC)


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1000)


def _first_id(since: datetime) -> int:
    """Give the first id that an event of that moment or later can have."""
    return int(since.timestamp() * 1000)


def _written_at(name: bytes) -> datetime:
    return datetime.fromtimestamp(int(name.partition(b"-")[0]) / 1000, UTC)
