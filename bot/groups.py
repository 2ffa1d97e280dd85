"""Who is in the user groups that the policy names: asked of Slack every five minutes, so that a request need not wait.

A group whose members are not known, or that Slack refuses to tell, has none: nobody is allowed anything by it. Where
Slack is ill, those who were members last still are.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog

from bot.slack import Slack
from sickbay.diagnostics.errors import PermanentError, TemporaryError

log = structlog.get_logger()

#: Seconds for which an answer of Slack holds.
_FRESH = 300.0
#: Seconds until Slack is asked again that did not answer.
_SOON = 30.0


class UserGroups:
    """Knows the members of these groups, by their Slack ids. Where there are no groups, Slack is never asked."""

    def __init__(self, slack: Slack, names: Iterable[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._slack = slack
        self._clock = clock
        self._members: dict[str, frozenset[str]] = dict.fromkeys(names, frozenset())
        self._due = dict.fromkeys(self._members, clock())

    def of(self, user: str) -> frozenset[str]:
        """Give those of the groups that the user was in when Slack was last asked."""
        return frozenset(group for group, members in self._members.items() if user in members)

    def refresh(self) -> float:
        """Ask Slack about each group whose answer is old; give the seconds until the next one is."""
        for group, due in self._due.items():
            if due <= self._clock():
                self._due[group] = self._clock() + self._ask(group)
        return max(0.0, min(self._due.values(), default=math.inf) - self._clock())

    def _ask(self, group: str) -> float:
        """Ask about one group; give the seconds for which the answer holds."""
        try:
            self._members[group] = self._slack.members(group)
        except TemporaryError as error:
            log.warning("a user group cannot be read; its members stay as they were", group=group, error=str(error))
            return max(_SOON, error.delay)
        except PermanentError as error:
            log.warning("a user group cannot be read; nobody counts as a member", group=group, error=str(error))
            self._members[group] = frozenset()
        return _FRESH


@contextmanager
def following(groups: UserGroups) -> Iterator[None]:
    """Keep the groups fresh in a thread of its own; on entry they are known, as far as Slack tells."""
    if (wait := groups.refresh()) == math.inf:
        yield
        return
    ending = threading.Event()

    def follow(wait: float) -> None:
        while not ending.wait(wait):
            wait = groups.refresh()

    # Not waited for at the end: it may be in a call, and changes nothing.
    threading.Thread(target=follow, args=(wait,), name="user groups", daemon=True).start()
    try:
        yield
    finally:
        ending.set()
