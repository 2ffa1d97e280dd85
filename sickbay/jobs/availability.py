"""What a call to Redis ends in when Redis does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import dramatiq
import redis

from sickbay.jobs.errors import QueueUnavailableError


@contextmanager
def available() -> Iterator[None]:
    """Turn every refusal of Redis into ours: one that is full, or loads, or fails over, is one that does not answer."""
    try:
        yield
    except (redis.RedisError, dramatiq.errors.BrokerConnectionError) as error:
        raise QueueUnavailableError(str(error)) from error
