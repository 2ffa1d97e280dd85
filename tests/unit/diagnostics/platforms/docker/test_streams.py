"""The lines of an answer that does not end."""

import threading
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from sickbay.diagnostics.platforms.docker.collector import streams
from sickbay.diagnostics.platforms.docker.collector.streams import EndedError, Stream


def _answer(*parts: bytes, then: Any = None) -> requests.Response:
    """Give an answer of these parts; after them `then` is called, else it ends."""
    waiting = list(parts)

    def read1(_amount: int, *, decode_content: bool) -> bytes:
        assert decode_content
        if waiting:
            return waiting.pop(0)
        return then() if then else b""

    answer = requests.Response()
    answer.raw = SimpleNamespace(read1=read1, connection=None, closed=True, close=lambda: None)
    return answer


def _all(stream: Stream) -> list[bytes]:
    lines = list[bytes]()
    with suppress(EndedError):
        while True:
            lines += stream.lines(5)
    return lines


def test_lines_are_put_together() -> None:
    """Given parts that end within a line, then whole lines are given, and what was cut off at the end is left out."""
    assert _all(Stream(_answer(b"one\ntw", b"o\n\nthr", b"ee"), silence=1)) == [b"one", b"two"]


def test_an_error_ends_the_stream() -> None:
    """Given a connection that breaks, then what came before is given, and then it is said that it ended."""

    def breaks() -> bytes:
        raise ConnectionResetError

    assert _all(Stream(_answer(b"one\n", then=breaks), silence=1)) == [b"one"]


def test_a_reader_that_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more waiting than may wait, then no more is read, and the stream ends after what is there."""
    monkeypatch.setattr(streams, "MOST_WAITING", 10)
    asked = threading.Event()

    def more() -> bytes:
        asked.set()
        return b"more\n"

    assert _all(Stream(_answer(*[b"1234\n"] * 3, then=more), silence=1)) == [b"1234"] * 3
    assert not asked.is_set()


def test_nothing_comes() -> None:
    """Given a silent engine, then nobody waits longer than they say, and closing ends the thread."""
    silent = threading.Event()

    def wait() -> bytes:
        silent.wait(5)
        return b""

    stream = Stream(_answer(then=wait), silence=1)

    assert stream.lines(0.01) == []

    silent.set()
    stream.close()
