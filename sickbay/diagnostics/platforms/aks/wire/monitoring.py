"""Shapes of what Azure tells of a resource: metrics, health, activity, detectors."""

from datetime import datetime

from sickbay.diagnostics.platforms.aks.wire.base import UsageName, Wire


class MetricPoint(Wire, frozen=True, kw_only=True):
    """One point of a metric."""

    total: float = 0
    average: float = 0


class TimeSeries(Wire, frozen=True, kw_only=True):
    """The points of a metric."""

    data: tuple[MetricPoint, ...] = ()


class Metric(Wire, frozen=True, kw_only=True):
    """One metric of `GET …/providers/Microsoft.Insights/metrics`."""

    name: UsageName = UsageName()
    timeseries: tuple[TimeSeries, ...] = ()


class HealthProperties(Wire, frozen=True, kw_only=True):
    """How Azure says that a resource is."""

    availability_state: str = ""
    title: str = ""
    summary: str = ""
    reason_type: str = ""
    occurred_time: datetime | None = None
    #: As versions before 2020 wrote it.
    occured_time: datetime | None = None


class AvailabilityStatus(Wire, frozen=True, kw_only=True):
    """`GET …/providers/Microsoft.ResourceHealth/availabilityStatuses/current`."""

    properties: HealthProperties = HealthProperties()


class Localizable(Wire, frozen=True, kw_only=True):
    """A value with its name for people."""

    value: str = ""
    localized_value: str = ""


class ActivityEvent(Wire, frozen=True, kw_only=True):
    """One event of the activity log."""

    caller: str = ""
    operation_name: Localizable = Localizable()
    status: Localizable = Localizable()
    event_timestamp: datetime | None = None
    resource_id: str = ""
    correlation_id: str = ""


class DetectorColumn(Wire, frozen=True, kw_only=True):
    """A column of a detector's table."""

    column_name: str = ""


class DetectorTable(Wire, frozen=True, kw_only=True):
    """What a detector found, in rows."""

    columns: tuple[DetectorColumn, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()


class DetectorDataset(Wire, frozen=True, kw_only=True):
    """One table of a detector's answer."""

    table: DetectorTable = DetectorTable()


class DetectorMetadata(Wire, frozen=True, kw_only=True):
    """What a detector looks for."""

    name: str = ""


class DetectorProperties(Wire, frozen=True, kw_only=True):
    """A detector's answer."""

    metadata: DetectorMetadata = DetectorMetadata()
    dataset: tuple[DetectorDataset, ...] = ()


class DetectorAnswer(Wire, frozen=True, kw_only=True):
    """`GET …/managedClusters/{name}/detectors/{detector}`."""

    properties: DetectorProperties = DetectorProperties()
