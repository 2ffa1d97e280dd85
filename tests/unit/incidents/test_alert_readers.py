"""Each sender's own words become one kind of alert."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sickbay.incidents.alerts.alertmanager import read_alertmanager, read_grafana
from sickbay.incidents.alerts.azure import read_azure
from sickbay.incidents.alerts.cloudwatch import read_cloudwatch
from sickbay.incidents.alerts.generic import read_generic
from sickbay.incidents.alerts.model import Alert, AlertError
from sickbay.incidents.alerts.pagerduty import read_pagerduty
from sickbay.incidents.alerts.rules import AlertSettings, SenderName, TargetRule
from sickbay.incidents.alerts.senders import senders_of
from tests.unit.incidents.alert_payloads import (
    BEGAN,
    ENDED,
    NOW,
    alarm,
    alertmanager,
    azure,
    body,
    generic,
    grafana,
    pagerduty,
    prometheus_alert,
)

LABELS = {"alertname": "KubePodCrashLooping", "namespace": "shop", "deployment": "web", "severity": "critical"}
SECRET = "of-the-sender-0123456789"


def test_alertmanager() -> None:
    """Given a payload of Alertmanager, when it is read, then all that matters of its alert is there."""
    (alert,) = read_alertmanager(alertmanager(), NOW)

    assert alert == Alert(
        source="alertmanager",
        fingerprint="c6eadffa33fcdf37",
        title="shop/web restarts all the time",
        labels=LABELS,
        group='{}:{alertname="KubePodCrashLooping"}',
        started_at=BEGAN,
        ended_at=None,
        as_of=NOW,
        link="https://prometheus.example.com/graph?g0.expr=up",
        runbook="https://example.com/runbook",
    )


def test_alertmanager_tells_of_an_end() -> None:
    """Given an alert that is resolved beside one that fires, when they are read, then one has ended, and when."""
    ended = prometheus_alert(status="resolved", endsAt="2026-11-30T03:05:00Z", fingerprint="b")

    fires, over = read_alertmanager(alertmanager(prometheus_alert(), ended), NOW)

    assert (fires.firing, over.firing, over.ended_at) == (True, False, ENDED)


def test_alerts_without_a_fingerprint_are_told_apart_by_their_labels() -> None:
    """Given no fingerprint, when alerts are read, then the same labels in any order are one alert, others another."""
    turned = dict(reversed(LABELS.items()))
    alerts = (
        prometheus_alert(fingerprint="", labels=labels) for labels in (LABELS, turned, LABELS | {"deployment": "api"})
    )

    first, same, other = (alert.fingerprint for alert in read_alertmanager(alertmanager(*alerts), NOW))

    assert first == same != other


def test_grafana() -> None:
    """Given a payload of Grafana, when it is read, then its panel is what the link leads to."""
    (alert,) = read_grafana(grafana(), NOW)

    assert (alert.source, alert.link) == ("grafana", "https://grafana.example.com/d/1?viewPanel=2")


@pytest.mark.parametrize(
    ("event", "firing"),
    [("incident.triggered", True), ("incident.reopened", True), ("incident.resolved", False)],
)
def test_pagerduty(event: str, firing: bool) -> None:
    """Given an incident of PagerDuty that begins or ends, when it is read, then it is an alert that does."""
    (alert,) = read_pagerduty(pagerduty(event), NOW)

    assert (alert.firing, alert.fingerprint, alert.group) == (firing, "PGR0VU2", "PF9KMXH")
    assert (alert.as_of, alert.title) == (BEGAN, "A little bump in the road")
    assert alert.labels == {"service": "API Service", "service_id": "PF9KMXH", "urgency": "high", "priority": "P1"}


@pytest.mark.parametrize("event", ["incident.acknowledged", "pagey.ping", "service.updated"])
def test_what_is_no_alert_of_pagerduty(event: str) -> None:
    """Given an event that neither begins nor ends an incident, when it is read, then it is no alert, and no mistake."""
    assert read_pagerduty(pagerduty(event, id=None, title=7), NOW) == ()


def test_azure() -> None:
    """Given an alert of Azure Monitor that fires, when it is read, then its resource is among its labels."""
    (alert,) = read_azure(azure(), NOW)

    assert (alert.title, alert.firing, alert.started_at.replace(microsecond=0)) == ("Pods are not ready", True, BEGAN)
    assert alert.labels == {
        "team": "shop", "resource": "prod", "resource_group": "shop", "severity": "Sev1", "signal_type": "Metric",
        "subscription": "11111111-2222-3333-4444-555555555555", "alert_rule": "Pods are not ready",
        "monitoring_service": "Platform",
    }  # fmt: skip


def test_azure_tells_of_an_end() -> None:
    """Given an alert of Azure Monitor that is resolved, when it is read, then it has ended, and is the same."""
    (fired,), (resolved,) = read_azure(azure(), NOW), read_azure(azure("Resolved"), NOW)

    assert (resolved.ended_at, resolved.as_of, resolved.fingerprint) == (ENDED, ENDED, fired.fingerprint)


def test_cloudwatch() -> None:
    """Given an alarm of CloudWatch, when it is read, then its dimensions are labels, and the link leads to it."""
    (alert,) = read_cloudwatch(alarm(), NOW)

    assert (alert.title, alert.started_at, alert.firing) == ("checkout-5xx: Checkout answers with errors", BEGAN, True)
    assert alert.labels == {
        "ClusterName": "prod", "ServiceName": "checkout", "alarm": "checkout-5xx", "account": "123456789012",
        "region": "eu-west-1", "metric": "HTTPCode_Target_5XX_Count", "metric_namespace": "AWS/ECS",
    }  # fmt: skip
    assert alert.link == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/checkout-5xx"
    )


def test_cloudwatch_without_data_says_nothing() -> None:
    """Given an alarm that lacks data, when it is read, then that is neither a beginning nor an end."""
    (over,) = read_cloudwatch(alarm("OK"), NOW)

    assert not over.firing
    assert read_cloudwatch(alarm("INSUFFICIENT_DATA"), NOW) == ()


def test_generic() -> None:
    """Given an alert in Sickbay's own words, when it is read, then it is what it says."""
    (alert,) = read_generic(generic(), NOW)

    assert (alert.fingerprint, alert.title, alert.group) == ("disk-7", "Disk of node-7 is full", "disks")
    assert alert.labels == {"host": "node-7", "free": "0.5", "full": "True"}
    assert (alert.started_at, alert.link) == (BEGAN, "https://example.com/alerts/7")


@pytest.mark.parametrize("otherwise", [{"id": ""}, {"status": "on"}, {"title": ""}, {"labls": {}}])
def test_generic_says_what_is_wrong(otherwise: dict[str, object]) -> None:
    """Given a mistake in Sickbay's own words, when it is read, then the sender is told where."""
    with pytest.raises(AlertError, match=r"not as this sender writes it: .*alerts\[0\]"):
        read_generic(generic(**otherwise), NOW)


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        ("2026-12-24T00:00:00Z", NOW),
        ("9999-12-31T23:59:59-14:00", NOW),
        ("0001-01-01T00:00:00Z", NOW),
        ("yesterday", NOW),
        ("2026-11-30T04:00:00+01:00", BEGAN),
        ("2026-11-30T03:00:00", BEGAN),
        ((NOW + timedelta(microseconds=1)).isoformat(), NOW),
    ],
)
def test_a_time_that_cannot_be_is_now(began: str, expected: datetime) -> None:
    """Given a time that is yet to come, long ago or none, when the alert is read, then it began now."""
    assert read_generic(generic(started_at=began), NOW)[0].started_at == expected


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a.example/ <!channel>\n", "//a", "https://" + "a" * 3000]
)
def test_only_web_addresses_are_links(link: str) -> None:
    """Given what is no web address, when the alert is read, then it has no link."""
    assert read_generic(generic(link=link, runbook=link), NOW)[0].link == ""


READERS: list[tuple[Callable[[bytes, datetime], tuple[Alert, ...]], bytes]] = [
    (read_alertmanager, alertmanager()), (read_pagerduty, pagerduty()),
    (read_azure, azure()), (read_generic, generic()),
]  # fmt: skip


@pytest.mark.parametrize(("read", "payload"), READERS)
def test_no_sender_is_taken_for_another(read: Callable[[bytes, datetime], object], payload: bytes) -> None:
    """Given a payload of each other shape, when a reader reads it, then it refuses rather than reads nothing."""
    for other in {alertmanager(), pagerduty(), azure()} - {payload}:
        with pytest.raises(AlertError):
            read(other, NOW)


@pytest.mark.parametrize("name", ["alertmanager", "grafana", "azure", "generic"])
@pytest.mark.parametrize(
    ("header", "admitted"),
    [
        (f"Bearer {SECRET}", True),
        (f"bearer  {SECRET}", True),
        (f"Basic {SECRET}", False),
        (f"Bearer {SECRET}x", False),
        (SECRET, False),
        ("Bearer", False),
        ("", False),
        ("Bearer \xe9", False),
    ],
)
def test_a_token_admits(name: str, header: str, admitted: bool) -> None:
    """Given a token in a header, when a request is judged, then the sender's own admits it and no other does."""
    sender = senders_of(AlertSettings(senders=(SenderName(name),)), {SenderName(name): SECRET})[SenderName(name)]

    assert sender.admits({"authorization": header}, b"{}", NOW) is admitted
    assert sender.admits({}, b"{}", NOW) is False


def test_a_signature_of_pagerduty_admits() -> None:
    """Given PagerDuty's signatures, when a request is judged, then one that is right is enough, over this very body."""
    sender = senders_of(
        AlertSettings(senders=(SenderName.PAGERDUTY,)), {SenderName.PAGERDUTY: SECRET}
    )[SenderName.PAGERDUTY]  # fmt: skip
    sent = pagerduty()
    right = "v1=" + hmac.new(SECRET.encode(), sent, hashlib.sha256).hexdigest()

    assert sender.admits({"x-pagerduty-signature": right}, sent, NOW)
    assert sender.admits({"x-pagerduty-signature": f"v1={'0' * 64}, {right}"}, sent, NOW)
    for headers, said in (
        ({"x-pagerduty-signature": right}, sent + b" "), ({"x-pagerduty-signature": right[3:]}, sent), ({}, sent),
        ({"x-pagerduty-signature": "v1=\xe9"}, sent),
    ):  # fmt: skip
        assert not sender.admits(headers, said, NOW)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"namespace": "shop", "deployment": "web"}, "shop/web"),
        ({"namespace": "shop"}, "shop"),
        ({"deployment": "web"}, ""),
        ({"namespace": "shop", "deployment": "web ~ api"}, "shop"),
        ({"namespace": "shop/web", "deployment": "web"}, ""),
        ({"namespace": "--audit", "deployment": "web"}, ""),
        ({"namespace": "shop", "deployment": "{namespace}"}, "shop"),
        ({"namespace": "s" * 250, "deployment": "d" * 254}, "s" * 250),
    ],
)
def test_a_scope_ends_where_labels_do(labels: dict[str, str], expected: str) -> None:
    """Given labels that are missing or hold more than a name, when a scope is filled in, then it ends before them."""
    assert TargetRule(target="prod", scope="{namespace}/{deployment}").scope_of(labels) == expected


def test_ten_thousand_labels_are_read() -> None:
    """Given an alert with 10,000 labels, when it is read, then all of them count."""
    labels = {f"label_{number}": str(number) for number in range(10_000)}

    (alert,) = read_alertmanager(alertmanager(prometheus_alert(labels=labels)), NOW)

    assert alert.labels == labels
    rule = TargetRule(match={"label_9999": "9*"}, target="prod")
    assert AlertSettings(targets=(rule,)).about(alert.labels) == ("prod", "")


def test_a_body_is_json() -> None:
    """Given what is no JSON, when it is read, then the sender is told."""
    for sent in (b"alert!", b"", b"{"):
        for read, _ in READERS:
            with pytest.raises(AlertError, match="not JSON"):
                read(sent, NOW)
    with pytest.raises(AlertError, match="UTF-8"):
        read_alertmanager(b'{"groupKey": "\xff"}', NOW)
    with pytest.raises(AlertError, match="too deeply"):
        read_alertmanager(b'{"x":' + b"[" * 400_000 + b"]" * 400_000 + b"}", NOW)
    with pytest.raises(AlertError):
        read_alertmanager(body([]), NOW)
