"""Answers that do not end, read by a thread of their own, so that nobody waits who has to stop."""

import socket
import threading
from contextlib import suppress

import requests

_CHUNK = 64 * 1024
#: Bytes that may wait to be taken: an engine forgets what a slow reader has not taken, so such a stream is ended.
MOST_WAITING = 8 * 1024 * 1024


class EndedError(Exception):
    """Raised when nothing more comes: the engine ended the stream, or it was silent for too long."""


class Stream:
    """The lines of an answer as they come. `close` it: that ends its thread and its connection."""

    def __init__(self, answer: requests.Response, *, silence: float) -> None:
        self._answer = answer
        connection = answer.raw.connection
        self._socket = connection.sock if connection is not None else None
        if self._socket is not None:
            self._socket.settimeout(silence)
        self._parts = list[bytes]()
        self._waiting = 0
        self._rest = b""
        self._ended = False
        self._come = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def lines(self, seconds: float) -> list[bytes]:
        """Give the whole lines that have come, waiting up to so many seconds for the first. Raises EndedError."""
        with self._come:
            self._come.wait_for(lambda: self._parts or self._ended, timeout=seconds)
            parts, self._parts, self._waiting = self._parts, [], 0
            if self._ended and not parts:
                raise EndedError("the engine's stream of events ended")
        *lines, self._rest = b"".join((self._rest, *parts)).split(b"\n")
        return [line for line in lines if line.strip()]

    def close(self) -> None:
        """End the thread, whatever it waits for, and the connection with it."""
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=1)
        self._answer.close()

    def _read(self) -> None:
        # However reading fails, be it that the connection was closed under it: nothing more comes.
        with suppress(Exception):
            while part := self._answer.raw.read1(_CHUNK, decode_content=True):
                with self._come:
                    self._parts.append(part)
                    self._waiting += len(part)
                    self._come.notify()
                    if self._waiting > MOST_WAITING:
                        break
        with self._come:
            self._ended = True
            self._come.notify()
