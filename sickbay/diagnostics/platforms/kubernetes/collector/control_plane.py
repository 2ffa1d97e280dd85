"""What the API server says of itself: its health checks, and how long the certificates hold."""

import socket
import ssl
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CONNECT_SECONDS, CallError, Connection
from sickbay.diagnostics.platforms.kubernetes.snapshot import Certificate
from sickbay.diagnostics.redaction import redact

_PORT = 443
#: Characters of the health answer that are kept.
_LONGEST = 10_000


def read_health(connection: Connection) -> str:
    """Give the answer of `/readyz?verbose`, which lists each check; an ill server answers 500 with the same list."""
    try:
        return connection.get("/readyz", {"verbose": ""}).decode(errors="replace")[:_LONGEST]
    except CallError as error:
        if error.status >= 500:
            return redact(error.body.decode(errors="replace")[:_LONGEST])
        raise


def read_certificates(connection: Connection, budget: Budget) -> tuple[Certificate, ...]:
    """Give the API server's certificate, as a handshake of its own shows it, and the client's own. Raises CallError."""
    configuration = connection.configuration
    found = []
    parts = urlsplit(str(configuration.host))
    if parts.scheme == "https" and parts.hostname and not configuration.proxy:
        found.append(_certificate("API server", _served(parts.hostname, parts.port or _PORT, budget)))
    if configuration.cert_file:
        found.append(_certificate("client", Path(str(configuration.cert_file)).read_bytes()))
    return tuple(found)


def _served(host: str, port: int, budget: Budget) -> bytes:
    # Only looked at: whether it is trusted was decided by the connection that everything else is read from.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=budget.timeout(CONNECT_SECONDS)) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            der = wrapped.getpeercert(binary_form=True)
    except OSError as error:
        raise CallError(f"no handshake: {error}") from error
    return ssl.DER_cert_to_PEM_cert(der or b"").encode()


def _certificate(whose: str, pem: bytes) -> Certificate:
    try:
        read = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise CallError(f"the {whose}'s certificate cannot be understood: {error}") from error
    before: datetime = read.not_valid_before_utc
    after: datetime = read.not_valid_after_utc
    return Certificate(whose=whose, not_before=before, not_after=after)
