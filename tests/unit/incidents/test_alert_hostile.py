"""Whatever is sent, a reader gives sound alerts or says what is wrong, and nothing else happens."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sickbay.incidents.alerts.alertmanager import read_alertmanager, read_grafana
from sickbay.incidents.alerts.azure import read_azure
from sickbay.incidents.alerts.cloudwatch import read_cloudwatch
from sickbay.incidents.alerts.generic import read_generic
from sickbay.incidents.alerts.model import Alert, AlertError
from sickbay.incidents.alerts.pagerduty import read_pagerduty
from sickbay.incidents.alerts.rules import AlertSettings
from tests.unit.incidents.alert_payloads import NOW, alarm, alertmanager, azure, generic, grafana, pagerduty

Read = Callable[[bytes, datetime], tuple[Alert, ...]]


def cloudwatch(body: bytes, now: datetime) -> tuple[Alert, ...]:
    return read_cloudwatch(body.decode(), now)


READERS: dict[str, tuple[Read, bytes]] = {
    "alertmanager": (read_alertmanager, alertmanager()),
    "grafana": (read_grafana, grafana()),
    "pagerduty": (read_pagerduty, pagerduty()),
    "azure": (read_azure, azure()),
    "cloudwatch": (cloudwatch, alarm().encode()),
    "generic": (read_generic, generic()),
}
MARKUP = ("<!channel>", "<@U0ALICE>", "*bold*", "<https://evil.example|click>", "```", "&lt;", "\0", "\u202e", "{x}")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.sampled_from(MARKUP) | st.datetimes().map(datetime.isoformat),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
SETTINGS = AlertSettings.model_validate(
    {"targets": [{"target": "prod", "scope": "{namespace}/{deployment}/{service}"}],
     "incidents": [{"severity": "sev2", "channel": "C0OPS", "match": {"severity": "*"}}]}
)  # fmt: skip


patient = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def changed(value: object, draw: st.DrawFn) -> object:
    """Put anything in the place of a few of the values."""
    if draw(st.integers(0, 15)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        return {key: changed(item, draw) for key, item in value.items()}
    return [changed(item, draw) for item in value] if isinstance(value, list) else value


@st.composite
def nearly(draw: st.DrawFn, payload: bytes) -> bytes:
    return json.dumps(changed(json.loads(payload), draw)).encode()


def check(read: Read, body: bytes) -> None:
    try:
        alerts = read(body, NOW)
    except AlertError:
        return
    for alert in alerts:
        assert alert.title
        assert len(alert.fingerprint) <= 200
        for at in (alert.started_at, alert.as_of, alert.ended_at or NOW):
            assert at.utcoffset() == timedelta(0)
            assert at <= NOW
        for link in (alert.link, alert.runbook):
            assert not link or link.startswith(("https://", "http://"))
        assert all(isinstance(part, str) for pair in alert.labels.items() for part in pair)
        target, scope = SETTINGS.about(alert.labels)
        assert target == "prod"
        assert scope.isascii()
        assert not set(scope) & set("~<>&* \n")
        SETTINGS.incident(alert.labels)


@pytest.mark.parametrize("name", READERS)
@patient
@given(data=st.data())
def test_what_is_nearly_right(name: str, data: st.DataObject) -> None:
    """Given a payload of which parts were replaced by anything, when it is read, then what comes out is sound."""
    read, payload = READERS[name]
    check(read, data.draw(nearly(payload)))


@pytest.mark.parametrize("name", READERS)
@patient
@given(value=VALUES)
def test_any_json(name: str, value: object) -> None:
    """Given any JSON, when it is read, then what comes out is sound."""
    check(READERS[name][0], json.dumps(value).encode())


@pytest.mark.parametrize("name", [name for name in READERS if name != "cloudwatch"])
@patient
@given(body=st.binary(max_size=200))
def test_any_bytes(name: str, body: bytes) -> None:
    """Given any bytes, when they are read, then what comes out is sound."""
    check(READERS[name][0], body)
