"""What AKS's own detectors find: all that the cluster's list names, within a share of the diagnosis' time.

Each is run by the service when it is asked for, and takes seconds; which there are changes, so they are listed first.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from typing import Self
from urllib.parse import quote

from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.platforms.aks.collector.decoding import ShapeError, decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, reason
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.rights import DETECTORS
from sickbay.diagnostics.platforms.aks.snapshot import Insight
from sickbay.diagnostics.platforms.aks.wire.monitoring import Detector

DETECTORS_VERSION = "2024-08-01"
#: Run before all others: they tell of what the resources do not.
FIRST = ("aks-service-impacting-issues", "Etcd", "customerthrottling", "nodes-not-ready-alerts")
#: Run at the same time, of some fifty in all.
AT_ONCE = 8
#: Seconds that they may take together.
SECONDS = 20.0
#: They look at a day at most.
_BACK = timedelta(hours=12)
#: What the list has beside them are overviews of a category.
_DETECTOR = "Detector"
_CRITICAL, _WARNING = "Critical", "Warning"
#: Stands in the name of the category that looks at what Azure runs itself, which has changed over time.
_OF_AZURE = "availability and performance"

_Run = tuple[Detector, "Future[tuple[Insight, ...]]"]


class Detectors:
    """Runs the detectors of a cluster beside everything else: a context manager.

    `cluster` is its id; with `audit` those run too that advise.
    """

    def __init__(self, reading: Reading, cluster: str, now: datetime, *, audit: bool) -> None:
        self._reading = reading
        self._path = f"{cluster}/detectors"
        self._now = now
        self._audit = audit
        self._crew = Crew(AT_ONCE, reading.budget.part(SECONDS))
        self._runs = self._crew.submit(self._start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._crew.close()

    def finish(self) -> tuple[Insight, ...]:
        """Give what they found, after noting which gave no answer. Raises CancelledError."""
        found, silent, runs = list[Insight](), list[str](), tuple[_Run, ...]()
        try:
            runs = self._crew.wait(self._runs)
        except (CallError, ShapeError, OutOfTimeError) as error:
            self._reading.note(DETECTORS.what, _why(error))
        for detector, coming in runs:
            try:
                insights = self._crew.wait(coming)
            except (CallError, ShapeError, OutOfTimeError) as error:
                silent.append(f"{detector.name}: {_why(error)}")
            else:
                found.extend(insights)
        if silent:
            self._reading.note(DETECTORS.what, f"{len(silent)} of {len(runs)} gave no answer, first {silent[0]}")
        return tuple(found)

    def _start(self) -> tuple[_Run, ...]:
        """List the detectors and queue those to run."""
        listed = decode_list(self._reading.connection.get(self._path, DETECTORS_VERSION), Detector)
        wanted = (item for item in listed if item.properties.metadata.type == _DETECTOR)
        run = (item for item in wanted if self._audit or not item.advises)
        return tuple(
            (item, self._crew.submit(partial(self._insights, item)))
            for item in sorted(run, key=lambda item: item.name not in FIRST)
        )

    def _insights(self, detector: Detector) -> tuple[Insight, ...]:
        query = {
            "startTime": f"{self._now - _BACK:%Y-%m-%dT%H:%M:%SZ}",
            "endTime": f"{self._now:%Y-%m-%dT%H:%M:%SZ}",
        }
        path = f"{self._path}/{quote(detector.name, safe='')}"
        answer = decode(self._reading.connection.get(path, DETECTORS_VERSION, query)[0], Detector)
        about = detector.properties.metadata
        return tuple(
            Insight(
                detector=detector.name,
                title=about.name or detector.name,
                message=message,
                critical=status == _CRITICAL and not detector.advises,
                of_azure=_OF_AZURE in about.category.lower(),
            )
            for status, message in dict.fromkeys(_rows(answer))
            if status in {_CRITICAL, _WARNING}
        )


def _rows(answer: Detector) -> Iterator[tuple[str, str]]:
    """Yield status and message of the rows of those tables that have both."""
    for dataset in answer.properties.dataset:
        columns = [column.column_name for column in dataset.table.columns]
        if "Status" in columns and "Message" in columns:
            for row in dataset.table.rows:
                fields = dict(zip(columns, row, strict=False))
                yield str(fields.get("Status")), str(fields.get("Message") or "")


def _why(error: CallError | ShapeError | OutOfTimeError) -> str:
    if isinstance(error, OutOfTimeError):
        return "their time was up"
    return reason(error, DETECTORS) if isinstance(error, CallError) else str(error)
