"""A worker whose engine does what a test says, and jobs of this moment."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from prometheus_client import REGISTRY

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis
from sickbay.diagnostics.events import History
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.model import Job, JobRecord, JobState
from sickbay.jobs.queue import Queue
from tests.unit.jobs.house import job, report
from workers.diagnose import Diagnosing

TARGET = DockerTarget(name="host", zone="alpha", host="unix:///nowhere/docker.sock")
LONGEST = 900.0

Work = Callable[[Budget, Callable[[str], None]], object]


def diagnosing(queue: Queue, work: Work, **targets: Target) -> Diagnosing:
    """Give a worker whose engine does `work` and then reports a healthy host."""

    def engine(
        _target: Target,
        _request: Request,
        *,
        budget: Budget,
        progress: Callable[[str], None],
        others: Iterable[Target],
        history: Callable[[], History],
        logs: bool,
    ) -> Diagnosis:
        work(budget, progress)
        history()
        return Diagnosis(report(), None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    return Diagnosing(queue, targets or {"host": TARGET}, worker="w", longest_budget_s=LONGEST, diagnose=engine)


def well(_budget: Budget, _progress: Callable[[str], None]) -> None: ...


def raising(error: BaseException) -> Work:
    def work(_budget: Budget, _progress: Callable[[str], None]) -> None:
        raise error

    return work


def submitted(queue: Queue, **changes: object) -> Job:
    """Submit a job of this moment: the worker's own decisions read the real clock."""
    made = msgspec.structs.replace(job(now=datetime.now(UTC)), **changes)
    queue.submit(made)
    return made


def record(queue: Queue, made: Job) -> JobRecord:
    found = queue.record(made.id)
    assert found
    return found


def counted(outcome: JobState) -> float:
    return REGISTRY.get_sample_value("sickbay_jobs_total", {"platform": "docker", "outcome": outcome}) or 0.0
