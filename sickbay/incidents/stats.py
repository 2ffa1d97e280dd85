"""Figures on incidents: how many, and how long people took, over the last days."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

import msgspec

from sickbay.incidents.model import Incident


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, and medians of the times from the opening on; None where nothing is known."""

    days: int
    count: int
    open: int
    by_severity: Mapping[str, int]
    to_acknowledge: timedelta | None
    to_mitigate: timedelta | None
    to_resolve: timedelta | None


def stats_of(incidents: Sequence[Incident], *, days: int, now: datetime) -> Stats:
    """Count the incidents that were opened in the last days, and all that are open."""
    lately = [item for item in incidents if item.opened_at > now - timedelta(days=days)]
    return Stats(
        days=days,
        count=len(lately),
        open=sum(item.open for item in incidents),
        by_severity=dict(sorted(Counter(item.severity.value for item in lately).items())),
        to_acknowledge=_median((item.opened_at, item.acknowledged_at) for item in lately),
        to_mitigate=_median((item.opened_at, item.mitigated_at) for item in lately),
        to_resolve=_median((item.opened_at, item.resolved_at) for item in lately),
    )


def _median(spans: Iterable[tuple[datetime, datetime | None]]) -> timedelta | None:
    seconds = [(end - begin).total_seconds() for begin, end in spans if end is not None]
    return timedelta(seconds=median(seconds)) if seconds else None
