"""Connections that containers could not make, read from what their programs say: whom they wanted, and what went wrong.

Programs say it in many ways; the forms are those of Go, Python, Node, Java, nginx, curl, busybox and the clients of
PostgreSQL, MySQL and Redis.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: What a program said longer ago, before it ended or was looked at, may be over; `JUST_NOW` for what comes and goes by
#: itself, where no setting tells that it still holds.
RECENT, JUST_NOW = timedelta(minutes=10), timedelta(minutes=2)
#: What looks like a peer and is none: a part of a time of day, of a version.
_NUMBER = re.compile(r"[\d.]+")
#: Characters of a line that are looked at.
_LONGEST = 1000
_HOST = r"(?P<host>[A-Za-z0-9][\w.-]{0,252})"


class Trouble(StrEnum):
    """What kept a program from its peer."""

    NAME = "the name is not found"
    DNS = "the DNS server gives no answer"
    REFUSED = "the connection is refused"
    SILENCE = "no answer comes"
    STALL = "the connection stalls once it is made"


class Failure(Struct, frozen=True, kw_only=True):
    """One peer that could not be reached: its name or address, the port and the DNS server where they were told."""

    trouble: Trouble
    host: str
    port: str = ""
    server: str = ""
    line: str
    evidence: Evidence

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """Give the peer's address, or nothing where a name was wanted."""
        return address_of(self.host)


#: One of these stands in every line that tells of a failed connection: most lines need no closer look.
_SIGNS = (
    "timeout", "timed out", "time out", "timedout", "refused", "resol", "no such host", "unknown", "not known",
    "enotfound", "unreach", "bad address", "upstream", "tls handshake", "ssl_error", "awaiting headers", "eai_again",
    "(11", "misbehaving", "no route", "no address", "too long", "translate", "emsgsize", "no servers",
    "couldn't connect", "errno 111",
)  # fmt: skip
#: The first of the troubles whose words stand in a line is its own.
_WORDS: tuple[tuple[Trouble, re.Pattern[str]], ...] = tuple(
    (trouble, re.compile(words, re.IGNORECASE))
    for trouble, words in (
        (Trouble.DNS, r":53: .*(?:timeout|refused|unreachable|no route)|no servers could be reached|EAI_AGAIN"),
        (Trouble.DNS, r"temporary failure in name resolution|server misbehaving"),
        (
            Trouble.NAME,
            (
                r"no such host|name or service not known|could not resolve|bad address|ENOTFOUND|unknownhostexception"
                r"|unknown mysql server host|host not found in upstream|could not translate host name|failed to resolve"
                r"|name does not resolve|no address associated with hostname"
            ),
        ),
        (
            Trouble.STALL,
            r"tls handshake timeout|ssl_error_syscall|awaiting headers|read timed out|message too long|EMSGSIZE",
        ),
        (Trouble.REFUSED, r"connection refused|ECONNREFUSED|couldn't connect to server|\(111\b|errno 111"),
        (
            Trouble.SILENCE,
            (
                r"timed? ?out|timeout expired|ETIMEDOUT|no route to host|EHOSTUNREACH|host is unreachable"
                r"|network is unreachable|ENETUNREACH|\(11[03]\b|i/o timeout"
            ),
        ),
    )
)
#: Where in a line the peer stands, the surest form first.
_PLACES = tuple(
    re.compile(form.replace("HOST", _HOST).replace("PORT", r"(?P<port>\d{1,5})"), re.IGNORECASE)
    for form in (
        r"lookup HOST on (?P<server>[\d.]+):53",
        r"lookup HOST",
        r"upstream: \"\w+://HOST(?::PORT)?",
        r"dial \w+ \[?HOST\]?:PORT",
        r"connection to server at \"HOST\"[^,]*, port PORT",
        r"host='HOST', port=PORT",
        r"running on host \"HOST\"(?: \([^)]*\))?\D{1,40}port PORT",
        r"connect(?:ing|ion)? to (?:host )?HOST(?: \([^)]*\))?(?: port |:)PORT",
        r"connect to mysql server on '?HOST(?::PORT)?",
        r"remote host \(HOST\)",
        r"\b(?:E[A-Z]{6,}|EAI_AGAIN) HOST(?::PORT)?",
        r"resolve host(?:name)?:? ['\"]?HOST",
        r"(?:failed to resolve|bad address|host name|server host|upstream|unknownhostexception:) ?['\"]?HOST(?::PORT)?",
        r"https?://HOST(?::PORT)?",
        r"nc: HOST \([^)]*?:PORT\)",
        r"(?<![\w.-])HOST/[\d.]*:PORT",
        r"(?<![\w.-])HOST:PORT[:.]?(?:\s|$)",
        r"[\s'\"]HOST['\"]?: (?:name or service|temporary failure|name does not|no address|connection|no route)",
    )
)


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """Give what is written as an address, or nothing where it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def failures(host: Snapshot, container: Container, within: timedelta = RECENT) -> tuple[Failure, ...]:
    """Give the peers that the container's program lately could not reach, each in its last words."""
    found = {
        (failure.trouble, failure.host, failure.port): failure
        for evidence in said(host, container, _SIGNS, within)
        if (failure := failure_of(evidence.value, evidence))
    }
    return tuple(found.values())


def failure_of(line: str, evidence: Evidence) -> Failure | None:
    """Give the failed connection that a line tells of, or nothing."""
    found = _parsed(line[:_LONGEST])
    if found is None:
        return None
    trouble, host, port, server = found
    return Failure(trouble=trouble, host=host, port=port, server=server, line=line, evidence=evidence)


@lru_cache(maxsize=2048)
def _parsed(line: str) -> tuple[Trouble, str, str, str] | None:
    """Give trouble, peer, port and DNS server; remembered, since several checks read the same lines."""
    trouble = next((trouble for trouble, words in _WORDS if words.search(line)), None)
    if trouble is None:
        return None
    for place in _PLACES:
        found = place.search(line)
        if found and (address_of(found["host"]) or not _NUMBER.fullmatch(found["host"])):
            groups = found.groupdict()
            return trouble, groups["host"].rstrip("."), groups.get("port") or "", groups.get("server") or ""
    return None


def said(host: Snapshot, container: Container, signs: Sequence[str], within: timedelta = RECENT) -> Iterator[Evidence]:
    """Yield what the program said lately, a line each, and what its failing health check says.

    Only what holds one of the signs, in small letters: a log is searched as a whole first, which costs little.
    """
    state = container.state
    ended = container.read_at if state.running or state.finished_at == NEVER else state.finished_at
    since = max(ended - within, host.window_start)
    if container.log and _holds(container.log.text, signs):
        for line in container.log.since(since):
            if _holds(line, signs):
                yield Evidence(source=f"GET /containers/{container.name}/logs", value=line, at=container.read_at)
    if state.running and state.health and state.health.failing_streak:
        for probe in state.health.log:
            if probe.exit_code and _holds(probe.output, signs):
                yield container.evidence("State.Health.Log", probe.output.strip())


def _holds(text: str, signs: Sequence[str]) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in signs)
