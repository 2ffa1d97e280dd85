"""Alarms of Amazon CloudWatch, as SNS carries them: JSON in the text of a notification."""

from datetime import datetime
from typing import Annotated

import msgspec

from sickbay.incidents.alerts.model import Alert, decoded, fingerprint, labelled, moment


class _Dimension(msgspec.Struct):
    name: str = ""
    value: str | None = None


class _Trigger(msgspec.Struct):
    MetricName: str | None = None
    Namespace: str | None = None
    Dimensions: list[_Dimension] | None = None


class _Alarm(msgspec.Struct):
    AlarmName: Annotated[str, msgspec.Meta(min_length=1)]
    NewStateValue: str
    AlarmArn: str | None = None
    AlarmDescription: str | None = None
    AWSAccountId: str | None = None
    StateChangeTime: str | None = None
    Trigger: _Trigger | None = None


def read_cloudwatch(message: str, now: datetime) -> tuple[Alert, ...]:
    """Read a notification's text. Without data an alarm neither begins nor ends. Raises AlertError."""
    alarm = decoded(message, _Alarm)
    if alarm.NewStateValue not in {"ALARM", "OK"}:
        return ()
    at = moment(alarm.StateChangeTime, now)
    arn = alarm.AlarmArn or ""
    region = dict(enumerate(arn.split(":"))).get(3, "")
    trigger = alarm.Trigger or _Trigger()
    labels = {item.name: item.value for item in trigger.Dimensions or ()} | {
        "alarm": alarm.AlarmName,
        "account": alarm.AWSAccountId,
        "region": region,
        "metric": trigger.MetricName,
        "metric_namespace": trigger.Namespace,
    }
    return (
        Alert(
            source="sns",
            fingerprint=fingerprint(arn) if arn else fingerprint(alarm.AWSAccountId or "", alarm.AlarmName),
            title=f"{alarm.AlarmName}: {alarm.AlarmDescription}" if alarm.AlarmDescription else alarm.AlarmName,
            labels=labelled(labels),
            group=arn or alarm.AlarmName,
            started_at=at,
            ended_at=at if alarm.NewStateValue == "OK" else None,
            as_of=at,
            link=_console(region, alarm.AlarmName),
        ),
    )


def _console(region: str, name: str) -> str:
    """Give the alarm's page in the console, where the name is fit for an address."""
    if not region.replace("-", "").isalnum() or not name.replace("-", "").replace("_", "").isalnum():
        return ""
    host = "amazonaws.cn" if region.startswith("cn-") else "aws.amazon.com"
    return f"https://{region}.console.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"
