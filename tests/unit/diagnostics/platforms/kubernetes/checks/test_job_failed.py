"""K8S-W105: jobs that failed, and cron jobs that make none."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.job_failed import job_failed
from sickbay.diagnostics.platforms.kubernetes.cron_jobs import longest_rest
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import CronJob
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    cronjob,
    event,
    findings,
    job,
    log,
    owned_by,
    pod,
    status,
)


def failed(reason: str = "BackoffLimitExceeded", **since: float) -> dict[str, str]:
    at = ago(**(since or {"minutes": 10}))
    return {"type": "Failed", "status": "True", "reason": reason, "message": "Job has failed", "lastTransitionTime": at}


def complete(**since: float) -> dict[str, str]:
    return {"type": "Complete", "status": "True", "lastTransitionTime": ago(**since)}


def missed(reason: str = "FailedNeedsStart", **more: Any) -> Event:
    message = "Cannot determine if job needs to be started: too many missed start time (> 100)"
    return event("CronJob", "report", reason, message, **more)


def test_a_failed_job_says_how_its_last_pod_ended() -> None:
    """Given a job that was given up, when judged, then the exit code and the last line of its last pod are told."""
    ended = status(ready=False, state={"terminated": {"exitCode": 3, "reason": "Error"}})
    last = pod("import-x1", deployment="", metadata=owned_by("Job", "import"), phase="Failed", statuses=[ended])

    (found,) = findings(job_failed, cluster(job(conditions=[failed()]), last, logs=[log(last, "no such bucket\n")]))

    assert found.subject == Subject("job", "shop/import")
    assert found.summary == (
        "Job shop/import failed: it failed more often than backoffLimit allows; its last pod ended with exit code 3: "
        'the application reported an error; its last line was "no such bucket".'
    )
    assert len(found.evidence) == 3


def test_a_deadline_has_its_own_remedy() -> None:
    """Given a job that took too long, when judged, then the remedy is about its time."""
    (found,) = findings(job_failed, cluster(job(conditions=[failed("DeadlineExceeded")])))

    assert "it took longer than activeDeadlineSeconds" in found.summary
    assert found.remedy is not None
    assert "more time" in found.remedy.text


def test_failures_of_one_cron_job_are_one_finding_with_a_count() -> None:
    """Given three failed runs of a cron job, when judged, then one finding about it counts them and names the last."""
    runs = [job(f"report-{n}", cronjob="report", conditions=[failed(minutes=n * 10)]) for n in (3, 1, 2)]

    (found,) = findings(job_failed, cluster(cronjob(lastScheduleTime=ago(minutes=3)), *runs))

    assert found.subject == Subject("cronjob", "shop/report")
    assert found.summary.startswith("Job shop/report-1 of CronJob shop/report failed")
    assert found.count == 3


@pytest.mark.parametrize("remembered", [True, False])
def test_a_later_good_run_makes_a_failure_good(remembered: bool) -> None:
    """Given a failed run and a later good one, by job or by lastSuccessfulTime, when judged, then nothing is found."""
    runs = [job("report-1", cronjob="report", conditions=[failed(hours=2)])]
    made: dict[str, Any] = {"lastScheduleTime": ago(minutes=3)}
    if remembered:
        runs.append(job("report-2", cronjob="report", conditions=[complete(hours=1)]))
    else:
        made["lastSuccessfulTime"] = ago(hours=1)

    assert findings(job_failed, cluster(cronjob(**made), *runs)) == []


def test_a_failure_before_the_window_is_left_alone() -> None:
    """Given a job that failed three days ago, when judged over a day, then nothing is found."""
    assert (
        findings(job_failed, cluster(job(conditions=[failed(days=3)]), job("well", conditions=[complete(hours=1)])))
        == []
    )


def test_a_suspended_cron_job_is_told() -> None:
    """Given a suspended cron job, when judged, then that and its last run are told, and that it may be meant."""
    (found,) = findings(job_failed, cluster(cronjob(spec={"suspend": True}, lastScheduleTime=ago(days=9))))

    assert found.summary == "CronJob shop/report is suspended and makes no jobs; the last was due 2026-11-15 03:00 UTC."
    assert found.remedy is not None
    assert "on purpose" in found.remedy.text


@pytest.mark.parametrize("reason", ["FailedNeedsStart", "MissSchedule", "TooManyMissedTimes", "InvalidSchedule"])
def test_a_missed_schedule_is_the_controllers_word(reason: str) -> None:
    """Given an event that tells of missed runs, when judged, then it is told as observed."""
    (found,) = findings(job_failed, cluster(cronjob(lastScheduleTime=ago(hours=9)), missed(reason)))

    assert "makes no job when it is due: Cannot determine" in found.summary
    assert found.confidence is Confidence.OBSERVED


def test_a_run_after_the_event_makes_it_good() -> None:
    """Given a missed run and a later one that was made, when judged, then nothing is found."""
    assert findings(job_failed, cluster(cronjob(lastScheduleTime=ago(minutes=1)), missed(minutes_ago=30))) == []


def test_an_overdue_run_is_inferred() -> None:
    """Given a cron job of every five minutes without a run for three hours, when judged, then it is overdue."""
    (found,) = findings(job_failed, cluster(cronjob(lastScheduleTime=ago(hours=3))))

    assert "is overdue by its schedule */5 * * * *; the last was due 2026-11-24 00:00 UTC" in found.summary
    assert found.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "well",
    [
        cronjob(lastScheduleTime=ago(minutes=100)),
        cronjob(schedule="0 3 * * *", lastScheduleTime=ago(hours=40)),
        cronjob(schedule="0 3 1 * *", lastScheduleTime=ago(days=25)),
        cronjob(spec={"concurrencyPolicy": "Forbid"}, lastScheduleTime=ago(hours=3)),
        cronjob(metadata={"creationTimestamp": ago(minutes=2)}),
    ],
)
def test_what_may_still_rest_is_left_alone(well: CronJob) -> None:
    """Given a cron job that may still rest, waits for its last run, or is new, when judged, then nothing is found."""
    assert findings(job_failed, cluster(well)) == []


@pytest.mark.parametrize(
    ("schedule", "rest"),
    [
        ("*/5 * * * *", 3600),
        ("17 * * * *", 3600),
        ("@hourly", 3600),
        ("0 3 * * *", 86400),
        ("0 */6 * * *", 86400),
        ("@midnight", 86400),
        ("0 3 * * 1", None),
        ("0 3 1 * *", None),
        ("@weekly", None),
        ("every day", None),
        ("", None),
    ],
)
def test_the_longest_rest_is_told_only_by_the_form(schedule: str, rest: float | None) -> None:
    """Given a schedule, when asked how long it rests at most, then hours and days are told, and nothing else."""
    assert longest_rest(schedule) == rest
