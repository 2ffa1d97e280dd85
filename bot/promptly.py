"""Questions to Slack in whose answer a person's request waits: Slack itself gives three seconds for all of that."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Told = TypeVar("Told")

#: Seconds for one answer: a request asks two questions, and has more to do.
SECONDS = 0.5
#: Questions at a time; while Slack does not answer that many, no other is answered in time either.
_ASKERS = ThreadPoolExecutor(8, thread_name_prefix="asks Slack")


def promptly(ask: Callable[[], Told]) -> Told:
    """Give the answer. Raises TimeoutError where it is not there in time: what was begun goes on, for nobody."""
    asked = _ASKERS.submit(ask)
    try:
        return asked.result(SECONDS)
    finally:
        asked.cancel()
