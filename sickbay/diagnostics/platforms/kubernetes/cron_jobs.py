"""CronJobs that make no jobs: suspended, missed by the controller's own word, or overdue by what their form tells."""

from msgspec import Struct

from sickbay.diagnostics.model import Confidence, Evidence
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import CronJob

_EVENTS = ("FailedNeedsStart", "MissSchedule", "TooManyMissedTimes", "InvalidSchedule", "UnparseableCronJobSchedule",
           "UnparseableSchedule", "UnknownTimeZone")  # fmt: skip
#: So many of its longest rests a cron job may be late before it counts as overdue.
_LATE = 2
_HOUR, _DAY = 3600.0, 86400.0
_NAMED = {"@hourly": _HOUR, "@daily": _DAY, "@midnight": _DAY}


class Idleness(Struct, frozen=True, kw_only=True):
    """Why a CronJob makes no jobs, and what to do."""

    why: str
    cure: str
    evidence: Evidence
    event: Event | None = None
    confidence: Confidence = Confidence.OBSERVED


def idleness(cluster: Snapshot, cron_job: CronJob) -> Idleness | None:
    """Give why a CronJob makes no jobs; nothing where it does, as far as can be told."""
    made = cron_job.status.last_schedule_time
    last = f"the last was due {made:%Y-%m-%d %H:%M} UTC" if made else "it has made none yet"
    if cron_job.spec.suspend:
        return Idleness(
            why=f"is suspended and makes no jobs; {last}",
            cure="Set spec.suspend to false, unless it was suspended on purpose.",
            evidence=cluster.evidence("cronjobs", cron_job, "spec.suspend", "true"),
        )
    missed = cluster.events_of("CronJob", cron_job.name, *_EVENTS)
    if missed and (made is None or made < missed[-1].last_seen):
        return Idleness(
            why=f"makes no job when it is due: {missed[-1].message.rstrip('.')}",
            cure="Correct its schedule or time zone; where too many runs were missed, set startingDeadlineSeconds.",
            evidence=cluster.event_evidence(missed[-1]),
            event=missed[-1],
        )
    rest = longest_rest(cron_job.spec.schedule)
    # A run that waits for the one before (Forbid) is no delay.
    if rest is None or cron_job.spec.concurrency_policy == "Forbid":
        return None
    if since(made or cron_job.metadata.creation_timestamp, cluster.now) <= _LATE * rest:
        return None
    return Idleness(
        why=f"is overdue by its schedule {cron_job.spec.schedule}; {last}",
        cure="Look at its events and at the controller manager, unless it was suspended until just now.",
        evidence=cluster.evidence("cronjobs", cron_job, "status.lastScheduleTime", made or "none"),
        confidence=Confidence.INFERRED,
    )


def longest_rest(schedule: str) -> float | None:
    """Give the most seconds between two runs; None where the schedule names days or months, or is none.

    Every hour counts as an hour, and any other pattern of hours as a day, however often within that: an upper bound.
    """
    fields = schedule.split()
    if len(fields) == 1:
        return _NAMED.get(fields[0])
    if len(fields) != 5 or any(field not in {"*", "?"} for field in fields[2:]):
        return None
    return _HOUR if fields[1] == "*" else _DAY
