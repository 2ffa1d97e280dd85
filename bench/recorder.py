"""Whether the recorder keeps up, and how quickly what changed is told: recorder and embedded Valkey on one machine.

- recorder: a Docker engine of 500 containers on which 1,000 things a second happen, from its stream of events to what
  Valkey holds. Containers start and die; one event in twenty is a container that is made, which is inspected. Cores are
  the processor time of the recorder's process and of Valkey, by the clock on the wall, without the engine's; the floor
  is a bare client that appends each line as it comes. Then as many as it can.
- what changed in 24 hours: of 1,000,000 events, of which a hundredth are changes; and where all of them are changes, of
  which the newest are read. The floor is redis-py reading the same entries.

It ends with an error where the recorder falls behind, or an event is missing.
"""

import argparse
import http.client
import json
import logging
import multiprocessing
import signal
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

import psutil
import redis

from bench.figures import tell
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.event_log import MOST_READ, EventLog
from sickbay.jobs.model import KEEP_EVENTS
from sickbay.logs import set_up_logging
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler, inspection
from workers.recording import run_recorder

CONTAINERS = 500
#: One event in so many is a container that is made.
MADE = 20
#: How many events are remembered where is asked what changed.
MEMORY = 1_000_000
ZONE, NAME = "default", "local"
_DAY = 86_400
#: Seconds that an event may take from the engine to Valkey: a watch of Docker gives a batch a second.
_BEHIND = 5.0

T = TypeVar("T")


class Engine(FakeEngine):
    """An engine that sends so many events at a steady rate, or as it can where that is 0, to who asks for them."""

    def __init__(self, count: int, per_second: float) -> None:
        super().__init__()
        self.containers(*(inspection(f"web-{number}") for number in range(CONTAINERS)))
        self.json("/images/json", [])
        self.json("/networks/bridge", {"Name": "bridge", "Created": "2026-11-23T08:00:00Z"})
        self.routes["/events"] = self._serve
        self.go, self.sent = threading.Event(), threading.Event()
        self._lines = [_line(number) for number in range(count)]
        self._per_second = per_second

    def _serve(self, handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while not self.go.wait(0.1):
            handler.wfile.write(b"1\r\n\n\r\n")
        begun = time.perf_counter()
        for start in range(0, len(self._lines), 10):
            if self._per_second:
                time.sleep(max(0.0, begun + start / self._per_second - time.perf_counter()))
            chunk = b"".join(self._lines[start : start + 10])
            handler.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.sent.set()
        while True:
            time.sleep(0.1)
            handler.wfile.write(b"1\r\n\n\r\n")


def _line(number: int) -> bytes:
    """Give an event that is like no other."""
    at = time.time_ns() + number * 1000
    made = number % MADE == 0
    name = f"job-{number}" if made else f"web-{number // 2 % CONTAINERS}"
    attributes = {"name": name, "image": f"registry.example.com/shop/api:1.{number}"}
    action = "create" if made else "die" if number % 2 else "start"
    if action == "die":
        attributes["exitCode"] = str(number % 256)
    actor = {"ID": name.encode().hex().ljust(64, "0"), "Attributes": attributes}
    event = {"Type": "container", "Action": action, "Actor": actor, "time": at // 10**9, "timeNano": at}
    return json.dumps(event).encode() + b"\n"


def record(url: str, host: str) -> None:
    """Be a recorder of that engine."""
    set_up_logging(process="bench", level=logging.WARNING)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    run_recorder(
        redis_url=url,
        zones=[ZONE],
        targets={NAME: DockerTarget(name=NAME, host=host)},
        keep=KEEP_EVENTS,
        most_events=MEMORY,
        stopping=stopping,
    )


def append(url: str, host: str) -> None:
    """Append each line of that engine as it comes."""
    client, connection = connect(url, sender=True), http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(host.removeprefix("unix://"))
    connection.request("GET", "/events")
    client.hset(f"sickbay:watched:{ZONE}:{NAME}", "until", "0")
    for line in connection.getresponse():
        if line.strip():
            client.xadd(f"sickbay:happenings:{ZONE}:{NAME}", {"event": line})


class Run(NamedTuple):
    """What it took: cores, events a second, and the most megabytes that the process held."""

    cores: float
    per_second: float
    peak_mb: float


def run(work: Callable[[str, str], None], count: int, per_second: float) -> Run:
    """Let a process write what an engine tells to a Valkey of its own."""
    with tempfile.TemporaryDirectory(prefix="sickbay-bench-") as directory, EmbeddedValkey(Path(directory)) as valkey:
        client, engine = connect(valkey.url, sender=True), Engine(count, per_second)
        process = multiprocessing.get_context("spawn").Process(target=work, args=(valkey.url, engine.target.host))
        process.start()
        taking = [psutil.Process(process.pid), psutil.Process(int(client.info("server")["process_id"]))]
        _until(lambda: client.exists(f"sickbay:watched:{ZONE}:{NAME}"), within=30)
        before, begun = _processor(taking), time.perf_counter()
        engine.go.set()
        engine.sent.wait()
        _until(lambda: _written(client) >= count, within=_BEHIND if per_second else 300)
        wall, taken = time.perf_counter() - begun, _processor(taking) - before
        (peak,) = (
            int(line.split()[1]) / 1024
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM:")
        )
        process.terminate()
        process.join(10)
        process.kill()
        if (written := _written(client)) != count:
            raise SystemExit(f"{written} events were written, and {count} happened")
        engine.close()
    return Run(taken / wall, count / wall, peak)


def _written(client: redis.Redis) -> int:
    return sum(int(client.xlen(f"sickbay:{kind}:{ZONE}:{NAME}")) for kind in ("changes", "happenings"))


def _processor(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _until(holds: Callable[[], object], *, within: float) -> None:
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("the recorder falls behind")
        time.sleep(0.05)


def recorder(seconds: float, per_second: float) -> dict[str, float]:
    count = int(seconds * per_second)
    steady, floor, most = run(record, count, per_second), run(append, count, per_second), run(record, count, 0.0)
    return {
        "events_a_second": per_second,
        "cores": round(steady.cores, 3),
        "floor_cores": round(floor.cores, 3),
        "peak_mb": round(max(steady.peak_mb, most.peak_mb), 1),
        "most_a_second": round(most.per_second),
    }


def _day(one_in: int) -> Iterator[tuple[float, tuple[Event, ...]]]:
    """Give the events of a day, a thousand at a time, of which one in so many is a change."""
    begun = time.time() - _DAY + 60
    for first in range(0, MEMORY, 1000):
        moment = begun + first * (_DAY - 60) / MEMORY
        at = datetime.fromtimestamp(moment, UTC)
        yield moment, tuple(_change(n, at) if n % one_in == 0 else _death(n, at) for n in range(first, first + 1000))


def _change(number: int, at: datetime) -> Event:
    api = f"shop/api-{number % 97}"
    return Event(
        at=at, source=f"ReplicaSet {api}-{number:x}", subject=f"deployment/{api}", kind=EventKind.IMAGE,
        field="containers[api].image", before=f"registry.example.com/shop/api:1.{number}",
        after=f"registry.example.com/shop/api:1.{number + 1}", actor=f"helm release api revision {number}",
    )  # fmt: skip


def _death(number: int, at: datetime) -> Event:
    return Event(
        at=at, source="pod status", subject=f"pod/shop/api-{number:x}", kind=EventKind.DIED, field="containers[api]",
        after=f"exit code {number % 256}, restart {number}",
    )  # fmt: skip


def history(name: str, *, one_in: int, times: int) -> dict[str, float]:
    """Remember a day's events, and ask what changed."""
    with tempfile.TemporaryDirectory(prefix="sickbay-bench-") as directory, EmbeddedValkey(Path(directory)) as valkey:
        client, moment = connect(valkey.url, sender=True), 0.0
        log = EventLog(client, most=MEMORY, clock=lambda: moment)
        for moment, events in _day(one_in):
            log.record(ZONE, NAME, Batch(until=events[0].at, cursor=str(moment), events=events), "bench")
        now = datetime.now(UTC)
        told, took = _median(lambda: log.history(ZONE, NAME, now - timedelta(days=1), now), times)
        if len(told.changes) != min(MEMORY // one_in, MOST_READ):
            raise SystemExit(f"only {len(told.changes)} changes were told")
        _, floor = _median(lambda: client.xrevrange(f"sickbay:changes:{ZONE}:{NAME}", count=MOST_READ), times)
        memory = int(client.info("memory")["used_memory"])
    return {
        f"{name}_events": MEMORY,
        f"{name}_told": len(told.changes),
        f"{name}_s": round(took, 3),
        f"{name}_floor_s": round(floor, 3),
        f"{name}_valkey_mb": round(memory / 1024**2),
    }


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
