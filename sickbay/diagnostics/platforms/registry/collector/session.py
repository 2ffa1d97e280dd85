"""Asking one registry as one user, or as nobody: challenges, tokens, and who may be told what.

A secret goes to the registry itself, and to the token server that the registry names in its challenge, as docker does;
that one must speak HTTPS where the registry does. A redirect is followed to the same origin only, except for blobs:
what lies elsewhere is fetched without credentials.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urljoin

import msgspec
from msgspec import Struct

from sickbay.diagnostics.platforms.registry.collector.credentials import Login, claims_of
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, Transport, UnreachableError, origin_of
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Told, Unreachable
from sickbay.diagnostics.platforms.registry.wire import Problem, Problems, Token

ANONYMOUS = "anonymous"
#: Redirects that are followed in a row.
_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNAUTHORIZED = 401
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
#: Characters of an error's message that are kept.
_LONGEST = 300


class Challenge(Struct, frozen=True):
    """How a registry wants to be logged in to: `scheme` in lower case, and its parameters."""

    scheme: str
    parameters: Mapping[str, str]


class Refused(Struct, frozen=True):
    """A token server's refusal, in place of an answer of the registry."""

    told: Told


class Session:
    """One user's way of asking; `login` is None for anonymous."""

    def __init__(self, url: str, transport: Transport, login: Login | None, clean: Callable[[str], str]) -> None:
        self._url = url
        self._origin = origin_of(url)
        self._transport = transport
        self._login = login
        self._clean = clean
        self._tokens: dict[str, str] = {}
        self.challenge: Challenge | None = None
        self.by = login.facts.username if login else ANONYMOUS

    def ask(
        self, method: str, path: str, *, accept: str = "*/*", scope: str = "", blob: bool = False
    ) -> Answer | Refused:
        """Give the answer, logging in where the registry asks for it. Raises UnreachableError."""
        if self.challenge and self.challenge.scheme == "bearer" and scope and scope not in self._tokens:
            refused = self._fetch_token(self.challenge, scope)
            if refused is not None:
                return refused
        headers = {"Accept": accept, **self._authorization(scope)}
        answer = self._send(method, self._url + path, headers, blob=blob)
        challenge = challenge_of(answer) if answer.status == _UNAUTHORIZED else None
        if challenge is None or "Authorization" in headers:
            return answer
        self.challenge = challenge
        if challenge.scheme == "bearer":
            refused = self._fetch_token(challenge, scope)
            if refused is not None:
                return refused
        headers = {"Accept": accept, **self._authorization(scope)}
        return self._send(method, self._url + path, headers, blob=blob) if "Authorization" in headers else answer

    def look(self, path: str) -> Answer:
        """Give the answer to a GET that logs nobody in. Raises UnreachableError."""
        return self._send("GET", self._url + path, {"Accept": "application/json"}, blob=False)

    def granted(self, scope: str) -> tuple[str, ...] | None:
        """Give the actions that the token for the scope allows there, None where it does not tell."""
        claims = claims_of(self._tokens.get(scope, ""))
        if claims.access is None:
            return None
        name = scope.partition(":")[2].rpartition(":")[0]
        return tuple(action for grant in claims.access if grant.name == name for action in grant.actions)

    def told(self, method: str, path: str, answer: Answer | Refused) -> Told:
        """Give the answer as a fact."""
        if isinstance(answer, Refused):
            return answer.told
        return self._told(f"{method} {path}", answer)

    def _authorization(self, scope: str) -> dict[str, str]:
        if scope in self._tokens:
            return {"Authorization": f"Bearer {self._tokens[scope]}"}
        if self._login and self.challenge and self.challenge.scheme == "basic":
            return {"Authorization": self._login.basic}
        return {}

    def _fetch_token(self, challenge: Challenge, scope: str) -> Refused | None:
        """Get a token for the scope, or give the token server's refusal."""
        realm = challenge.parameters.get("realm", "")
        try:
            origin = origin_of(realm)
        except ValueError as error:
            raise UnreachableError(
                Unreachable(obstacle=Obstacle.PROTOCOL, message=str(error)), realm or "none"
            ) from error
        if self._origin.scheme == "https" and origin.scheme != "https":
            message = "it is plain HTTP, and the registry is not: no secret is sent there"
            raise UnreachableError(Unreachable(obstacle=Obstacle.FORBIDDEN, message=message), realm)
        query = {"service": challenge.parameters.get("service", "")}
        query["scope"] = scope or challenge.parameters.get("scope", "")
        wanted = urlencode({name: value for name, value in query.items() if value})
        url = f"{realm}{'&' if '?' in realm else '?'}{wanted}"
        headers = {"Accept": "application/json", **({"Authorization": self._login.basic} if self._login else {})}
        try:
            answer = self._transport.send("GET", url, headers)
        except UnreachableError as error:
            raise UnreachableError(error.why, realm) from error
        if answer.status != 200:
            return Refused(self._told(f"GET {self._clean(realm[:_LONGEST])}", answer))
        try:
            given = msgspec.json.decode(answer.body, type=Token)
        except msgspec.DecodeError as error:
            message = f"it answers with no token: {error}"
            raise UnreachableError(Unreachable(obstacle=Obstacle.PROTOCOL, message=message), realm) from error
        self._tokens[scope] = given.token or given.access_token
        return None

    def _send(self, method: str, url: str, headers: dict[str, str], *, blob: bool) -> Answer:
        """Send it, following redirects: with what is in `headers` to the same origin alone, of blobs to others too."""
        answer = self._transport.send(method, url, headers)
        for _ in range(_HOPS):
            target = self._onward(url, answer, blob=blob)
            if target is None:
                break
            if origin_of(target) != self._origin:
                headers = {"Accept": headers["Accept"]}
            url = target
            answer = self._transport.send(method, url, headers)
        return answer

    def _onward(self, url: str, answer: Answer, *, blob: bool) -> str | None:
        """Give where a redirect leads, if it may be followed there."""
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not location:
            return None
        try:
            target = urljoin(url, location)
            origin = origin_of(target)
        except ValueError:
            return None
        elsewhere = blob and (origin.scheme == "https" or self._origin.scheme == "http")
        return target if origin == self._origin or elsewhere else None

    def _told(self, call: str, answer: Answer) -> Told:
        code, message = _problem(answer)
        if answer.status in _REDIRECTS:
            message = f"redirects to {answer.headers.get('location', 'nowhere')}, which is not followed"
        return Told(
            call=call,
            status=answer.status,
            code=self._clean(code[:100]),
            message=self._clean(message[:_LONGEST]),
            retry_after=self._clean(answer.headers.get("retry-after", "")[:50]),
        )


def challenge_of(answer: Answer) -> Challenge | None:
    """Give what the WWW-Authenticate header asks for; Bearer where it offers several."""
    header = answer.headers.get("www-authenticate", "")
    schemes = re.findall(r"(?:^|,)\s*(bearer|basic)\b", header, re.IGNORECASE)
    if not schemes:
        return None
    scheme = "bearer" if "bearer" in {item.lower() for item in schemes} else "basic"
    start = header.lower().index(scheme)
    parameters = {match[1].lower(): match[2] or match[3] or "" for match in _PARAMETER.finditer(header[start:])}
    return Challenge(scheme, parameters)


def _problem(answer: Answer) -> tuple[str, str]:
    """Give code and message of an error, from whichever fields it has them in; of a page, the start of its text."""
    if answer.status < 400:
        return "", ""
    try:
        found = msgspec.json.decode(answer.body, type=Problems)
    except msgspec.DecodeError:
        text = re.sub(r"<[^>]*>", " ", answer.body[:2000].decode(errors="replace"))
        return "", " ".join(text.split())
    first = next(iter(found.errors), Problem())
    message = first.message or found.details or found.message or found.error_description or found.error
    return first.code, message
