"""From an answer's bytes to the shapes in wire/: fast where it fits, leniently and one by one where it does not."""

from typing import Generic, TypeVar

import msgspec

from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource

T = TypeVar("T")
R = TypeVar("R", bound=Resource)


class ShapeError(Exception):
    """Raised when an answer is not of the documented shape; the message names the field."""


class ListMeta(msgspec.Struct, rename={"following": "continue"}):
    """What a page says of the list: the token of the next page, empty on the last one."""

    following: str | None = ""


class _Head(msgspec.Struct):
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)


class _Page(msgspec.Struct, Generic[T]):
    items: tuple[T, ...] | None = None


_HEAD = msgspec.json.Decoder(_Head)
#: Bytes in which the items of a list begin: tokens are a few hundred long.
HEAD_BYTES = 4096
_METADATA, _ITEMS, _NO_ITEMS = b'"metadata":', b'"items":[', b'"items":[]}'


def decode(body: bytes, shape: type[T]) -> T:
    """Give one object. Raises ShapeError."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError:
        return _fit(_json(body), shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ShapeError(f"the answer is not JSON: {error}") from error


def next_page(body: bytes) -> str:
    """Give the token of the page that follows, or nothing on the last one. Raises ShapeError.

    The API server writes a list's metadata before its items, so that mostly the page's first HEAD_BYTES do.
    """
    head, items, _ = body[:HEAD_BYTES].partition(_ITEMS)
    try:
        return _HEAD.decode(head + _NO_ITEMS if items and _METADATA in head else body).metadata.following or ""
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ShapeError(f"the answer is not a list: {error}") from error


def decode_page(body: bytes, shape: type[R]) -> tuple[tuple[R, ...], int]:
    """Give the objects of a page, and how many do not have the documented shape. Raises ShapeError."""
    try:
        return msgspec.json.decode(body, type=_Page[shape]).items or (), 0  # type: ignore[valid-type]  # a generic made at run time
    except msgspec.ValidationError:
        return _decode_each(body, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ShapeError(f"the answer is not JSON: {error}") from error


def _decode_each(body: bytes, shape: type[R]) -> tuple[tuple[R, ...], int]:
    content = _json(body)
    items = content.get("items") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise ShapeError("the answer is not a list")
    found, misshapen = list[R](), 0
    for item in items:
        try:
            found.append(_fit(item, shape))
        except ShapeError:
            misshapen += 1
    return tuple(found), misshapen


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ShapeError(f"the answer is not JSON: {error}") from error


def _fit(value: object, shape: type[T]) -> T:
    try:
        return msgspec.convert(_without_nulls(value), shape, strict=False)
    except msgspec.ValidationError as error:
        raise ShapeError(f"the answer has another shape than documented: {error}") from error


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value
