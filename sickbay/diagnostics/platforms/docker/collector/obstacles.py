"""Tell from the exceptions of requests, urllib3, ssl and paramiko what stands between Sickbay and an engine."""

import errno
import http.client
import socket
import ssl

import docker.errors
import paramiko
import requests

from sickbay.diagnostics.causes import meaning_of
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.redaction import redact

#: In this order: the first class that any exception of the chain belongs to decides.
_CLASSES: tuple[tuple[type[BaseException], Obstacle], ...] = (
    (ssl.SSLError, Obstacle.TLS),
    (docker.errors.TLSParameterError, Obstacle.TLS),
    (paramiko.SSHException, Obstacle.SSH),
    (paramiko.ssh_exception.NoValidConnectionsError, Obstacle.REFUSED),
    (FileNotFoundError, Obstacle.MISSING_SOCKET),
    (PermissionError, Obstacle.PERMISSION),
    (ConnectionRefusedError, Obstacle.REFUSED),
    (socket.gaierror, Obstacle.NAME),
    (TimeoutError, Obstacle.TIMEOUT),
    (requests.Timeout, Obstacle.TIMEOUT),
    (http.client.BadStatusLine, Obstacle.PROTOCOL),
)
_REFUSED_CLIENT = "the engine does not accept the client certificate: check certificate and key under `tls`"
#: What the ends of OpenSSL's names for an alert or a failure mean here; Go's servers say 'bad certificate' too.
_TLS_REASONS = {
    "CERTIFICATE_REQUIRED": "the engine wants a client certificate: give certificate and key under `tls`",
    "BAD_CERTIFICATE": _REFUSED_CLIENT,
    "CERTIFICATE_EXPIRED": _REFUSED_CLIENT,
    "CERTIFICATE_UNKNOWN": _REFUSED_CLIENT,
    "UNKNOWN_CA": _REFUSED_CLIENT,
    "WRONG_VERSION_NUMBER": "what answers on that port does not speak TLS",
}
#: How many characters of an error's text are kept.
_LONGEST = 500


def obstacle_of(error: BaseException) -> Unreachable:
    """Give the class of a failed connection, and the text of the exception at its root."""
    obstacle, link = meaning_of(error, _CLASSES, Obstacle.OTHER, ignoring=http.client.RemoteDisconnected)
    return Unreachable(obstacle=obstacle, message=_text(link))


def _text(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"the engine's certificate is not accepted: {error.verify_message}"
    elif isinstance(error, ssl.SSLError) and (known := _tls_reason(getattr(error, "reason", None) or "")):
        text = known
    elif isinstance(error, OSError) and error.errno in errno.errorcode and error.strerror:
        text = error.strerror if not error.filename else f"{error.strerror}: {error.filename}"
    else:
        text = str(error) or type(error).__name__
    return redact(text[:_LONGEST])


def _tls_reason(reason: str) -> str:
    return next((text for end, text in _TLS_REASONS.items() if reason.endswith(end)), "")
