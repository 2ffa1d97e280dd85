"""Bytes to shapes. Resource Manager writes null for what is not set: that is left out first."""

from typing import Any, TypeVar

import msgspec

from sickbay.diagnostics.cleaning import clean

T = TypeVar("T")


class ShapeError(Exception):
    """Raised when an answer is not of the shape that it should have."""


class _List(msgspec.Struct):
    """One page of a list."""

    value: list[Any] = []


class _Page(msgspec.Struct):
    """A page of a list: the next one's address stands in it."""

    next_link: str | None = msgspec.field(default=None, name="nextLink")


def decode(body: bytes, kind: type[T]) -> T:
    """Give the answer in its shape, its texts cleaned. Raises ShapeError."""
    try:
        return msgspec.convert(_tidy(msgspec.json.decode(body)), kind, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ShapeError(f"the answer is not as documented: {error}") from error


def decode_list(bodies: list[bytes], kind: type[T]) -> tuple[T, ...]:
    """Give the items of a list's pages. Raises ShapeError."""
    pages = (decode(body, _List) for body in bodies)
    try:
        return tuple(msgspec.convert(item, kind, strict=False) for page in pages for item in page.value)
    except msgspec.ValidationError as error:
        raise ShapeError(f"the answer is not as documented: {error}") from error


def next_link(body: bytes) -> str:
    """Give the address of the next page, or nothing."""
    try:
        return msgspec.json.decode(body, type=_Page).next_link or ""
    except msgspec.DecodeError:
        return ""


def _tidy(value: Any) -> Any:
    match value:
        case dict():
            return {key: _tidy(item) for key, item in value.items() if item is not None}
        case list():
            return [_tidy(item) for item in value]
        case str():
            return clean(value)
    return value
