"""What Amazon SNS sends: signed with a key whose certificate it keeps, for topics that the configuration names.

The address of that certificate stands in the message itself, so it is only followed to SNS' own hosts; and only for a
topic of ours is anything fetched at all.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from sickbay.incidents.alerts.cloudwatch import read_cloudwatch
from sickbay.incidents.alerts.model import Alert, AlertError, decoded

#: Of a region, such as eu-west-1 or us-gov-east-1; `sns.s3.amazonaws.com` would be whoever has a bucket called `sns`.
_HOST = re.compile(r"sns\.[a-z]{2}(-[a-z]{2,20}){1,3}-[0-9]{1,2}\.amazonaws\.com(\.cn)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem")
#: How old a message may be, so that no old one is sent again by others: SNS tries for up to an hour. How far ahead its
#: clock may be.
_OLDEST, _AHEAD = timedelta(hours=1), timedelta(minutes=5)
#: What is signed, in this order; what a message does not have is left out.
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


class _Message(msgspec.Struct):
    Type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    MessageId: str
    TopicArn: str
    Message: str
    Timestamp: str
    SignatureVersion: Literal["1", "2"]
    Signature: str
    SigningCertURL: str
    Subject: str | None = None
    SubscribeURL: str | None = None
    Token: str | None = None


class Calls(Protocol):
    """What is asked of SNS itself. Both raise SenderUnavailableError."""

    def certificate(self, url: str) -> bytes:
        """Give the certificate, as PEM."""
        ...

    def confirm(self, url: str) -> None:
        """Confirm a subscription."""
        ...


class Sns:
    """Takes the alarms of these topics."""

    def __init__(self, topics: Sequence[str], calls: Calls) -> None:
        self._topics = frozenset(topics)
        self._calls = calls

    def expects(self, headers: Mapping[str, str]) -> bool:
        """Look for the name of a topic of ours."""
        return headers.get("x-amz-sns-topic-arn") in self._topics

    def admits(self, headers: object, body: bytes, now: datetime) -> bool:  # noqa: ARG002 - other senders need them
        """Say whether SNS signed it, lately, for a topic of ours. Raises SenderUnavailableError."""
        try:
            message = decoded(body, _Message)
        except AlertError:
            return False
        if message.TopicArn not in self._topics or not _is_fresh(message.Timestamp, now):
            return False
        if not _is_of_sns(message.SigningCertURL, _CERTIFICATE):
            return False
        return _is_signed(message, self._calls.certificate(message.SigningCertURL), now)

    def read(self, body: bytes, now: datetime) -> tuple[Alert, ...]:
        """Read an alarm, or confirm the subscription. Raises AlertError, and SenderUnavailableError."""
        message = decoded(body, _Message)
        if message.Type == "Notification":
            return read_cloudwatch(message.Message, now)
        if message.Type == "SubscriptionConfirmation":
            self._calls.confirm(_confirmation(message))
        return ()


def _confirmation(message: _Message) -> str:
    """Give the address that confirms the subscription, if it is SNS' own and about this topic. Raises AlertError."""
    url = message.SubscribeURL or ""
    asked = parse_qs(urlsplit(url).query) if _is_of_sns(url, re.compile("/?")) else {}
    if asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [message.TopicArn]:
        raise AlertError("Its SubscribeURL does not confirm a subscription to its topic.")
    return url


def _is_of_sns(url: str, path: re.Pattern[str]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # The whole authority is compared, so that neither a user nor a port can stand in it.
    return bool(
        url.isascii()
        and url.isprintable()
        and parts.scheme == "https"
        and _HOST.fullmatch(parts.netloc)
        and path.fullmatch(parts.path)
    )


def _is_fresh(timestamp: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return now - _OLDEST <= at <= now + _AHEAD


def _is_signed(message: _Message, pem: bytes, now: datetime) -> bool:
    names = _NOTIFICATION if message.Type == "Notification" else _CONFIRMATION
    values = ((name, getattr(message, name)) for name in names)
    signed = "".join(f"{name}\n{value}\n" for name, value in values if value is not None)
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or not _holds(certificate, now):
            return False
        signature = base64.b64decode(message.Signature, validate=True)
        # Version 1 is SNS' default: with SHA-1, for which nobody can yet make a message to a given digest.
        digest = SHA1() if message.SignatureVersion == "1" else SHA256()  # noqa: S303
        key.verify(signature, signed.encode(), PKCS1v15(), digest)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _holds(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
