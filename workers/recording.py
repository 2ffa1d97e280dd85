"""A recorder process: a thread for each target of its zones that can be watched."""

import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import timedelta
from functools import partial
from uuid import uuid4

import redis
import structlog

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.targets import Target
from sickbay.health import HealthServer
from sickbay.jobs.availability import available
from sickbay.jobs.broker import connect
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.event_log import LEASE, EventLog
from sickbay.shapes import build_shapes
from workers.recorder import Recorder

log = structlog.get_logger()

#: Seconds that the watches have to end when the recorder is told to stop. What they did not write by then they see
#: again: the next recorder goes on where the last written batch ended.
FINISH_SECONDS = 3.0


def run_recorder(
    *,
    redis_url: str,
    zones: Sequence[str],
    targets: Mapping[str, Target],
    keep: timedelta,
    most_events: int,
    stopping: threading.Event,
    http: tuple[str, int] | None = None,
) -> None:
    """Record until `stopping` is set. `http` is where /healthz and /metrics are answered. Raises AddressError."""
    build_shapes("sickbay")
    client = connect(redis_url, sender=True)
    event_log = EventLog(client, keep=keep, most=most_events)
    name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    platforms = catalogue.load_platforms()
    watched = [target for target in targets.values() if target.zone in zones and platforms[target.platform].watching]
    recorders = [
        Recorder(event_log, target, partial(platforms[target.platform].watch, target), holder=name, stopping=stopping)
        for target in watched
    ]
    # Daemons: one that hangs in a call to its target must not keep the process.
    threads = [threading.Thread(target=each.run, name="recorder", daemon=True) for each in recorders]
    with HealthServer(*http, lambda: _ailment(client)) if http else nullcontext():
        for thread in threads:
            thread.start()
        log.info("recorder started", recorder=name, targets=[target.name for target in watched])
        while not stopping.wait(LEASE.total_seconds() / 3):
            with suppress(QueueUnavailableError):  # the others need not wait for it too
                for each in recorders:
                    each.stay()
        deadline = time.monotonic() + FINISH_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def _ailment(client: redis.Redis) -> str:
    try:
        with available():
            client.ping()
    except QueueUnavailableError as error:
        return str(error)
    return ""
