"""Tell from the exceptions of sockets, ssl and urllib3 what stands between Sickbay and a registry."""

import http.client
import socket
import ssl

import urllib3

from sickbay.diagnostics.causes import meaning_of
from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.registry.collector.addresses import ForbiddenAddressError
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Unreachable

#: In this order: the first class that any exception of the chain belongs to decides.
_CLASSES: tuple[tuple[type[BaseException], Obstacle], ...] = (
    (ForbiddenAddressError, Obstacle.FORBIDDEN),
    (ssl.SSLCertVerificationError, Obstacle.CERTIFICATE),
    (socket.gaierror, Obstacle.NAME),
    (ConnectionRefusedError, Obstacle.REFUSED),
    (TimeoutError, Obstacle.TIMEOUT),
    (urllib3.exceptions.TimeoutError, Obstacle.TIMEOUT),
    (ssl.SSLError, Obstacle.TLS),
    (http.client.BadStatusLine, Obstacle.PROTOCOL),
)
#: OpenSSL's names for what it read in place of a handshake: an HTTP server's answer.
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
_LONGEST = 500


def obstacle_of(error: BaseException) -> Unreachable:
    """Give the class of a failed connection, and the text of the exception at its root."""
    obstacle, link = meaning_of(error, _CLASSES, Obstacle.OTHER, ignoring=http.client.RemoteDisconnected)
    return Unreachable(obstacle=_narrowed(obstacle, link), message=_text(link))


def _narrowed(obstacle: Obstacle, error: BaseException) -> Obstacle:
    reason = getattr(error, "reason", None)
    spoke_http = isinstance(error, ssl.SSLError) and str(reason).endswith(_NOT_TLS)
    return Obstacle.PLAIN_HTTP if spoke_http else obstacle


def _text(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = str(error) or type(error).__name__
    return clean(text[:_LONGEST])
