"""Jobs that were given up, gathered by what made them, and how their last pod ended."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.exit_codes import meaning
from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER, Condition
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Job

_QUOTED = 120
_WHY = {
    "BackoffLimitExceeded": "it failed more often than backoffLimit allows",
    "DeadlineExceeded": "it took longer than activeDeadlineSeconds",
    "PodFailurePolicy": "its podFailurePolicy gave it up",
    "FailedIndexes": "some of its indexes failed",
    "MaxFailedIndexesExceeded": "more of its indexes failed than maxFailedIndexes allows",
}


class Failure(Struct, frozen=True, kw_only=True):
    """The latest failed job of a CronJob, or a job that stands alone; `count` jobs failed since the last good one."""

    subject: Subject
    job: Job
    condition: Condition
    count: int = 1

    @property
    def name(self) -> str:
        """Give the job's name, with the CronJob that made it."""
        maker = f" of CronJob {self.subject.name}" if self.subject.kind == "cronjob" else ""
        return f"{self.job.name}{maker}"

    @property
    def why(self) -> str:
        """Give why the job was given up."""
        return _WHY.get(self.condition.reason, self.condition.reason)

    @property
    def cure(self) -> str:
        """Give what to do about it."""
        if self.condition.reason == "DeadlineExceeded":
            return "Find what keeps it from ending, or give it more time (activeDeadlineSeconds)."
        return "Correct what its last pod says, and run it again."


def failures(cluster: Snapshot) -> Iterator[Failure]:
    """Yield what failed within the window and was not made good by a later run of the same CronJob."""
    groups: dict[Subject, list[tuple[Job, Condition]]] = {}
    good = _last_good(cluster)
    for job in cluster.jobs:
        condition, subject = job.condition("Failed"), _maker(job)
        if condition and _when(condition) >= max(cluster.window_start, good.get(subject, NEVER)):
            groups.setdefault(subject, []).append((job, condition))
    for subject, failed in groups.items():
        job, condition = max(failed, key=lambda item: _when(item[1]))
        yield Failure(subject=subject, job=job, condition=condition, count=len(failed))


def last_end(cluster: Snapshot, job: Job) -> tuple[str, tuple[Evidence, ...]]:
    """Give how the job's last pod ended, as the end of a sentence, with its evidence."""
    pods = [pod for pod in cluster.pods_by_owner.get(_maker(job), ()) if _of(pod, job)]
    for pod in sorted(pods, key=lambda pod: pod.metadata.created_at, reverse=True):
        for status in cluster.container_statuses(pod):
            end = status.state.terminated or status.last_state.terminated
            if end and end.exit_code:
                said = cluster.last_line(pod, status.name)
                told = f"exit code {end.exit_code}: {meaning(end.exit_code)}"
                line = f'; its last line was "{said[:_QUOTED]}"' if said else ""
                evidence = cluster.evidence("pods", pod, f"status.containerStatuses[{status.name}].state", told)
                return f"; its last pod ended with {told}{line}", (evidence, *cluster.log_evidence(pod, status.name))
    return "", ()


def _last_good(cluster: Snapshot) -> dict[Subject, datetime]:
    good = {Subject("cronjob", item.name): item.status.last_successful_time or NEVER for item in cluster.cronjobs}
    for job in cluster.jobs:
        if complete := job.condition("Complete"):
            subject = _maker(job)
            good[subject] = max(good.get(subject, NEVER), _when(complete))
    return good


def _when(condition: Condition) -> datetime:
    return condition.last_transition_time or NEVER


def _maker(job: Job) -> Subject:
    owner = job.metadata.controller
    if owner and owner.kind == "CronJob":
        return Subject("cronjob", f"{job.metadata.namespace}/{owner.name}")
    return Subject("job", job.name)


def _of(pod: Pod, job: Job) -> bool:
    owner = pod.metadata.controller
    return owner is not None and owner.name == job.metadata.name
