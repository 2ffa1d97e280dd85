"""Slack's rate limits, each method's own, as docs.slack.dev tells of them (rate limits, as of 2026)."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator

import msgspec


class _Window(msgspec.Struct, frozen=True):
    """So many calls in so many seconds."""

    calls: int
    seconds: float


_TIERS = {tier: _Window(calls, 60.0) for tier, calls in ((1, 1), (2, 20), (3, 50), (4, 100))}
_TIER_OF = {
    **dict.fromkeys(
        [
            "bookmarks.add", "bookmarks.edit", "bookmarks.remove", "chat.startStream", "chat.stopStream",
            "conversations.archive", "conversations.canvases.create", "conversations.create", "conversations.list",
            "conversations.rename", "conversations.setPurpose", "conversations.setTopic", "conversations.unarchive",
            "emoji.list", "pins.add", "pins.list", "pins.remove", "reactions.remove", "usergroups.list",
            "usergroups.users.list", "users.list",
        ],
        2,
    ),
    **dict.fromkeys(
        ["conversations.members", "chat.appendStream", "chat.postEphemeral", "files.completeUploadExternal",
         "files.getUploadURLExternal", "files.info", "users.info", "views.open", "views.publish", "views.push",
         "views.update"],
        4,
    ),
    "api.test": 4,
    "auth.test": 4,
}  # fmt: skip
#: Any other method is of the third tier, as most are.
_USUAL = 3
#: New messages: one a second in a channel, with short bursts, and several hundred a minute in all.
_POST = "chat.postMessage"
_IN_CHANNEL, _IN_ALL = (_Window(10, 5.0), _Window(65, 60.0)), (_Window(300, 60.0),)
_LONGEST = 60.0


class Rates:
    """Counts calls, and refuses those beyond the limits where these are `enforced`."""

    def __init__(self) -> None:
        self.enforced = False
        self.clock: Callable[[], float] = time.monotonic
        self._calls: dict[str, deque[float]] = {}

    def wait(self, method: str, channel: str) -> int:
        """Take a call into account; gives the whole seconds to wait where it is refused, else none."""
        if not self.enforced:
            return 0
        now = self.clock()
        limits = list(_limits(method, channel))
        seconds = max(self._seconds(key, window, now) for key, windows in limits for window in windows)
        if seconds > 0:
            return math.ceil(seconds)
        for key, _ in limits:
            self._calls.setdefault(key, deque()).append(now)
        return 0

    def _seconds(self, key: str, window: _Window, now: float) -> float:
        """Give the seconds until a window has room for one call more."""
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - _LONGEST:
            calls.popleft()
        if len(calls) < window.calls:
            return 0.0
        return max(0.0, calls[-window.calls] + window.seconds - now)


def _limits(method: str, channel: str) -> Iterator[tuple[str, tuple[_Window, ...]]]:
    if method == _POST:
        yield f"{method} {channel}", _IN_CHANNEL
        yield method, _IN_ALL
    else:
        yield method, (_TIERS[_TIER_OF.get(method, _USUAL)],)
