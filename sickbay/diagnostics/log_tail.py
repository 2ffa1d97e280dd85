"""The end of a log, as every platform's snapshot holds it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

#: Lines before the last among which an error is looked for: stack traces and farewells follow it.
_NEAR_END = 20
_ERROR = re.compile(r"(?:\b(?:fatal|panic|critical|cannot|could not|failed)|(?:error|exception))\b", re.IGNORECASE)
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

    @property
    def last_error(self) -> str:
        """Give the last line near the end that names an error, without its time, or nothing where none does.

        Docker joins two streams: what a program says first may stand last.
        """
        lines = [_TIME.sub("", line).strip() for line in self.text.splitlines()[-_NEAR_END:]]
        return next((line for line in reversed(lines) if _ERROR.search(line)), "")

    def errors(self, since: datetime) -> list[str]:
        """Give the lines written since then that name an error, without their time, oldest first."""
        return [line for line in self.since(since) if _ERROR.search(line)]

    def since(self, moment: datetime) -> Iterator[str]:
        """Yield the lines written at `moment` or later, without their time."""
        for line in self.text.splitlines():
            written, text = _TIME.match(line), _TIME.sub("", line).strip()
            if text and (written is None or _moment(written[0].strip()) >= moment):
                yield text


def _moment(written: str) -> datetime:
    """Give the platform's time of a line; what is no time belongs to the log's text, and counts as just written."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
