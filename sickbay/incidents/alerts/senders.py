"""Who may send alerts, by what each proves itself, and how what it sends is read."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from sickbay.incidents.alerts.alertmanager import read_alertmanager, read_grafana
from sickbay.incidents.alerts.azure import read_azure
from sickbay.incidents.alerts.generic import read_generic
from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.alerts.pagerduty import read_pagerduty
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.incidents.alerts.sns import Sns
from sickbay.incidents.alerts.sns_calls import SnsCalls

Reader = Callable[[bytes, datetime], tuple[Alert, ...]]

#: Those that prove themselves by a token in a header.
_BEARERS: Mapping[SenderName, Reader] = {
    SenderName.ALERTMANAGER: read_alertmanager,
    SenderName.GRAFANA: read_grafana,
    SenderName.AZURE: read_azure,
    SenderName.GENERIC: read_generic,
}


class Sender(Protocol):
    """One whose alerts are taken. `headers` have names in small letters."""

    def expects(self, headers: Mapping[str, str]) -> bool:
        """Say by the headers alone whether to read on: of others not even the body is read."""
        ...

    def admits(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Say whether it proves itself. Raises SenderUnavailableError."""
        ...

    def read(self, body: bytes, now: datetime) -> tuple[Alert, ...]:
        """Read what it sent. Raises AlertError, and SenderUnavailableError."""
        ...


class BearerSender:
    """Proves itself by `Authorization: Bearer TOKEN`."""

    def __init__(self, token: str, read: Reader) -> None:
        self._token = token.encode()
        self.read = read

    def admits(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:  # noqa: ARG002 - a sender's
        """Say whether it proves itself: the headers say it all."""
        return self.expects(headers)

    def expects(self, headers: Mapping[str, str]) -> bool:
        """Compare the token, in a time that tells nothing of it."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token)


class PagerDutySender:
    """Proves itself by an HMAC over the body; while a secret is being replaced, PagerDuty sends several."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.read = read_pagerduty

    def expects(self, headers: Mapping[str, str]) -> bool:
        """Look for a signature."""
        return "x-pagerduty-signature" in headers

    def admits(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:  # noqa: ARG002 - a sender's
        """Compare each signature, in a time that tells nothing of it."""
        signed = b"v1=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest().encode()
        given = headers.get("x-pagerduty-signature", "").split(",")
        return any(hmac.compare_digest(signature.strip().encode(), signed) for signature in given)


def senders_of(settings: AlertSettings, secrets: Mapping[SenderName, str]) -> dict[SenderName, Sender]:
    """Give the senders that the settings name. Raises KeyError where the secret of one is missing."""
    return {name: _sender(name, settings, secrets) for name in settings.senders}


def _sender(name: SenderName, settings: AlertSettings, secrets: Mapping[SenderName, str]) -> Sender:
    match name:
        case SenderName.SNS:
            return Sns(settings.topics, SnsCalls())
        case SenderName.PAGERDUTY:
            return PagerDutySender(secrets[name])
        case _:
            return BearerSender(secrets[name], _BEARERS[name])
