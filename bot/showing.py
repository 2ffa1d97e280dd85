"""Showing messages in Slack, each once: what has a key is posted once, found again after a crash, and edited in place.

What is shown stands in Redis (shown.py). A message is marked as begun before it is posted; where a crash or a lost
answer left only the mark, Slack itself is asked for the key before anything is posted again. Whoever shows holds a lock
on what it shows, so any number of bots may try.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import redis
from redis.exceptions import LockError
from redis.lock import Lock

from bot.rate_limit import UPDATES, Bucket, RateLimit, posts
from bot.shown import Memory, Shown
from bot.slack import GoneError, Slack, SlackWaitsError
from handlers.blocks.message import Message, Snippet
from sickbay.diagnostics.errors import PermanentError, TemporaryError

#: Seconds between two edits of a message that will change again.
EDIT_EVERY = 3.0
#: Seconds after which one that holds the lock counts as lost: longer than the calls to Slack for one message take.
LOCK_EXPIRES = 60.0
#: Seconds until one that met another's lock tries again.
_LOCK_WAIT = 0.2
#: Seconds by which Slack's clock and ours may differ.
CLOCKS_DIFFER = 60.0


class NotYetError(TemporaryError):
    """Raised when a message waits for its turn; `for_step` where that is only since it was edited a moment ago."""

    def __init__(self, message: str, *, delay: float, for_step: bool = False) -> None:
        super().__init__(message, delay=delay)
        self.for_step = for_step


@contextmanager
def locked(client: redis.Redis, name: str) -> Iterator[Lock]:
    """Hold a lock. Raises TemporaryError where somebody else does."""
    lock = client.lock(name, timeout=LOCK_EXPIRES, blocking=False)
    if not lock.acquire():
        raise TemporaryError("another sync is under way", delay=_LOCK_WAIT)
    try:
        yield lock
    finally:
        with suppress(LockError):
            lock.release()


def take_turn(limit: RateLimit, bucket: Bucket) -> None:
    """Take a token. Raises NotYetError where others come first."""
    seconds = limit.take(bucket)
    if seconds:
        raise NotYetError(f"{bucket.name} are at Slack's limit", delay=seconds)


class Showing:
    """Shows messages in one channel while `lock` is held.

    `since` is a moment before which none of them can stand in Slack, in seconds since 1970. All raise TemporaryError
    when they are to be called again later, and NoEntryError and other PermanentErrors as Slack does.
    """

    def __init__(
        self,
        slack: Slack,
        limit: RateLimit,
        memory: Memory,
        lock: Lock,
        *,
        channel: str,
        since: float,
        clock: Callable[[], float],
    ) -> None:
        self._slack = slack
        self._limit = limit
        self._memory = memory
        self._lock = lock
        self._channel = channel
        self._since = since
        self._clock = clock

    def show(self, message: Message, thread: str, *, final: bool = True, known: bool = False) -> Shown:
        """Post or edit one message, unless it is right already.

        One that is not `final` is edited only so often. One that is `known` to have been posted is not posted again,
        even where Redis forgot it.
        """
        shown = self._memory.get(message.key)
        if known and shown is None:
            found = self._find(message.key, thread)
            shown = self._memory.put(message.key, found or Shown(ts=thread, gone=True))
        elif shown and not shown.ts:
            shown = self._find(message.key, thread)
        if shown is None:
            return self._post(message, thread)
        if shown.hash != message.hash and not shown.gone:
            return self._edit(message, shown, final=final)
        return shown

    def send(self, snippet: Snippet, thread: str) -> None:
        """Send a file, unless it stands in the thread."""
        known = self._memory.get(snippet.key)
        if known and known.ts:
            return
        if known is None or not self._slack.has_file(self._channel, thread, snippet, since=self._since):
            self._begin(snippet.key)
            with self._forgetting(snippet.key):
                self._slack.upload(self._channel, thread, snippet)
        self._memory.put(snippet.key, Shown(ts=thread))

    def _find(self, key: str, thread: str) -> Shown | None:
        """Look in Slack for a message whose post was begun: in its thread, or in the channel where that is gone."""
        try:
            ts = self._slack.find(self._channel, thread or None, key, since=self._since)
        except GoneError:
            thread, ts = "", self._slack.find(self._channel, None, key, since=self._since)
        return Shown(ts=ts, thread=thread) if ts else None

    def _post(self, message: Message, thread: str) -> Shown:
        self._begin(message.key)
        with self._forgetting(message.key):
            try:
                ts = self._slack.post(self._channel, thread or None, message)
            except GoneError:
                # Somebody deleted the thread: what belongs there is shown all the same.
                thread, ts = "", self._slack.post(self._channel, None, message)
        return self._memory.put(message.key, Shown(ts=ts, thread=thread, hash=message.hash, at=self._clock()))

    def _edit(self, message: Message, shown: Shown, *, final: bool) -> Shown:
        due = shown.at + EDIT_EVERY - self._clock()
        # An edit that is due later than that was made by a clock that has been set back since.
        if 0 < due <= EDIT_EVERY and not final:
            raise NotYetError("edited a moment ago", delay=due, for_step=True)
        self._wait_for(UPDATES)
        changed = msgspec.structs.replace(shown, hash=message.hash, at=self._clock())
        try:
            self._slack.update(self._channel, shown.ts, message)
        except GoneError:
            # Somebody deleted it: it stays deleted, and what follows it is shown all the same.
            changed = msgspec.structs.replace(shown, gone=True)
        return self._memory.put(message.key, changed)

    def _begin(self, key: str) -> None:
        self._wait_for(posts(self._channel))
        self._memory.put(key, Shown())

    @contextmanager
    def _forgetting(self, key: str) -> Iterator[None]:
        """Forget that a post was begun where Slack surely did nothing of it."""
        try:
            yield
        except (SlackWaitsError, PermanentError):
            self._memory.forget(key)
            raise

    def _wait_for(self, bucket: Bucket) -> None:
        """Take a turn, and begin the lock's time anew. Raises TemporaryError where one of them cannot be had."""
        take_turn(self._limit, bucket)
        try:
            self._lock.reacquire()
        except LockError as error:
            raise TemporaryError("another sync took over", delay=_LOCK_WAIT) from error
