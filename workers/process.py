"""A worker process: its threads take jobs of its zones, it beats for each of them, and ends without losing one."""

import os
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

import dramatiq
import structlog

from sickbay.diagnostics.targets import Target
from sickbay.health import HealthServer
from sickbay.jobs.broker import HEARTBEAT_TIMEOUT, WORKER_TIMEOUT, connect, make_broker
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.queue import BEAT_EXPIRES, Queue
from workers.diagnose import Diagnosing

log = structlog.get_logger()

#: Milliseconds that running jobs have to end when the worker is told to stop; the others go back to the queue.
GRACE = 5_000


def run_worker(
    *,
    redis_url: str,
    zones: Sequence[str],
    targets: Mapping[str, Target],
    threads: int,
    longest_budget_s: float,
    stopping: threading.Event,
    http: tuple[str, int] | None = None,
    heartbeat_timeout: int = HEARTBEAT_TIMEOUT,
) -> None:
    """Work until `stopping` is set. `http` is where /healthz and /metrics are answered."""
    client = connect(redis_url, sender=False)
    broker = make_broker(client, heartbeat_timeout=heartbeat_timeout)
    broker.declare_queue("delivery")
    queue = Queue(connect(redis_url, sender=True), broker)
    name = f"{socket.gethostname()}:{os.getpid()}"
    diagnosing = Diagnosing(queue, targets, worker=name)
    for zone in zones:
        diagnosing.declare(broker, zone, longest_budget_s=longest_budget_s)
    worker = dramatiq.Worker(
        broker,
        queues={f"diagnose.{zone}" for zone in zones},
        worker_threads=threads,
        worker_timeout=WORKER_TIMEOUT,
    )
    worker.start()
    log.info("worker started", worker=name, zones=list(zones), threads=threads)
    if http is None:
        _beat(queue, zones, name, stopping)
    else:
        with HealthServer(*http, lambda: _ailment(queue)):
            _beat(queue, zones, name, stopping)
    worker.stop(timeout=GRACE)
    with suppress(QueueUnavailableError):
        for zone in zones:
            queue.leave(zone, name)


def _beat(queue: Queue, zones: Sequence[str], name: str, stopping: threading.Event) -> None:
    """Tell every few seconds that this worker is there, until it should stop."""
    while True:
        with suppress(QueueUnavailableError):
            for zone in zones:
                queue.beat(zone, name)
        if stopping.wait(BEAT_EXPIRES / 3):
            return


def _ailment(queue: Queue) -> str:
    try:
        queue.ping()
    except QueueUnavailableError as error:
        return str(error)
    return ""
