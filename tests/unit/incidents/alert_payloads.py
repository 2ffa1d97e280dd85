"""What each sender sends, as their manuals show it, with what a test wants otherwise."""

import json
from datetime import UTC, datetime

NOW = datetime(2026, 11, 30, 3, 10, tzinfo=UTC)
BEGAN = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 30, 3, 5, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"

Json = dict[str, object]


def body(payload: object) -> bytes:
    return json.dumps(payload).encode()


def alertmanager(*alerts: Json, **otherwise: object) -> bytes:
    return body(
        {
            "version": "4",
            "groupKey": '{}:{alertname="KubePodCrashLooping"}',
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "sickbay",
            "groupLabels": {"alertname": "KubePodCrashLooping"},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "https://alertmanager.example.com",
            "alerts": alerts or [prometheus_alert()],
        }
        | otherwise
    )


def prometheus_alert(**otherwise: object) -> Json:
    return {
        "status": "firing",
        "labels": {
            "alertname": "KubePodCrashLooping",
            "namespace": "shop",
            "deployment": "web",
            "severity": "critical",
        },
        "annotations": {"summary": "shop/web restarts all the time", "runbook_url": "https://example.com/runbook"},
        "startsAt": "2026-11-30T03:00:00.000000000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example.com/graph?g0.expr=up",
        "fingerprint": "c6eadffa33fcdf37",
    } | otherwise


def grafana() -> bytes:
    more = {
        "dashboardURL": "https://grafana.example.com/d/1",
        "panelURL": "https://grafana.example.com/d/1?viewPanel=2",
    }
    return alertmanager(prometheus_alert(**more, values={"A": 1}, valueString="[ var='A' ]"), orgId=1, title="[FIRING]")


def pagerduty(event: str = "incident.triggered", **otherwise: object) -> bytes:
    data = {
        "id": "PGR0VU2",
        "type": "incident",
        "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
        "number": 2,
        "status": "triggered",
        "title": "A little bump in the road",
        "urgency": "high",
        "service": {"id": "PF9KMXH", "summary": "API Service", "type": "service_reference"},
        "priority": {"id": "PSO75BM", "summary": "P1", "type": "priority_reference"},
    } | otherwise
    return body(
        {
            "event": {
                "id": "01BZ4ZQ",
                "event_type": event,
                "resource_type": "incident",
                "occurred_at": "2026-11-30T03:00:00.000Z",
                "agent": None,
                "client": None,
                "data": data,
            }
        }
    )


def azure(condition: str = "Fired", **otherwise: object) -> bytes:
    group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/shop"
    return body(
        {
            "schemaId": "azureMonitorCommonAlertSchema",
            "data": {
                "essentials": {
                    "alertId": "/subscriptions/1/providers/Microsoft.AlertsManagement/alerts/b9569717",
                    "alertRule": "Pods are not ready",
                    "severity": "Sev1",
                    "signalType": "Metric",
                    "monitorCondition": condition,
                    "monitoringService": "Platform",
                    "alertTargetIDs": [f"{group}/providers/microsoft.containerservice/managedclusters/prod"],
                    "configurationItems": ["prod"],
                    "firedDateTime": "2026-11-30T03:00:00.1234567Z",
                    "resolvedDateTime": "2026-11-30T03:05:00Z" if condition == "Resolved" else None,
                    "description": "",
                    "essentialsVersion": "1.0",
                    "alertContextVersion": "1.0",
                }
                | otherwise,
                "alertContext": {"condition": {"allOf": []}},
                "customProperties": {"team": "shop"},
            },
        }
    )


def alarm(state: str = "ALARM", **otherwise: object) -> str:
    """Give the text of a notification of SNS."""
    return json.dumps(
        {
            "AlarmName": "checkout-5xx",
            "AlarmDescription": "Checkout answers with errors",
            "AWSAccountId": "123456789012",
            "NewStateValue": state,
            "NewStateReason": "Threshold Crossed",
            "StateChangeTime": "2026-11-30T03:00:00.000+0000",
            "Region": "EU (Ireland)",
            "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx",
            "OldStateValue": "OK",
            "Trigger": {
                "MetricName": "HTTPCode_Target_5XX_Count",
                "Namespace": "AWS/ECS",
                "Dimensions": [{"name": "ClusterName", "value": "prod"}, {"name": "ServiceName", "value": "checkout"}],
            },
        }
        | otherwise
    )


def generic(**otherwise: object) -> bytes:
    alert = {
        "id": "disk-7",
        "status": "firing",
        "title": "Disk of node-7 is full",
        "labels": {"host": "node-7", "free": 0.5, "full": True},
        "group": "disks",
        "started_at": "2026-11-30T03:00:00Z",
        "link": "https://example.com/alerts/7",
    }
    return body({"alerts": [alert | otherwise]})
