"""From an answer's bytes to the shapes in wire/, leniently: Podman and newer engines differ in what they leave out.

Docker writes `null` for what is empty, so nulls are dropped; a number may come as a string. What still does not fit is
a ShapeError that names the field.
"""

from collections.abc import Iterator
from typing import TypeVar

import msgspec

T = TypeVar("T")


class ShapeError(Exception):
    """Raised when an answer is not of the documented shape; the message names the field."""


def decode(body: bytes, shape: type[T]) -> T:
    """Give one JSON value in the given shape. Raises ShapeError."""
    try:
        return _straight(body, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ShapeError(f"the answer is not JSON: {error}") from error
    except RecursionError as error:
        raise ShapeError("the answer is nested too deeply") from error


def decode_lines(body: bytes, shape: type[T]) -> Iterator[T]:
    """Yield the values of a stream of JSON, one a line; a last line that was cut off is left out. Raises ShapeError."""
    for line in body.splitlines():
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        yield _fit(value, shape)


def _straight(body: bytes, shape: type[T]) -> T:
    """Decode into the shape itself; only what does not fit so takes the long way, which costs several times as much."""
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except msgspec.ValidationError:
        return _fit(msgspec.json.decode(body), shape)


def _fit(value: object, shape: type[T]) -> T:
    value = _without(value, (None,))
    try:
        return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError:
        # An empty string where a time belongs means 'never'; dropped everywhere only when something did not fit.
        try:
            return msgspec.convert(_without(value, (None, "")), shape, strict=False)
        except msgspec.ValidationError as error:
            raise ShapeError(f"the answer has another shape than documented: {error}") from error


def _without(value: object, empty: tuple[object, ...]) -> object:
    if isinstance(value, dict):
        return {key: _without(item, empty) for key, item in value.items() if item not in empty}
    if isinstance(value, list):
        return [_without(item, empty) for item in value if item is not None]
    return value
