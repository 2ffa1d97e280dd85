"""The broker, set as measured: which timeouts, which middlewares, how soon a lost worker's jobs come back."""

import socket
import sys

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Middleware, Retries, TimeLimit
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from sickbay.jobs.queue import NAMESPACE

#: Milliseconds without a sign of life until a process's jobs are given to others.
HEARTBEAT_TIMEOUT = 60_000
#: Of a million commands, how many look for jobs of lost workers.
MAINTENANCE_CHANCE = 50_000
#: Milliseconds that an idle worker waits between two looks at its queue: 43/82 ms from send to start (p50/p99).
WORKER_TIMEOUT = 100
#: Seconds that a sender waits for Redis: with its one retry that stays well inside Slack's three seconds.
SENDER_TIMEOUT = 0.5
#: Seconds until a worker notices that the network to Redis is gone, since its reads themselves never time out.
_NETWORK_TIMEOUT = 30


def connect(url: str, *, sender: bool) -> redis.Redis:
    """Make a client. A sender gives up within a second; a worker waits, since a read that times out strands jobs."""
    options: dict[str, object] = {"retry": Retry(ConstantBackoff(0.05), 1)}
    if sender:
        options |= {"socket_timeout": SENDER_TIMEOUT, "socket_connect_timeout": SENDER_TIMEOUT}
    else:
        options |= {"socket_timeout": None, "socket_connect_timeout": 5.0}
        if not url.startswith("unix:"):
            options |= {"socket_keepalive": True, "socket_keepalive_options": _keepalive()}
    return redis.Redis.from_url(url, **options)


def make_broker(
    client: redis.Redis, *, namespace: str = NAMESPACE, heartbeat_timeout: int = HEARTBEAT_TIMEOUT
) -> RedisBroker:
    """Make the broker over a client of `connect`."""
    broker = RedisBroker(  # type: ignore[no-untyped-call]  # its constructor carries no types
        client=client,
        namespace=namespace,
        heartbeat_timeout=heartbeat_timeout,
        maintenance_chance=MAINTENANCE_CHANCE,
        middleware=_middleware(),
    )
    _arm(broker)
    return broker


def make_stub_broker() -> StubBroker:
    """Make a broker that keeps messages in memory, with the same middlewares."""
    broker = StubBroker(middleware=_middleware())
    _arm(broker)
    return broker


def _arm(broker: dramatiq.Broker) -> None:
    """Start the clock of the time limits: dramatiq's own command line does it, which we do not use."""
    broker.emit_after("process_boot")


def _middleware() -> list[Middleware]:
    return [
        AgeLimit(),
        TimeLimit(),
        Retries(max_retries=20, min_backoff=1000, max_backoff=30_000),
    ]


def _keepalive() -> dict[int, int]:
    """Give the socket options by which the system itself finds out that the other end is gone, where it has them.

    A frozen Redis is none of that: its system still answers, and the worker goes on waiting.
    """
    if sys.platform != "linux":
        return {}
    return {
        socket.TCP_KEEPIDLE: _NETWORK_TIMEOUT // 2,
        socket.TCP_KEEPINTVL: _NETWORK_TIMEOUT // 6,
        socket.TCP_KEEPCNT: 3,
        socket.TCP_USER_TIMEOUT: _NETWORK_TIMEOUT * 1000,
    }
