"""An alert, whoever sent it, and how its fields are read from words that nobody vouches for."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

Payload = TypeVar("Payload")

#: Before this no alert began: what says so means that it does not know.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: Characters of a fingerprint that are kept as they are, and of an address.
_FINGERPRINT, _URL = 200, 2_000


class AlertError(Exception):
    """Raised for a payload that holds no alerts as its sender writes them; the message says what is wrong."""


class SenderUnavailableError(Exception):
    """Raised where the sender's own side, which has to vouch for a payload, does not answer: it may try again."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as it fires or has ended. `fingerprint` tells it from others of its source for as long as it fires.

    `group` is what the sender would tell of together. `link` leads to the alert, `runbook` to what to do; both are web
    addresses or empty. `ended_at` is None while it fires. All this was so at `as_of`: of two that cross on their way,
    the later one holds.
    """

    source: str
    fingerprint: str
    title: str
    labels: Mapping[str, str]
    group: str
    started_at: datetime
    ended_at: datetime | None
    as_of: datetime
    link: str = ""
    runbook: str = ""

    @property
    def firing(self) -> bool:
        """Say whether it fires."""
        return self.ended_at is None


def decoded(body: bytes | str, kind: type[Payload]) -> Payload:
    """Decode JSON. Raises AlertError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError as error:
        raise AlertError("It is nested too deeply.") from error
    except UnicodeError as error:
        raise AlertError("It is not UTF-8.") from error
    except msgspec.ValidationError as error:
        raise AlertError(f"It is not as this sender writes it: {error}.") from error
    except msgspec.DecodeError as error:
        raise AlertError("It is not JSON.") from error


def moment(text: str | None, now: datetime) -> datetime:
    """Read a time in ISO 8601, UTC where it names no zone; what is no time, long ago or yet to come is now."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC) if _EARLIEST <= at <= now else now


def labelled(values: Mapping[str, object]) -> dict[str, str]:
    """Give the labels that have a value, as text; one that has parts tells nothing."""
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int | float) and value != ""}


def fingerprint(*parts: str) -> str:
    """Give what tells an alert from others: the one part where it is short and kept letter by letter, else a digest."""
    if len(parts) == 1 and len(parts[0]) <= _FINGERPRINT and parts[0].isprintable():
        return parts[0]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def first_url(*candidates: str | None) -> str:
    """Give the first that is a web address, or nothing."""
    for text in candidates:
        if text and text.startswith(("https://", "http://")) and len(text) <= _URL and text.isprintable():
            return text
    return ""
