"""The order in which a registry is read: whether it is there, then its health and the images side by side."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.registry.collector.credentials import CredentialsError, Login, read_login
from sickbay.diagnostics.platforms.registry.collector.health import read_health
from sickbay.diagnostics.platforms.registry.collector.images import ImageReader
from sickbay.diagnostics.platforms.registry.collector.reading import Reading
from sickbay.diagnostics.platforms.registry.collector.session import Session, challenge_of
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, Transport, UnreachableError, origin_of
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Snapshot, Told, Unreachable
from sickbay.diagnostics.platforms.registry.target import RegistryTarget

R = TypeVar("R")

#: Images read at a time.
_CONCURRENT = 4
_OK, _UNAUTHORIZED, _NOT_FOUND = 200, 401, 404
_PING, _PING_V1 = "/v2/", "/v1/_ping"
_WANTS_TLS = b"HTTP request to an HTTPS server"


class Collection:
    """Reads one registry."""

    def __init__(self, target: RegistryTarget, budget: Budget) -> None:
        self._target = target
        self._crew = Crew(_CONCURRENT, budget)
        self._transport = Transport(budget, loopback=target.names_loopback, ca=target.ca)
        self._reading = Reading()

    def run(self, snapshot: Snapshot, progress: Progress) -> Snapshot:
        """Read everything, telling `progress` each step. Raises CancelledError."""
        try:
            progress("Connection")
            login = self._log_in()
            snapshot = replace(snapshot, credentials=login.facts if login else None)
            sessions = [self._session(None), *([self._session(login)] if login else [])]
            snapshot = self._connected(snapshot, sessions)
            if not snapshot.unreachable:
                progress("Images")
                snapshot = self._read(snapshot, sessions)
            return self._completed(snapshot)
        finally:
            self._crew.close()
            self._transport.close()

    def _log_in(self) -> Login | None:
        try:
            login = read_login(self._target)
        except CredentialsError as error:
            self._reading.note("the credentials", str(error))
            return None
        if login:
            self._reading = Reading((login.secret, login.basic.partition(" ")[2]))
        return login

    def _session(self, login: Login | None) -> Session:
        return Session(self._target.url, self._transport, login, self._reading.clean)

    def _connected(self, snapshot: Snapshot, sessions: Sequence[Session]) -> Snapshot:
        try:
            return self._crew.wait(self._crew.submit(partial(self._pinged, snapshot, sessions)))
        except UnreachableError as error:
            return replace(snapshot, unreachable=error.why)
        except OutOfTimeError:
            why = Unreachable(obstacle=Obstacle.TIMEOUT, message="no answer in time")
            return replace(snapshot, unreachable=why)

    def _pinged(self, snapshot: Snapshot, sessions: Sequence[Session]) -> Snapshot:
        """Ask for the API's root, which tells a registry from other servers. Raises UnreachableError."""
        answer = sessions[0].look(_PING)
        told = self._reading.told(sessions[0], "GET", _PING, answer)
        snapshot = replace(snapshot, ping=told, clock=_clock(answer))
        if answer.status == _NOT_FOUND:
            first = sessions[0].look(_PING_V1)
            snapshot = replace(snapshot, ping_v1=first.status == _OK and not _is_page(first))
        challenge = challenge_of(answer)
        for session in sessions:
            session.challenge = challenge
        if challenge:
            words = (challenge.scheme.capitalize(), challenge.parameters.get("realm", ""))
            snapshot = replace(snapshot, challenge=self._reading.clean(" ".join(words)[:300]))
        return replace(snapshot, unreachable=_no_registry(snapshot, answer))

    def _read(self, snapshot: Snapshot, sessions: Sequence[Session]) -> Snapshot:
        request = snapshot.request
        reader = ImageReader(self._reading, sessions, signatures=request.audit or not request.pulls)
        health = self._crew.submit(partial(read_health, sessions[0], self._reading))
        coming = [(image, self._crew.submit(partial(reader.read, image))) for image in snapshot.images]
        login = sessions[-1] if snapshot.credentials and not coming else None
        asked = self._crew.submit(partial(self._logged_in, login))
        images = tuple(self._waited(image.name, future, image) for image, future in coming)
        components = self._waited("its health", health, ())
        return replace(snapshot, images=images, components=components, login=self._waited("its login", asked, None))

    def _logged_in(self, session: Session | None) -> Told | None:
        return self._reading.told(session, "GET", _PING, session.ask("GET", _PING)) if session else None

    def _waited(self, what: str, future: Future[R], otherwise: R) -> R:
        try:
            return self._crew.wait(future)
        except UnreachableError as error:
            self._reading.note_unreachable(what, error)
        except OutOfTimeError:
            self._reading.note(what, "the time was up")
        return otherwise

    def _completed(self, snapshot: Snapshot) -> Snapshot:
        origin = origin_of(self._target.url)
        return replace(
            snapshot,
            connected_to=self._transport.addresses.get(origin, ""),
            certificate=self._transport.certificates.get(origin),
            token_server=self._reading.token_server,
            answers=tuple(self._reading.answers),
            rate_limits=tuple(self._reading.rate_limits.values()),
            gaps=tuple(self._reading.gaps),
        )


def _no_registry(snapshot: Snapshot, answer: Answer) -> Unreachable | None:
    """Give why what answers there is no registry, or nothing where it is one: 401 is as good as 200."""
    message = ""
    moved = answer.headers.get("location", "") if 300 <= answer.status < 400 else ""
    if _WANTS_TLS in answer.body or (moved.startswith("https://") and snapshot.address.startswith("http://")):
        return Unreachable(obstacle=Obstacle.WANTS_TLS, message="it says that it speaks HTTPS")
    if answer.status == _OK and _is_page(answer):
        message = "it answers with a page for people"
    elif answer.status == _UNAUTHORIZED and challenge_of(answer) is None:
        message = "it wants a login, and does not say how"
    elif moved or (answer.status == _NOT_FOUND and not snapshot.ping_v1):
        message = str(snapshot.ping)
    return Unreachable(obstacle=Obstacle.PROTOCOL, message=message) if message else None


def _is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def _clock(answer: Answer) -> datetime | None:
    """Give the server's own time. A cache may have kept it, and then it is too old to be one."""
    if "age" in answer.headers:
        return None
    with suppress(ValueError, TypeError):
        told = parsedate_to_datetime(answer.headers.get("date", ""))
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    return None
