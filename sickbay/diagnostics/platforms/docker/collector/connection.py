"""The way to one engine through the Docker SDK: bounded GETs that give bytes, and errors of our own.

The SDK brings the transports (Unix socket, TLS, SSH); its decoding into dictionaries is left aside. Nothing but GET is
ever sent. No call is made without a timeout for each read and a deadline for the whole, and once the engine is lost
every further call fails at once, so that a daemon that dies half-way costs one timeout and not hundreds.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import quote

import docker
import docker.errors
import msgspec
import paramiko
import requests
import urllib3

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError, decode
from sickbay.diagnostics.platforms.docker.collector.obstacles import obstacle_of
from sickbay.diagnostics.platforms.docker.collector.streams import Stream
from sickbay.diagnostics.platforms.docker.collector.transports import open_client
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.docker.target import EngineTarget
from sickbay.diagnostics.platforms.docker.wire.base import NEWEST_API, OLDEST_API
from sickbay.diagnostics.platforms.docker.wire.engine import Version
from sickbay.diagnostics.redaction import redact

#: Seconds to connect, and to wait for each read of an answer.
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
#: Seconds that the engine has to answer a ping after a call failed, before it is given up as lost.
SECOND_CHANCE_SECONDS = 2.0
#: Calls at a time, and streams beside them that mostly wait; over SSH fewer, since sshd allows ten sessions a
#: connection (`MaxSessions`).
CALLS, STREAMS = 16, 150
CALLS_SSH, STREAMS_SSH = 5, 4
#: The largest answer that is read, in bytes: far above the list of ten thousand containers.
LARGEST_ANSWER = 64 * 1024 * 1024
_CHUNK = 64 * 1024

#: The query of a call.
Parameters = Mapping[str, str | int]
_NONE: Parameters = {}
_TRANSPORT_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    docker.errors.DockerException,
    paramiko.SSHException,
    OSError,
    EOFError,
)


class UnreachableError(Exception):
    """Raised when the engine cannot be talked to at all; `why` is the fact for the snapshot."""

    def __init__(self, why: Unreachable, version: Version | None = None) -> None:
        super().__init__(why.message)
        self.why = why
        self.version = version or Version()


class CallError(Exception):
    """Raised when one call failed; `status` is the answer's HTTP status, 0 where there was no answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class EngineLostError(CallError):
    """Raised instead of making a call when the engine has stopped answering."""


class _Message(msgspec.Struct):
    message: str = ""


class Connection:
    """A connection to one engine, shared by the threads of one diagnosis."""

    def __init__(self, target: EngineTarget, budget: Budget) -> None:
        self._target = target
        self._budget = budget
        self._suspicion = threading.Lock()
        self._prefix = ""
        self.podman = False
        self.ssh = target.host.startswith("ssh://")
        self.calls, self.streams = (CALLS_SSH, STREAMS_SSH) if self.ssh else (CALLS, STREAMS)
        self.lost: Unreachable | None = None
        self.client: docker.APIClient | None = None

    def open(self) -> Version:
        """Connect, ping, and agree on an API version. Raises UnreachableError."""
        try:
            self.client = open_client(
                self._target, connections=self.calls + self.streams, seconds=self._budget.timeout(CONNECT_SECONDS)
            )
            self._ping(CONNECT_SECONDS)
            version = decode(self.get("/version"), Version)
        except CallError as error:
            raise UnreachableError(_obstacle_of_status(error)) from error
        except ShapeError as error:
            raise UnreachableError(Unreachable(obstacle=Obstacle.PROTOCOL, message=str(error))) from error
        except _TRANSPORT_ERRORS as error:
            raise UnreachableError(self._explained(obstacle_of(error))) from error
        self._prefix = f"/v{_agreed(version)}"
        self.podman = version.podman
        return version

    @property
    def api_version(self) -> str:
        """Give the API version agreed on."""
        return self._prefix.removeprefix("/v")

    def close(self) -> None:
        """Close what is open; calls still under way fail."""
        if self.client is not None:
            self.client.close()

    def get(self, path: str, parameters: Parameters = _NONE, *, seconds: float | None = None) -> bytes:
        """Give the whole body of `GET path`. Raises CallError."""
        body, cut = self.read(path, LARGEST_ANSWER, parameters, seconds=seconds)
        if cut:
            raise CallError(f"the answer is larger than {LARGEST_ANSWER} bytes")
        return body

    def read(
        self, path: str, most: int, parameters: Parameters = _NONE, *, seconds: float | None = None, lines: int = 0
    ) -> tuple[bytes, bool]:
        """Give at most `most` bytes of the body, and whether there was more. Raises CallError.

        With `lines`, stop after so many: the rest of an endless stream is not waited for.
        """
        if self.lost:
            raise EngineLostError(self.lost.message)
        seconds = seconds or READ_SECONDS
        try:
            with self._answer(self._prefix + path, seconds, parameters) as answer:
                return _body(answer, most, time.monotonic() + self._budget.timeout(seconds), lines)
        except _TRANSPORT_ERRORS as error:
            why = obstacle_of(error)
            self._suspect()
            raise CallError(_reason(why, seconds)) from error

    @contextmanager
    def stream(self, path: str, parameters: Parameters = _NONE, *, silence: float) -> Iterator[Stream]:
        """Open an answer that does not end, but after so many seconds of silence. Raises CallError."""
        with ExitStack() as opened:
            try:
                answer = opened.enter_context(self._answer(self._prefix + path, READ_SECONDS, parameters))
            except _TRANSPORT_ERRORS as error:
                raise CallError(_reason(obstacle_of(error), READ_SECONDS)) from error
            with closing(Stream(answer, silence=silence)) as stream:
                yield stream

    @contextmanager
    def _answer(self, path: str, seconds: float, parameters: Parameters = _NONE) -> Iterator[requests.Response]:
        """Send one GET; raises CallError for an answer that is an error of the engine."""
        if self.client is None:
            raise CallError("the connection is closed")
        timeouts = (self._budget.timeout(CONNECT_SECONDS), self._budget.timeout(seconds))
        answer = self.client.get(
            self.client.base_url + quote(path, safe="/:"),
            params=parameters,
            timeout=timeouts,
            stream=True,
            allow_redirects=False,
        )
        try:
            if answer.status_code != requests.codes.ok:
                raise CallError(_message(answer, time.monotonic() + timeouts[1]), answer.status_code)
            yield answer
        finally:
            answer.close()

    def _ping(self, seconds: float) -> None:
        with self._answer("/_ping", seconds) as answer:
            body, _ = _body(answer, _CHUNK, time.monotonic() + self._budget.timeout(seconds))
            if body.strip() != b"OK":
                raise CallError("it answers HTTP, but not as a Docker engine does")

    def _suspect(self) -> None:
        """Ping after a failed call: an engine that does not answer even that is lost for the rest of the diagnosis."""
        with self._suspicion:
            if self.lost or self._budget.spent or not self._prefix:
                return
            try:
                self._ping(SECOND_CHANCE_SECONDS)
            except CallError as error:
                self.lost = _obstacle_of_status(error)
            except _TRANSPORT_ERRORS as error:
                self.lost = obstacle_of(error)

    def _explained(self, why: Unreachable) -> Unreachable:
        """Give the obstacle with what is particular to the way there."""
        if self.ssh and why.obstacle is Obstacle.OTHER:
            message = (
                "`docker system dial-stdio` ended on the remote side without an answer: "
                "is the docker command installed there, and may this user use its engine?"
            )
            return Unreachable(obstacle=Obstacle.SSH, message=message)
        if self._target.tls and why.obstacle is Obstacle.OTHER:
            message = f"{why.message}: engines end the connection so when they do not accept the client certificate"
            return Unreachable(obstacle=Obstacle.TLS, message=message)
        return why


def _agreed(version: Version) -> str:
    """Give the newest API version that both sides know. Raises UnreachableError when there is none."""
    newest, oldest = _number(version.api_version), _number(version.min_api_version)
    if newest < _number(OLDEST_API) or oldest > _number(NEWEST_API):
        offered = f"{version.min_api_version or '?'} to {version.api_version or '?'}"
        message = f"the engine speaks API {offered}; this version of Sickbay speaks {OLDEST_API} to {NEWEST_API}"
        raise UnreachableError(Unreachable(obstacle=Obstacle.API_VERSION, message=message), version)
    return min(version.api_version, NEWEST_API, key=_number)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _body(answer: requests.Response, most: int, deadline: float, lines: int = 0) -> tuple[bytes, bool]:
    """Read as it comes, so that neither a huge answer nor one that trickles in can hold on to the thread."""
    parts, size, read = list[bytes](), 0, 0
    while size <= most and (part := answer.raw.read1(_CHUNK, decode_content=True)):
        parts.append(part)
        size += len(part)
        read += part.count(b"\n")
        if 0 < lines <= read:
            break
        if time.monotonic() > deadline:
            raise requests.ReadTimeout("the answer did not end in time")
    return b"".join(parts)[:most], size > most


def _message(answer: requests.Response, deadline: float) -> str:
    """Give the engine's own words for its error: `{"message": …}`, or else the start of the body."""
    body, _ = _body(answer, _CHUNK, deadline)
    try:
        text = msgspec.json.decode(body, type=_Message).message
    except msgspec.DecodeError:
        text = body[:200].decode(errors="replace").strip()
    return redact(text[:500]) or f"HTTP status {answer.status_code}"


def _reason(why: Unreachable, seconds: float) -> str:
    return f"no answer within {seconds:g} s" if why.obstacle is Obstacle.TIMEOUT else why.message


def _obstacle_of_status(error: CallError) -> Unreachable:
    """Give what an error answer to the very first calls means."""
    if "HTTP request to an HTTPS server" in str(error):
        return Unreachable(obstacle=Obstacle.TLS, message="the engine wants TLS: give its certificates under `tls`")
    if error.status in {requests.codes.unauthorized, requests.codes.forbidden}:
        return Unreachable(obstacle=Obstacle.PERMISSION, message=str(error))
    obstacle = Obstacle.OTHER if error.status >= requests.codes.server_error else Obstacle.PROTOCOL
    return Unreachable(obstacle=obstacle, message=str(error))
