"""Which requests of Slack were handled: `seen:<id>` in Redis, known to all replicas of the bot."""

from enum import Enum

import redis

from sickbay.jobs.queue import NAMESPACE

#: Seconds after which a request under way counts as lost with its bot: longer than a listener's calls to Slack take,
#: and shorter than the minute in which Slack sends an event again.
UNDER_WAY_EXPIRES = 30
#: Seconds for which a request that was handled is known: Slack's last repeat comes after six minutes, and a signature
#: is good for five.
DONE_EXPIRES = 3600

_UNDER_WAY, _DONE = b"under way", b"done"


class State(Enum):
    """What is known of a request."""

    NEW = "new"
    UNDER_WAY = "under way"
    DONE = "done"


class Seen:
    """Remembers requests by Slack's own ids. Raises redis.RedisError."""

    def __init__(self, client: redis.Redis, *, namespace: str = NAMESPACE) -> None:
        self._redis = client
        self._namespace = namespace

    def begin(self, request_id: str) -> State:
        """Say what is known of the request; where nothing is, it is under way from now on."""
        if self._redis.set(self._key(request_id), _UNDER_WAY, nx=True, ex=UNDER_WAY_EXPIRES):
            return State.NEW
        return State.DONE if self._redis.get(self._key(request_id)) == _DONE else State.UNDER_WAY

    def end(self, request_id: str, *, well: bool) -> None:
        """Remember that the request was handled, or forget it, so that it is handled when it comes again."""
        if well:
            self._redis.set(self._key(request_id), _DONE, ex=DONE_EXPIRES)
        else:
            self._redis.delete(self._key(request_id))

    def _key(self, request_id: str) -> str:
        return f"{self._namespace}:seen:{request_id}"
