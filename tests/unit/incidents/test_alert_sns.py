"""What claims to come from Amazon SNS: only what SNS signed, lately, for a topic of ours, is taken."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sickbay.incidents.alerts.model import AlertError, SenderUnavailableError
from sickbay.incidents.alerts.sns import Sns
from sickbay.incidents.alerts.sns_calls import SnsCalls
from tests.unit.incidents.alert_payloads import BEGAN, NOW, TOPIC, alarm

CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"
CONFIRM = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(signer: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, days: int = 300) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signer.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=365))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(signer, SHA256())
    )
    return built.public_bytes(Encoding.PEM)


def message(**otherwise: str | None) -> dict[str, str]:
    """Give a notification that is signed as SNS does, with what a test wants otherwise before it is signed."""
    usual: dict[str, str | None] = {
        "Type": "Notification",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "TopicArn": TOPIC,
        "Subject": 'ALARM: "checkout-5xx" in EU (Ireland)',
        "Message": alarm(),
        "Timestamp": "2026-11-30T03:09:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
    }
    fields = usual | otherwise
    text = "".join(f"{name}\n{fields[name]}\n" for name in SIGNED if fields.get(name) is not None)
    digest = SHA1() if fields["SignatureVersion"] == "1" else SHA256()
    signature = base64.b64encode(key().sign(text.encode(), PKCS1v15(), digest)).decode()
    return {name: value for name, value in fields.items() if value is not None} | {"Signature": signature}


def confirmation(url: str = CONFIRM, topic: str = TOPIC) -> dict[str, str]:
    return message(
        Type="SubscriptionConfirmation", Subject=None, Message="You have chosen to subscribe.", Token="2336412f37",
        SubscribeURL=url, TopicArn=topic,
    )  # fmt: skip


class Amazon:
    """SNS, played: it has one certificate and remembers what it was asked."""

    def __init__(self, pem: bytes) -> None:
        self.pem = pem
        self.asked: list[str] = []

    def certificate(self, url: str) -> bytes:
        self.asked.append(url)
        return self.pem

    def confirm(self, url: str) -> None:
        self.asked.append(url)


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(certificate(key()))


@pytest.fixture
def sns(amazon: Amazon) -> Sns:
    return Sns([TOPIC], amazon)


def admits(sns: Sns, sent: dict[str, str]) -> bool:
    return sns.admits({}, json.dumps(sent).encode(), NOW)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["ALARM", None])
def test_a_signed_alarm_is_taken(sns: Sns, version: str, subject: str | None) -> None:
    """Given an alarm that SNS signed in either version, when it is judged and read, then it is an alert."""
    sent = message(SignatureVersion=version, Subject=subject)

    assert admits(sns, sent)
    (alert,) = sns.read(json.dumps(sent).encode(), NOW)
    assert (alert.source, alert.started_at) == ("sns", BEGAN)


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type", "Signature"])
def test_what_was_changed_on_its_way_is_refused(amazon: Amazon, field: str) -> None:
    """Given a message of which one field was changed after it was signed, when it is judged, then it is refused."""
    others = {
        "Message": alarm("OK"), "Timestamp": "2026-11-30T03:09:01.000Z", "TopicArn": TOPIC + "-2",
        "Type": "UnsubscribeConfirmation", "Signature": base64.b64encode(bytes(256)).decode(),
    }  # fmt: skip

    assert not admits(Sns([TOPIC, TOPIC + "-2"], amazon), message() | {field: others.get(field, "x")})


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
        "https://evil.example/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
        "https://evil.example\\@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
        "https://evil.s3.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.evil.s3.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com/evil/../SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com/?Action=GetTopic",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem\r\nHost: evil.example",
        "https://[sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_is_fetched_from_sns_alone(sns: Sns, amazon: Amazon, url: str) -> None:
    """Given a certificate elsewhere than with SNS, when it is judged, then it is refused, and nothing is asked."""
    assert not admits(sns, message(SigningCertURL=url))
    assert amazon.asked == []


def test_china_has_hosts_of_its_own(amazon: Amazon) -> None:
    """Given a topic in China, when its message is judged, then its certificate is fetched from there."""
    url = CERTIFICATE.replace("eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn")
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:alarms"

    assert admits(Sns([topic], amazon), message(SigningCertURL=url, TopicArn=topic))
    assert amazon.asked == [url]


def test_only_what_names_a_topic_of_ours_is_read(sns: Sns) -> None:
    """Given the headers of a request, when they name a topic of ours, then its body is read, and else it is not."""
    assert sns.expects({"x-amz-sns-topic-arn": TOPIC})
    assert not sns.expects({"x-amz-sns-topic-arn": TOPIC + "-2"})
    assert not sns.expects({})


def test_a_topic_of_others_is_refused(sns: Sns, amazon: Amazon) -> None:
    """Given a message that SNS signed for a topic of somebody else, when it is judged, then it is refused unasked."""
    assert not admits(sns, message(TopicArn=TOPIC.replace("123456789012", "210987654321")))
    assert amazon.asked == []


@pytest.mark.parametrize(
    "timestamp", ["2026-11-30T02:09:59.000Z", "2026-11-30T03:15:01.000Z", "1970-01-01T00:00:00Z", "now", ""]
)
def test_an_old_message_is_refused(sns: Sns, timestamp: str) -> None:
    """Given a message from more than an hour ago, or from the future, when it is judged, then it is refused."""
    assert not admits(sns, message(Timestamp=timestamp))


@pytest.mark.parametrize("pem", ["expired", "not RSA", "none"])
def test_a_certificate_that_is_no_good(sns: Sns, amazon: Amazon, pem: str) -> None:
    """Given a certificate that has expired, has another kind of key or is none, when judged, then it is refused."""
    amazon.pem = {
        "expired": certificate(key(), days=-1), "not RSA": certificate(ec.generate_private_key(ec.SECP256R1())),
        "none": b"<html>",
    }[pem]  # fmt: skip

    assert not admits(sns, message())


@pytest.mark.parametrize("sent", [b"", b"[]", b"{}", b'{"Type": "Notification"}', b"\xff"])
def test_what_is_no_message_is_refused(sns: Sns, sent: bytes) -> None:
    """Given what SNS never sends, when it is judged, then it is refused."""
    assert not sns.admits({}, sent, NOW)


def test_a_subscription_is_confirmed(sns: Sns, amazon: Amazon) -> None:
    """Given a confirmation for a topic of ours, when it is taken, then its address is called."""
    sent = confirmation()

    assert admits(sns, sent)
    assert sns.read(json.dumps(sent).encode(), NOW) == ()
    assert amazon.asked == [CERTIFICATE, CONFIRM]


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM.replace("sns.eu-west-1.amazonaws.com", "evil.example"),
        CONFIRM.replace("ConfirmSubscription", "Subscribe"),
        CONFIRM.replace(TOPIC, TOPIC + "-2"),
        f"{CONFIRM}&Action=Unsubscribe",
        CONFIRM.replace("https", "http"),
        "",
    ],
)
def test_nothing_else_is_called(sns: Sns, amazon: Amazon, url: str) -> None:
    """Given an address that does not confirm this subscription with SNS, when it is read, then it is not called."""
    with pytest.raises(AlertError, match="does not confirm"):
        sns.read(json.dumps(confirmation(url)).encode(), NOW)
    assert amazon.asked == []


def test_an_unsubscription_is_no_alert(sns: Sns) -> None:
    """Given that somebody unsubscribed, when it is read, then there is nothing to do: nobody subscribes again."""
    assert sns.read(json.dumps(confirmation() | {"Type": "UnsubscribeConfirmation"}).encode(), NOW) == ()


def test_a_notification_that_is_no_alarm_is_told(sns: Sns) -> None:
    """Given a notification of something else, when it is read, then its sender is told."""
    with pytest.raises(AlertError):
        sns.read(json.dumps(message(Message="hello")).encode(), NOW)


class _Site(BaseHTTPRequestHandler):
    answers = 0

    def do_GET(self) -> None:
        type(self).answers += 1
        self.send_response({"/moved": 302, "/gone": 404}.get(self.path, 200))
        self.send_header("Location", "/good")
        self.end_headers()
        self.wfile.write(b"x" * (100_000 if self.path == "/large" else 10))

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    _Site.answers = 0
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_certificate_is_fetched_once(site: str) -> None:
    """Given a certificate that is needed twice, when it is asked for, then it was fetched once."""
    calls = SnsCalls()

    assert calls.certificate(f"{site}/good") == calls.certificate(f"{site}/good") == b"x" * 10
    assert _Site.answers == 1


@pytest.mark.parametrize("path", ["moved", "gone", "large"])
def test_what_is_not_the_answer_is_refused(site: str, path: str) -> None:
    """Given a redirect, an error or too long an answer, when it is fetched, then it is refused, and none followed."""
    with pytest.raises(SenderUnavailableError):
        SnsCalls().certificate(f"{site}/{path}")
    assert _Site.answers == 1


def test_sns_that_does_not_answer_is_told() -> None:
    """Given an address at which nobody listens, when it is fetched, then the sender is to try again."""
    with pytest.raises(SenderUnavailableError, match="does not answer"):
        SnsCalls().confirm("http://127.0.0.1:1/")
