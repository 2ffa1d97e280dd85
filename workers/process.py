"""A worker process: its threads take jobs of its zones, it beats for each of them, and ends without losing one."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from uuid import uuid4

import dramatiq
import redis
import structlog

from sickbay.diagnostics.targets import Target
from sickbay.health import HealthServer
from sickbay.jobs.broker import HEARTBEAT_TIMEOUT, WORKER_TIMEOUT, connect, make_broker
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.event_log import EventLog
from sickbay.jobs.model import BOT_ZONE
from sickbay.jobs.queue import BEAT_EXPIRES, DELIVERY, Queue
from sickbay.shapes import build_shapes
from workers.diagnose import Diagnosing

log = structlog.get_logger()

#: Seconds that running jobs have to end when the worker is told to stop; then they are given back to the queue.
FINISH_SECONDS = 3.0
#: Milliseconds that all of it has, giving back included; what hangs longer comes back as the job of a lost worker.
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
    make: Callable[..., Diagnosing] = Diagnosing,
) -> None:
    """Work until `stopping` is set. `http` is where /healthz and /metrics are answered. Raises AddressError.

    `make` makes what runs the jobs.
    """
    build_shapes("sickbay")
    broker = make_broker(connect(redis_url, sender=False))
    broker.declare_queue(DELIVERY)
    beat_expires = min(BEAT_EXPIRES, heartbeat_timeout / 4000)
    client = connect(redis_url, sender=True)
    queue = Queue(client, broker, beat_expires=beat_expires)
    # Restarted containers have their old name and process id: the rest tells them from who they were.
    name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    history = EventLog(client).history
    diagnosing = make(queue, targets, worker=name, longest_budget_s=longest_budget_s, history=history)
    # Reports have threads of their own, so that people never wait behind them.
    shares = [
        (threads, [f"diagnose.{zone}" for zone in zones]),
        (max(1, threads // 4), [f"report.{zone}" for zone in zones if zone != BOT_ZONE]),
    ]
    consumers = [
        _consumer(redis_url, diagnosing, queues, share, heartbeat_timeout) for share, queues in shares if queues
    ]
    with HealthServer(*http, lambda: _ailment(queue)) if http else nullcontext():
        _beat(queue, zones, name)
        with _working(consumers, diagnosing):
            log.info("worker started", worker=name, zones=list(zones), threads=threads)
            while not stopping.wait(beat_expires / 3):
                _beat(queue, zones, name)
    with suppress(QueueUnavailableError):
        for zone in zones:
            queue.leave(zone, name)


def _consumer(
    redis_url: str, diagnosing: Diagnosing, queues: Sequence[str], threads: int, heartbeat_timeout: int
) -> dramatiq.Worker:
    """Make the threads for some queues; a broker takes one such set."""
    broker = make_broker(connect(redis_url, sender=False), heartbeat_timeout=heartbeat_timeout)
    for queue in queues:
        diagnosing.declare(broker, queue)
    worker = dramatiq.Worker(broker, queues=set(queues), worker_threads=threads, worker_timeout=WORKER_TIMEOUT)
    # No job waits here behind a slow one while another worker of the zone is free.
    worker.queue_prefetch = threads
    return worker


@contextmanager
def _working(consumers: Sequence[dramatiq.Worker], diagnosing: Diagnosing) -> Iterator[None]:
    """Run the threads that diagnose; when it ends, jobs under way are finished, given back, or left to be found."""
    for consumer in consumers:
        consumer.start()
    try:
        yield
    finally:
        patience = threading.Timer(FINISH_SECONDS, diagnosing.giving_back.set)
        patience.start()
        with ThreadPoolExecutor(len(consumers)) as stopping:
            list(stopping.map(_stop, consumers))
        patience.cancel()


def _stop(worker: dramatiq.Worker) -> None:
    try:
        worker.stop(timeout=GRACE)
    except redis.RedisError as error:
        log.warning("ended without Redis: its jobs come back as those of a lost worker", error=str(error))


def _beat(queue: Queue, zones: Sequence[str], name: str) -> None:
    """Tell that this worker is there."""
    with suppress(QueueUnavailableError):
        for zone in zones:
            queue.beat(zone, name)


def _ailment(queue: Queue) -> str:
    try:
        queue.ping()
    except QueueUnavailableError as error:
        return str(error)
    return ""
