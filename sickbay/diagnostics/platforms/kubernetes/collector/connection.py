"""The way to one API server through the SDK: its credentials and transport; bounded GETs that give bytes."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import urllib3
from kubernetes.client import ApiClient, Configuration

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector.credentials import UnreachableError, configured
from sickbay.diagnostics.platforms.kubernetes.collector.decoding import HEAD_BYTES, ShapeError, decode
from sickbay.diagnostics.platforms.kubernetes.collector.obstacles import TRANSPORT_ERRORS, obstacle_of
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Version
from sickbay.diagnostics.redaction import redact

#: Seconds to connect, and to wait for each read of an answer.
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
#: Connections kept open at most: lists, pages fetched ahead, and logs.
CONNECTIONS = 24
#: The largest answer that is read, bytes: a page of 500 pods is about 4 MB.
LARGEST_ANSWER = 128 * 1024 * 1024
#: How often a call is made again that met 429 or an error on the server's side.
TRIES = 3
_CHUNK = 256 * 1024
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500

Query = Mapping[str, str | int]
_NO_QUERY: Query = {}


class CallError(Exception):
    """Raised when one call failed; `status` is the answer's HTTP status, 0 where there was none, `body` all it said."""

    def __init__(self, message: str, status: int = 0, retry_after: float = 0.0, body: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.body = body


class _Status(msgspec.Struct):
    """The API server's own form of an error."""

    message: str = ""


class Connection:
    """A connection to one API server, shared by the threads of one diagnosis."""

    def __init__(self, target: KubernetesTarget, budget: Budget, document: Mapping[str, Any] | None = None) -> None:
        self._target = target
        self._document = document
        self._budget = budget
        self._configuration: Configuration | None = None
        self._pool: urllib3.PoolManager | None = None
        self.address = ""
        self.clock: datetime | None = None

    @property
    def configuration(self) -> Configuration:
        """Give the SDK's configuration of an open connection."""
        if self._configuration is None:
            raise CallError("the connection is closed")
        return self._configuration

    def open(self) -> Version:
        """Load the credentials and ask for the version. Raises UnreachableError."""
        configuration = configured(self._target, self._document)
        configuration.connection_pool_maxsize = CONNECTIONS
        self.address = str(configuration.host)
        self._configuration, self._pool = configuration, ApiClient(configuration).rest_client.pool_manager
        try:
            return decode(self.get("/version"), Version)
        except CallError as error:
            if error.status in {401, 403}:
                raise UnreachableError(Unreachable(obstacle=Obstacle.UNAUTHORIZED, message=str(error))) from error
            cause = error.__cause__ or error
            why = obstacle_of(cause) if error.status == 0 else None
            message = f"it answers {error.status}: {error}"
            raise UnreachableError(why or Unreachable(obstacle=Obstacle.PROTOCOL, message=message)) from error
        except ShapeError as error:
            raise UnreachableError(Unreachable(obstacle=Obstacle.PROTOCOL, message=str(error))) from error

    def close(self) -> None:
        """Close what is open; calls still under way fail."""
        if self._pool is not None:
            self._pool.clear()

    def get(
        self,
        path: str,
        query: Query = _NO_QUERY,
        *,
        most: int = LARGEST_ANSWER,
        accept: str = "",
        tries: int = TRIES,
        seconds: float = READ_SECONDS,
        begun: Callable[[bytes], None] = lambda _head: None,
    ) -> bytes:
        """Give the body of `GET path`, its first `most` bytes; each read of it may take so many `seconds`.

        `begun` is told the body's beginning while the rest is still on its way, once, if the answer is good. Waits out
        429 and errors on the server's side, so often as there are `tries`. Raises CallError.
        """
        for attempt in range(tries):
            try:
                return self._get_once(path, query, most, accept, seconds, begun)
            except CallError as error:
                again = error.status == _TOO_MANY or error.status >= _SERVER_ERROR
                delay = error.retry_after or 0.2 * 2**attempt
                if not again or attempt == tries - 1 or delay >= self._budget.remaining:
                    raise
                time.sleep(delay)
        raise AssertionError("unreachable")

    def stream(self, path: str, query: Query, *, seconds: float) -> urllib3.BaseHTTPResponse:
        """Give the answer of `GET path` before its body has come; each read of that may take so many `seconds`.

        The reader closes it. Raises CallError.
        """
        try:
            answer = self._ask(path, query, "", seconds)
            if answer.status == _OK:
                return answer
            raise _refusal(answer, self._body(answer, LARGEST_ANSWER, seconds, lambda _head: None))
        except TRANSPORT_ERRORS as error:
            raise CallError(obstacle_of(error).message) from error

    def _get_once(
        self, path: str, query: Query, most: int, accept: str, seconds: float, begun: Callable[[bytes], None]
    ) -> bytes:
        try:
            answer = self._ask(path, query, accept, seconds)
            try:
                body = self._body(answer, most, 2 * seconds, begun)
            finally:
                answer.release_conn()
        except TRANSPORT_ERRORS as error:
            raise CallError(obstacle_of(error).message) from error
        if answer.status != _OK:
            raise _refusal(answer, body)
        return body

    def _ask(self, path: str, query: Query, accept: str, seconds: float) -> urllib3.BaseHTTPResponse:
        configuration = self.configuration
        headers = {"Accept": accept or "application/json", "User-Agent": "sickbay"}
        headers |= {str(one["key"]): str(one["value"]) for one in _credentials(configuration)}
        url = f"{configuration.host}{path}?{urlencode(query)}" if query else f"{configuration.host}{path}"
        timeout = urllib3.Timeout(connect=self._budget.timeout(CONNECT_SECONDS), read=self._budget.timeout(seconds))
        assert self._pool is not None  # noqa: S101 - `configuration` said so
        answer = self._pool.request(
            "GET", url, headers=headers, timeout=timeout, preload_content=False, retries=False, redirect=False
        )
        self._note_clock(answer.headers.get("Date"))
        return answer

    def _body(
        self, answer: urllib3.BaseHTTPResponse, most: int, seconds: float, begun: Callable[[bytes], None]
    ) -> bytes:
        """Read as it comes, so that neither a huge answer nor one that trickles in can hold on to the thread."""
        deadline = time.monotonic() + self._budget.timeout(seconds)
        parts = [answer.read1(HEAD_BYTES)]
        size = len(parts[0])
        if answer.status == _OK:
            begun(parts[0])
        while size < most and (part := answer.read(_CHUNK)):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                answer.close()
                raise urllib3.exceptions.ReadTimeoutError(None, "", "the answer did not end in time")  # type: ignore[arg-type]  # the pool is only for its message
        if size >= most:
            answer.close()
        return b"".join(parts)[:most]

    def _note_clock(self, date: str | None) -> None:
        if date:
            try:
                self.clock = parsedate_to_datetime(date).astimezone(UTC)
            except ValueError:
                return


def _credentials(configuration: Configuration) -> list[Any]:
    """Give the headers that carry the credentials, renewed where the kubeconfig's plugin says that they expired."""
    return [one for one in configuration.auth_settings().values() if one["in"] == "header"]  # type: ignore[index]  # typed as object


def _refusal(answer: urllib3.BaseHTTPResponse, body: bytes) -> CallError:
    retry_after = answer.headers.get("Retry-After", "")
    seconds = float(retry_after) if retry_after.isdecimal() else 0.0
    return CallError(_message(body, answer.status), answer.status, seconds, body)


def _message(body: bytes, status: int) -> str:
    try:
        text = msgspec.json.decode(body, type=_Status).message
    except msgspec.DecodeError:
        text = body[:200].decode(errors="replace").strip()
    return redact(text[:500]) or f"HTTP status {status}"
