"""Shapes of what Azure tells of a resource: metrics, health, activity, detectors."""

from datetime import datetime

from sickbay.diagnostics.platforms.aks.wire.base import UsageName, Wire

#: Two of the eight categories of detectors.
_ADVICE = frozenset({"best practices", "deprecations"})


class MetricPoint(Wire, frozen=True, kw_only=True):
    """One point of a metric."""

    total: float | None = None
    average: float | None = None


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
    """What a detector looks for. `type` is `Detector`, or `CategoryOverview` for a list of others."""

    name: str = ""
    category: str = ""
    type: str = ""


class DetectorProperties(Wire, frozen=True, kw_only=True):
    """What a detector is, and, where it was run, what it found."""

    metadata: DetectorMetadata = DetectorMetadata()
    dataset: tuple[DetectorDataset, ...] = ()


class Detector(Wire, frozen=True, kw_only=True):
    """One of `GET …/managedClusters/{name}/detectors`, or, by its name, its answer."""

    name: str = ""
    properties: DetectorProperties = DetectorProperties()

    @property
    def advises(self) -> bool:
        """Say whether it looks for what to do better, and not for what fails."""
        return self.properties.metadata.category.lower() in _ADVICE
