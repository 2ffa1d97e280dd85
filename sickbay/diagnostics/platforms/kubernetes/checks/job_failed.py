"""A job failed, or is not made when it is due."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.cron_jobs import Idleness, idleness
from sickbay.diagnostics.platforms.kubernetes.jobs import Failure, failures, last_end
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-W105",
    title="Job failed or missed",
    severity=Severity.MEDIUM,
    remedy="Correct what the job's last pod says and run it again, or correct its schedule.",
)
def job_failed(cluster: Snapshot) -> Iterator[Finding]:
    """A Job was given up within the window, or a CronJob is suspended or does not make its jobs when they are due.

    A failure that a later run of the same CronJob made good is not told. That a schedule is missed is the controller's
    word in an event. Where there is none it is inferred from lastScheduleTime, and only for schedules whose form tells
    how long they rest. A suspended CronJob may be meant so: only its owner knows.
    """
    failed = {failure.subject: failure for failure in failures(cluster)}
    yield from (_failed(cluster, failure) for failure in failed.values())
    for cron_job in cluster.cronjobs:
        subject = Subject("cronjob", cron_job.name)
        if subject not in failed and (idle := idleness(cluster, cron_job)):
            yield _idle(cluster, subject, idle)


def _failed(cluster: Snapshot, failure: Failure) -> Finding:
    job, condition, subject = failure.job, failure.condition, failure.subject
    end, evidence = last_end(cluster, job)
    told = cluster.evidence("jobs", job, "status.conditions[Failed]", f"{condition.reason}: {condition.message}")
    return Finding(
        subject=subject,
        summary=f"Job {failure.name} failed: {failure.why}{end}.",
        evidence=(told, *evidence),
        remedy=remedy(cluster, subject, failure.cure, kubectl("logs", Subject("job", job.name))),
        first_seen=job.status.start_time,
        last_seen=condition.last_transition_time,
        count=failure.count,
    )


def _idle(cluster: Snapshot, subject: Subject, idle: Idleness) -> Finding:
    event = idle.event
    return Finding(
        subject=subject,
        summary=f"CronJob {subject.name} {idle.why}.",
        evidence=(idle.evidence,),
        confidence=idle.confidence,
        remedy=remedy(cluster, subject, idle.cure, kubectl("describe", subject)),
        first_seen=event.first_seen if event else None,
        last_seen=event.last_seen if event else None,
        count=event.count if event else 1,
    )
