"""What AKS's own detectors call critical: few of them, since each takes seconds and the service runs them on demand."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import decode
from sickbay.diagnostics.platforms.aks.snapshot import Insight
from sickbay.diagnostics.platforms.aks.wire.monitoring import DetectorAnswer

DETECTORS_VERSION = "2024-08-01"
#: The detectors that tell of what the resources do not: incidents of Azure, and what only its own telemetry knows.
DETECTORS = ("aks-service-impacting-issues", "Etcd", "customerthrottling", "nodes-not-ready-alerts")
#: Detectors look at a day at most.
_BACK = timedelta(hours=12)
_CRITICAL = "Critical"


def read_detector(connection: Connection, cluster: str, name: str, now: datetime) -> tuple[Insight, ...]:
    """Give what one detector calls critical."""
    query = {"startTime": f"{now - _BACK:%Y-%m-%dT%H:%M:%SZ}", "endTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    body = connection.get(f"{cluster}/detectors/{name}", DETECTORS_VERSION, query)[0]
    return tuple(_insights(name, decode(body, DetectorAnswer)))


def _insights(name: str, answer: DetectorAnswer) -> Iterator[Insight]:
    title, seen = answer.properties.metadata.name or name, set[str]()
    for dataset in answer.properties.dataset:
        columns = [column.column_name for column in dataset.table.columns]
        if "Status" not in columns or "Message" not in columns:
            continue
        for row in dataset.table.rows:
            told = dict(zip(columns, row, strict=False))
            message = str(told["Message"] or "")
            if told["Status"] == _CRITICAL and message not in seen:
                seen.add(message)
                yield Insight(detector=name, title=title, message=message)
