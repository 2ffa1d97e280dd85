"""Bounded GETs and HEADs over urllib3, each to an address that was looked at first.

The pool is opened to the address and verifies the name; so what answers is what was resolved, and what it must be. No
redirect is followed here, and nothing is sent that the caller did not give: who may be told a secret is decided there.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec import Struct

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.registry.collector.addresses import ForbiddenAddressError, resolve
from sickbay.diagnostics.platforms.registry.collector.obstacles import obstacle_of
from sickbay.diagnostics.platforms.registry.snapshot import Certificate, Unreachable

#: Seconds to connect, and for the whole of an answer.
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
#: The largest answer that is read, in bytes: the distribution project takes no manifest above 4 MiB.
LARGEST_ANSWER = 4 * 1024 * 1024
#: Connections to one host.
CONNECTIONS = 4
_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_ERRORS = (urllib3.exceptions.HTTPError, OSError, ValueError, ForbiddenAddressError)


class UnreachableError(Exception):
    """Raised when a call had no answer; `why` is the fact for the snapshot, `realm` the token server that gave none."""

    def __init__(self, why: Unreachable, realm: str = "") -> None:
        super().__init__(why.message)
        self.why = why
        self.realm = realm


class Origin(Struct, frozen=True):
    """Who answers: scheme, host and port of a URL."""

    scheme: str
    host: str
    port: int

    @property
    def header(self) -> str:
        """Give the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


class Answer(Struct, frozen=True):
    """One answer; the names of headers are in lower case. `cut` says that there was more than is read."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    cut: bool = False


def origin_of(url: str) -> Origin:
    """Give the origin of a URL. Raises ValueError where it is none of HTTP."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url[:100]!r} is no address of HTTP")
    return Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])


class Transport:
    """The connections of one diagnosis, shared by its threads."""

    def __init__(self, budget: Budget, *, loopback: bool, ca: Path | None) -> None:
        self._budget = budget
        self._loopback = loopback
        self._ca = ca
        self._lock = threading.Lock()
        self._pools: dict[Origin, urllib3.HTTPConnectionPool] = {}
        self.certificates: dict[Origin, Certificate] = {}
        self.addresses: dict[Origin, str] = {}

    def send(self, method: str, url: str, headers: Mapping[str, str], most: int = LARGEST_ANSWER) -> Answer:
        """Give the answer of one GET or HEAD. Raises UnreachableError."""
        try:
            origin, parts = origin_of(url), urlsplit(url)
            pool = self._pool(origin)
            answer = pool.urlopen(
                method,
                (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                headers={"Host": origin.header, "User-Agent": "sickbay", "Accept-Encoding": "identity", **headers},
                timeout=urllib3.Timeout(
                    connect=self._budget.timeout(CONNECT_SECONDS), read=self._budget.timeout(ANSWER_SECONDS)
                ),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                body, cut = _body(answer, most, time.monotonic() + self._budget.timeout(ANSWER_SECONDS))
            finally:
                answer.close()
                answer.release_conn()  # without it, an answer that was not read to its end keeps its place in the pool
        except _ERRORS as error:
            raise UnreachableError(obstacle_of(error)) from error
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, told, body, cut)

    def close(self) -> None:
        """Close what is open."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, origin: Origin) -> urllib3.HTTPConnectionPool:
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = self._opened(origin)
            return self._pools[origin]

    def _opened(self, origin: Origin) -> urllib3.HTTPConnectionPool:
        addresses = resolve(origin.host, origin.port, self._budget, loopback=self._loopback)
        self.addresses[origin] = address = self._looked_at(origin, addresses)
        if origin.scheme == "http":
            return urllib3.HTTPConnectionPool(address, origin.port, maxsize=CONNECTIONS, block=True)
        context = ssl.create_default_context()
        if self._ca is not None:
            context.load_verify_locations(self._ca)
        return urllib3.HTTPSConnectionPool(
            address, origin.port, maxsize=CONNECTIONS, block=True, ssl_context=context, server_hostname=origin.host
        )

    def _looked_at(self, origin: Origin, addresses: tuple[str, ...]) -> str:
        """Give the first address that takes connections; note the certificate that is shown there, trusted or not."""
        failure: OSError = OSError("no address")
        for address in addresses:
            try:
                reached = socket.create_connection(
                    (address, origin.port), timeout=self._budget.timeout(CONNECT_SECONDS)
                )
            except OSError as error:
                failure = error
                continue
            with reached:
                if origin.scheme == "https":
                    self._note_certificate(origin, reached)
            return address
        raise failure

    def _note_certificate(self, origin: Origin, reached: socket.socket) -> None:
        """Look at the certificate. Nothing is sent over this connection, so it need not be trusted."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(reached, server_hostname=origin.host) as wrapped:
            der = wrapped.getpeercert(binary_form=True) or b""
        certificate = _certificate(der)
        if certificate is not None:
            self.certificates[origin] = certificate


def _body(answer: urllib3.BaseHTTPResponse, most: int, deadline: float) -> tuple[bytes, bool]:
    """Read as it comes, so that neither a huge answer nor one that trickles in can hold on to the thread."""
    parts, size = list[bytes](), 0
    while size <= most and (part := answer.read1(_CHUNK)):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise TimeoutError("the answer did not end in time")
    return b"".join(parts)[:most], size > most


def _certificate(der: bytes) -> Certificate | None:
    try:
        read = x509.load_der_x509_certificate(der)
        before: datetime = read.not_valid_before_utc
        after: datetime = read.not_valid_after_utc
        return Certificate(
            names=tuple(clean(name[:253]) for name in _names(read)[:50]),
            issuer=clean(read.issuer.rfc4514_string()[:200]),
            self_signed=read.issuer == read.subject,
            not_before=before,
            not_after=after,
        )
    except (ValueError, x509.ExtensionNotFound):
        return None


def _names(certificate: x509.Certificate) -> list[str]:
    """Give the names that the certificate is for; its common name, which nobody checks any more, where it has none."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [str(item.value) for item in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
