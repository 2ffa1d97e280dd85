"""A recorder process for the chaos tests: the real one, whose target is a file to which a line is added for each event.

The watch takes up at the line that its cursor says; of the lines, the target remembers only the last so many. It is cut
every twenty batches.
"""

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.jobs import event_log
from sickbay.jobs.model import KEEP_EVENTS, MOST_EVENTS
from workers.recording import run_recorder

TARGET = DockerTarget(name="host", zone="alpha", host="unix:///nowhere/docker.sock")
#: How soon a killed recorder is followed.
LEASE = timedelta(seconds=2)
_BATCHES = 20
_EVERY = 0.02


def happened(line: str) -> Event:
    """Give the event of a line."""
    return Event(at=datetime.now(UTC), source="file", subject=f"container/{line}", kind=EventKind.CONFIG)


def watch(target: DockerTarget, cursor: str, stopping: threading.Event) -> Iterator[Batch]:
    """Watch the file that the target's label names."""
    seen = int(cursor or 0)
    for _ in range(_BATCHES):
        if stopping.wait(_EVERY):
            return
        lines = Path(target.labels["file"]).read_text().split()
        first = max(seen, len(lines) - int(target.labels["remembers"]))
        lost = "the file remembers no more" if first > seen else ""
        seen = len(lines)
        events = tuple(happened(line) for line in lines[first:])
        yield Batch(until=datetime.now(UTC), cursor=str(seen), events=events, lost=lost)


def record(redis_url: str, file: Path, remembers: int) -> None:
    """Be a recorder until SIGTERM."""
    docker = msgspec.structs.replace(catalogue.load_platforms()["docker"], watching=f"{__name__}:watch")
    catalogue.load_platforms = cache(lambda: {"docker": docker})
    event_log.LEASE = LEASE
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    labels = {"file": str(file), "remembers": str(remembers)}
    run_recorder(
        redis_url=redis_url,
        zones=["alpha"],
        targets={"host": TARGET.model_copy(update={"labels": labels})},
        keep=KEEP_EVENTS,
        most_events=MOST_EVENTS,
        stopping=stopping,
    )
