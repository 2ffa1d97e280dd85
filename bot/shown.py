"""What is known of what Slack shows of a job or of an incident: a hash of message key to `Shown` in Redis.

`thread:<zone>:<token>` is of a job, `thread:incident:<number>:<since>` of an incident.
"""

from datetime import timedelta

import msgspec
import redis

from sickbay.jobs.queue import KEEP, NAMESPACE


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one message: no ts while only its post was begun, `gone` when somebody deleted it.

    `thread` is the thread it stands in, empty where it stands in the channel itself.
    """

    ts: str = ""
    thread: str = ""
    hash: str = ""
    at: float = 0.0
    gone: bool = False

    @property
    def place(self) -> str:
        """Give the thread in which an answer to this message stands."""
        return self.thread or self.ts


class Memory:
    """Keeps what is shown, for as long as a job is kept where nothing else is said."""

    def __init__(self, client: redis.Redis, job_id: str, *, namespace: str = NAMESPACE, keep: timedelta = KEEP) -> None:
        self._redis = client
        self._keep = keep
        self._name = f"{namespace}:thread:{job_id.replace('.', ':', 1)}"

    def get(self, key: str) -> Shown | None:
        """Give what is known of a message; None where its post was never begun."""
        written = self._redis.hget(self._name, key)
        return msgspec.json.decode(written, type=Shown) if isinstance(written, bytes) else None

    def put(self, key: str, shown: Shown) -> Shown:
        """Remember it, and give it back."""
        self._redis.hset(self._name, key, msgspec.json.encode(shown))
        self._redis.expire(self._name, self._keep)
        return shown

    def forget(self, key: str) -> None:
        """Forget a message whose post was begun and surely refused."""
        self._redis.hdel(self._name, key)
