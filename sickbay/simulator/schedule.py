"""Messages that the app wrote for later. They stand with their channel, so they outlive a restart."""

import time
from collections.abc import Callable

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import Store
from sickbay.simulator.wire import Wire

#: Seconds ahead at most; messages of one channel within five minutes; seconds before its time that one is fixed.
_FARTHEST, _MOST, _WITHIN, _FIXED = 120 * 86_400, 30, 300, 60


class Schedule:
    """Keeps them, and posts each at its time."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self.clock = clock

    def add(self, channel: Wire, post_at: int, message: Wire) -> Wire:
        """Keep a message until its time, a Unix time in seconds. Raises SlackError."""
        ahead = post_at - self.clock()
        if ahead <= 0:
            raise SlackError("time_in_past")
        if ahead > _FARTHEST:
            raise SlackError("time_too_far")
        waiting = self.waiting(channel)
        if sum(abs(item["post_at"] - post_at) < _WITHIN for item in waiting) >= _MOST:
            raise SlackError("restricted_too_many")
        item = {
            "id": self._store.id("Q"),
            "channel_id": channel["id"],
            "post_at": post_at,
            "date_created": int(self.clock()),
            "message": message,
        }
        waiting.append(item)
        self._tell(channel)
        return item

    def remove(self, channel: Wire, scheduled_id: str) -> None:
        """Take a message back. Raises SlackError where there is none, or it is about to be posted."""
        waiting = self.waiting(channel)
        found = next((item for item in waiting if item["id"] == scheduled_id), None)
        if found is None or found["post_at"] - self.clock() < _FIXED:
            raise SlackError("invalid_scheduled_message_id")
        waiting.remove(found)
        self._tell(channel)

    def waiting(self, channel: Wire) -> list[Wire]:
        """Give the messages of a channel that are still to come."""
        waiting: list[Wire] = channel.setdefault("scheduled", [])
        return waiting

    def post_due(self) -> None:
        """Post what is due."""
        for channel in tuple(self._store.channels.values()):
            now = self.clock()
            due = [item for item in self.waiting(channel) if item["post_at"] <= now]
            for item in due:
                self.waiting(channel).remove(item)
                self._store.post(channel["id"], item["message"])
            if due:
                self._tell(channel)

    def _tell(self, channel: Wire) -> None:
        self._store.tell({"type": "channel", "channel": channel})
