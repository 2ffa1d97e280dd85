"""Whether the recorder keeps up, and how quickly what changed is told: recorder and embedded Valkey on one machine.

- recorder: 1,000 events a second for a while, a tenth of them changes, no two alike, ten a batch, from what a watch
  yields to what Valkey holds. Cores are the processor time of the recorder and of Valkey, by the clock on the wall; the
  floor is the same JSON appended with nothing but redis-py. Then as many as it can.
- what changed in 24 hours: of 1,000,000 events, of which a hundredth are changes; and where all of them are changes, of
  which the newest are read. The floor is redis-py reading the same entries.

It ends with an error where the recorder falls behind, or an event is missing.
"""

import argparse
import logging
import multiprocessing
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import psutil
import redis

from bench.figures import tell
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.event_log import MOST_READ, EventLog
from sickbay.logs import set_up_logging
from sickbay.shapes import build_shapes
from workers.recorder import Recorder

TARGET = DockerTarget(name="host", zone="default", host="unix:///nowhere/docker.sock")
A_BATCH = 10
#: One event in so many is a change.
CHANGES = 10
#: How many events are remembered.
MEMORY = 1_000_000
_DAY = 86_400
#: Seconds that a batch may wait to be written.
_BEHIND = 1.0

T = TypeVar("T")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a recorder measured of itself: seconds, and the megabytes of its peak."""

    wall: float
    processor: float
    slowest: float
    peak: float


def event(number: int, *, change: bool, at: datetime) -> Event:
    """Give an event that is like no other."""
    pod = f"shop/api-{number % 997:x}-{number:07x}"
    if change:
        return Event(
            at=at, source=f"ReplicaSet {pod}", subject=f"deployment/shop/api-{number % 97}", kind=EventKind.IMAGE,
            field="containers[api].image", before=f"registry.example.com/shop/api:1.{number}",
            after=f"registry.example.com/shop/api:1.{number + 1}", actor=f"helm release api revision {number}",
        )  # fmt: skip
    return Event(
        at=at, source="pod status", subject=f"pod/{pod}", kind=EventKind.DIED, field="containers[api]",
        after=f"exit code {number % 256}, restart {number}",
    )  # fmt: skip


def batches(first: int, count: int, *, one_in: int, a_batch: int) -> Iterator[Batch]:
    """Give `count` events in batches, of which one in so many is a change."""
    for start in range(first, first + count, a_batch):
        now = datetime.now(UTC)
        events = tuple(
            event(n, change=n % one_in == 0, at=now) for n in range(start, min(start + a_batch, first + count))
        )
        yield Batch(until=now, cursor=str(start), events=events)


def record(url: str, count: int, per_second: float, into: "multiprocessing.Queue[Figures]") -> None:
    """Be a recorder whose watch sees `count` events at a steady rate, or at once where that is 0, and then ends."""
    set_up_logging(process="bench", level=logging.WARNING)
    build_shapes("sickbay")
    stopping, begun, slowest = threading.Event(), time.perf_counter(), 0.0

    def watch(_cursor: str, _stopping: threading.Event) -> Iterator[Batch]:
        nonlocal slowest
        for number, batch in enumerate(batches(0, count, one_in=CHANGES, a_batch=A_BATCH), start=1):
            due = begun + number * A_BATCH / per_second if per_second else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            yield batch
            slowest = max(slowest, time.perf_counter() - due)
        stopping.set()

    Recorder(EventLog(connect(url, sender=True)), TARGET, watch, holder="bench", stopping=stopping).run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    into.put(Figures(wall=time.perf_counter() - begun, processor=time.process_time(), slowest=slowest, peak=peak))


def append(url: str, count: int, per_second: float, into: "multiprocessing.Queue[Figures]") -> None:
    """Append the same events in the same batches with nothing but redis-py."""
    client, begun = connect(url, sender=True), time.perf_counter()
    for number, batch in enumerate(batches(0, count, one_in=CHANGES, a_batch=A_BATCH), start=1):
        time.sleep(max(0.0, begun + number * A_BATCH / per_second - time.perf_counter()))
        with client.pipeline(transaction=False) as pipeline:
            for each in batch.events:
                pipeline.xadd("plain", {"event": msgspec.json.encode(each)})
            pipeline.execute()
    into.put(Figures(wall=time.perf_counter() - begun, processor=time.process_time(), slowest=0.0, peak=0.0))


def cores(work: Callable[..., None], count: int, per_second: float) -> tuple[Figures, float]:
    """Let a process write to a Valkey of its own; give what it measured, and the cores that both took."""
    with tempfile.TemporaryDirectory(prefix="sickbay-bench-") as directory, EmbeddedValkey(Path(directory)) as valkey:
        client = connect(valkey.url, sender=True)
        server = psutil.Process(int(client.info("server")["process_id"]))
        into: multiprocessing.Queue[Figures] = (spawning := multiprocessing.get_context("spawn")).Queue()
        process = spawning.Process(target=work, args=(valkey.url, count, per_second, into))
        before = sum(server.cpu_times()[:2])
        process.start()
        figures = into.get()
        process.join()
        served = sum(server.cpu_times()[:2]) - before
        written = sum(int(client.xlen(key)) for key in client.scan_iter(_type="stream"))
        if written != count:
            raise SystemExit(f"{count - written} of {count} events are missing")
    return figures, (figures.processor + served) / figures.wall


def recorder(seconds: float, per_second: float) -> dict[str, float]:
    count = int(seconds * per_second)
    steady, taken = cores(record, count, per_second)
    if steady.slowest > _BEHIND:
        raise SystemExit(f"a batch waited for {steady.slowest:.1f} s: the recorder falls behind")
    _, floor = cores(append, count, per_second)
    flat_out, _ = cores(record, count, 0.0)
    return {
        "events_a_second": per_second,
        "cores": round(taken, 3),
        "floor_cores": round(floor, 3),
        "slowest_batch_ms": round(steady.slowest * 1000, 1),
        "peak_mb": round(steady.peak, 1),
        "most_a_second": round(count / flat_out.wall),
    }


def history(name: str, *, one_in: int, times: int) -> dict[str, float]:
    """Remember a day's events, and ask what changed."""
    with tempfile.TemporaryDirectory(prefix="sickbay-bench-") as directory, EmbeddedValkey(Path(directory)) as valkey:
        client = connect(valkey.url, sender=True)
        begun, moment = time.time() - _DAY + 60, 0.0
        log = EventLog(client, most=MEMORY, clock=lambda: moment)
        for number in range(MEMORY // 1000):
            moment = begun + number * (_DAY - 60) * 1000 / MEMORY
            now = datetime.fromtimestamp(moment, UTC)
            events = tuple(event(n, change=n % one_in == 0, at=now) for n in range(number * 1000, number * 1000 + 1000))
            log.record(TARGET.zone, TARGET.name, Batch(until=now, cursor=str(number), events=events), "bench")
        now = datetime.now(UTC)
        told, took = _median(lambda: log.history(TARGET.zone, TARGET.name, now - timedelta(days=1), now), times)
        if len(told.changes) != min(MEMORY // one_in, MOST_READ):
            raise SystemExit(f"only {len(told.changes)} changes were told")
        _, floor = _median(lambda: _entries(client), times)
        memory = int(client.info("memory")["used_memory"])
    return {
        f"{name}_events": MEMORY,
        f"{name}_changes_told": len(told.changes),
        f"{name}_s": round(took, 3),
        f"{name}_floor_s": round(floor, 3),
        f"{name}_valkey_mb": round(memory / 1024**2),
    }


def _entries(client: redis.Redis) -> object:
    return client.xrevrange(f"sickbay:changes:{TARGET.zone}:{TARGET.name}", count=MOST_READ)


def _median(work: Callable[[], T], times: int) -> tuple[T, float]:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - begun)
    return result, statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--rate", type=float, default=1000.0, help="events a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long")
    parser.add_argument("--times", type=int, default=5, help="how often is asked what changed")
    arguments = parser.parse_args()
    figures = recorder(arguments.seconds, arguments.rate)
    figures |= history("day", one_in=100, times=arguments.times)
    figures |= history("changes", one_in=1, times=arguments.times)
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
