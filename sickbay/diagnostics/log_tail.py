"""The end of a log, as every platform's snapshot holds it."""

import re

from msgspec import Struct

_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\S+ ?")


class LogTail(Struct, frozen=True, kw_only=True):
    """A log's end: redacted, without terminal escapes, invalid bytes replaced; `cut` when there was more.

    Each line starts with the platform's time and a space, as `docker logs --timestamps` and `kubectl logs --timestamps`
    write it.
    """

    text: str
    cut: bool = False

    @property
    def last_line(self) -> str:
        """Give the last line that says something, without its time."""
        lines = (_TIME.sub("", line).strip() for line in reversed(self.text.splitlines()))
        return next((line for line in lines if line), "")
