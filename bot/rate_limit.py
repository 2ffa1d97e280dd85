"""Token buckets in Redis, shared by all replicas of the bot, that keep it inside Slack's limits.

chat.update is allowed about 50 times a minute for the whole workspace, chat.postMessage once a second a channel with
short bursts, and what is done to channels 20 times a minute (docs.slack.dev, rate limits, as of 2026): the buckets stay
a little below. Who is refused is told a moment
of its own, behind those who were refused before, so that a crowd does not come back all at once.
"""

import time
from collections.abc import Callable

import msgspec
import redis

_TAKE = """
local now, rate, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('hmget', KEYS[1], 'tokens', 'at', 'waiting')
local at = tonumber(held[2]) or now
if at - now > tonumber(ARGV[5]) then at = now end
local fresh = math.max(0, now - at) * rate
local tokens = math.min(most, (tonumber(held[1]) or most) + fresh)
local waiting = math.max(0, (tonumber(held[3]) or 0) - fresh)
local wait = 0
if tokens >= 1 then
  tokens = tokens - 1
else
  wait = math.min((1 - tokens + waiting) / rate, tonumber(ARGV[4]))
  waiting = waiting + 1
end
redis.call('hset', KEYS[1], 'tokens', tokens, 'at', math.max(at, now), 'waiting', waiting)
redis.call('expire', KEYS[1], math.ceil((most + waiting) / rate) + 1)
return tostring(wait)
"""

#: The most seconds until somebody who was refused asks again.
LONGEST_WAIT = 30.0
#: Seconds by which the clocks of replicas may differ: none of them earns tokens by that. A clock that is further behind
#: was set back.
CLOCKS_DIFFER = 60.0


class Bucket(msgspec.Struct, frozen=True):
    """So many tokens a second, and so many at once."""

    name: str
    rate: float
    most: float


UPDATES = Bucket("updates", 45 / 60, 10)


def posts(channel: str) -> Bucket:
    """Give the bucket for new messages in a channel."""
    return Bucket(f"posts:{channel}", 1.0, 5)


def seldom(method: str) -> Bucket:
    """Give the bucket for a method that is called for a whole channel, not for each message."""
    return Bucket(method, 8 / 60, 8)


class RateLimit:
    """Asks the buckets."""

    def __init__(self, client: redis.Redis, *, namespace: str, clock: Callable[[], float] = time.time) -> None:
        self._take = client.register_script(_TAKE)
        self._namespace = namespace
        self._clock = clock

    def take(self, bucket: Bucket) -> float:
        """Take a token; gives 0, or the seconds until it is this asker's turn."""
        key = f"{self._namespace}:bucket:{bucket.name}"
        return float(self._take([key], [self._clock(), bucket.rate, bucket.most, LONGEST_WAIT, CLOCKS_DIFFER]))
