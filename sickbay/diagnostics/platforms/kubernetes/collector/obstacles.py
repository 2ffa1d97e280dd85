"""What an error of the transport means, in our words."""

import errno
import http.client
import socket
import ssl

import urllib3

from sickbay.diagnostics.causes import meaning_of
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.redaction import redact

TRANSPORT_ERRORS = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, EOFError)
#: From the most telling to the least.
_CLASSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Obstacle], ...] = (
    (ssl.SSLError, Obstacle.TLS),
    ((socket.gaierror, urllib3.exceptions.NameResolutionError), Obstacle.NAME),
    ((ConnectionRefusedError, ConnectionResetError, BrokenPipeError), Obstacle.REFUSED),
    ((TimeoutError, urllib3.exceptions.TimeoutError), Obstacle.TIMEOUT),
    (urllib3.exceptions.ProtocolError, Obstacle.PROTOCOL),
)
_LONGEST = 300


def obstacle_of(error: BaseException) -> Unreachable:
    """Give the class of the obstacle that an error stands for, and its text, redacted."""
    obstacle, link = meaning_of(error, _CLASSES, Obstacle.OTHER)
    return Unreachable(obstacle=obstacle, message=_text(link, obstacle))


def _text(error: BaseException, obstacle: Obstacle) -> str:
    if obstacle is Obstacle.TIMEOUT:
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"the API server's certificate is not accepted: {error.verify_message}"
    elif isinstance(error, OSError) and error.errno in errno.errorcode and error.strerror:
        text = error.strerror
    else:
        text = str(error) or type(error).__name__
    return redact(text[:_LONGEST])
