"""The one task of a worker: take a job, run the engine within its budget, tell the progress, end the job.

Where the job asks for logs in place of a diagnosis, it reads those.

The error's type decides the retry: temporary ones are tried again until the job's deadline, all others end the job with
a sentence for the person who asked. While Redis is away a worker holds on to what it has: a message is done with only
when Redis knows how it ended, so that a worker that dies meanwhile loses nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import uuid4

import dramatiq
import structlog
from dramatiq.middleware import TimeLimitExceeded

from sickbay.diagnostics import catalogue, engine, what_changed
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError, PermanentError, TemporaryError
from sickbay.diagnostics.events import Coverage, History, Hole
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Target
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.model import Job, JobState
from sickbay.jobs.queue import Queue
from workers.metrics import JOBS, RUNNING, SECONDS

log = structlog.get_logger()

T = TypeVar("T")

#: Gives what a recorder wrote down in a zone of a target between two moments. Raises QueueUnavailableError.
Remembered = Callable[[str, str, datetime, datetime], History]

#: A job that was with so many workers that were lost is not given to another: it may be what kills them.
MOST_ATTEMPTS = 3
#: Seconds between two questions to Redis whether anybody still waits for the answer.
_ASK_EVERY = 0.5


class Diagnosing:
    """Runs jobs of one worker. Once `giving_back` is set, those under way go back to the queue.

    `history` is the event log's; `diagnose` and `read_logs` are the engine's, or a test's.
    """

    def __init__(
        self,
        queue: Queue,
        targets: Mapping[str, Target],
        *,
        worker: str,
        longest_budget_s: float,
        history: Remembered = lambda *_asked: History(),
        diagnose: Callable[..., engine.Diagnosis] = engine.diagnose,
        read_logs: Callable[..., tuple[Log, ...]] = engine.read_logs,
    ) -> None:
        self.giving_back = threading.Event()
        self._queue = queue
        self._targets = targets
        self._worker = worker
        self._longest_budget_s = longest_budget_s
        self._history = history
        self._diagnose = diagnose
        self._read_logs = read_logs

    def declare(self, broker: dramatiq.Broker, queue: str) -> None:
        """Declare the actor of a queue of jobs. A message that is none of ours dies alone, at once."""
        declare = dramatiq.actor(
            broker=broker,
            actor_name=queue,
            queue_name=queue,
            max_age=int(timedelta(hours=1).total_seconds() * 1000),
            # What fails here fails again; the job itself is owed until it is final, and tried again for that.
            max_retries=0,
        )
        declare(self.run)

    def run(self, job_id: object) -> None:
        """Run one job, unless it has ended. Raises UnreadableRecordError where that is no job."""
        if not isinstance(job_id, str):
            raise UnreadableRecordError(job_id, "its id is no text")
        take = uuid4().hex
        record = _surely(lambda: self._queue.record(job_id))
        target = self.target_of(record.job) if record else None
        steps = _steps(record.job, target) if record and target else ()
        taken = _surely(lambda: self._queue.start(job_id, steps=steps, worker=self._worker, take=take))
        if taken is None:
            return
        with (
            structlog.contextvars.bound_contextvars(job_id=job_id, target=taken.job.target),
            RUNNING.track_inprogress(),
        ):
            if taken.attempt > MOST_ATTEMPTS:
                outcome = self._failed(taken.job, f"It cost {MOST_ATTEMPTS} workers their life: see their logs.")
            elif target is None:
                name, zone = taken.job.target, taken.job.zone
                outcome = self._failed(taken.job, f"The worker of zone {zone} has no target {name!r}.")
            else:
                outcome = self._outcome(taken.job, target, take)
        JOBS.labels(taken.job.platform, outcome).inc()

    def target_of(self, job: Job) -> Target | None:
        """Give what the job is about; None where this worker has no such target."""
        return self._targets.get(job.target)

    def _outcome(self, job: Job, target: Target, take: str) -> JobState:
        budget = Budget(min(job.budget_s, self._longest_budget_s), cancelled=self._stop(job.id))
        try:
            if job.request.logs:
                logs = self._read_logs(target, job.request, budget=budget)
                _surely(lambda: self._queue.finish_logs(job.id, logs))
            else:
                self._finish(job, target, budget)
        except CancelledError:
            return self._again(job, take) if self.giving_back.is_set() else JobState.CANCELLED
        except TemporaryError as error:
            if datetime.now(UTC) + timedelta(seconds=error.delay) < job.deadline_at:
                return self._again(job, take, delay=error.delay)
            return self._failed(job, f"{error} It was tried until the time was up.")
        except PermanentError as error:
            return self._failed(job, str(error))
        except (Exception, TimeLimitExceeded):
            log.exception("diagnosis failed")
            return self._failed(job, f"Something in Sickbay broke. Its log has the reason under job {job.id}.")
        return JobState.DONE

    def _finish(self, job: Job, target: Target, budget: Budget) -> None:
        progress, others = partial(self._tell, job.id), self._targets.values()
        history = partial(self._remembered, job)
        diagnosis = self._diagnose(
            target,
            job.request,
            budget=budget,
            progress=progress,
            others=others,
            history=history,
            logs=job.reads_logs,
        )
        SECONDS.labels(target.platform).observe(diagnosis.report.duration_s)
        with suppress(QueueUnavailableError):
            for seen, scopes in diagnosis.scopes.items():
                self._queue.remember_scopes(seen.zone, seen.name, scopes)
        _surely(lambda: self._queue.finish(job.id, diagnosis.report))

    def _remembered(self, job: Job) -> History:
        """Give what a recorder wrote down of the target; a Redis that is away is a time in which nobody watched."""
        now = datetime.now(UTC)
        since = what_changed.since(job.request, now)
        try:
            return self._history(job.zone, job.target, since, now)
        except QueueUnavailableError as error:
            hole = Hole(since=since, until=now, reason=f"what the recorder wrote down cannot be read: {error}")
            return History(coverage=Coverage(since=since, until=now, holes=(hole,)))

    def _failed(self, job: Job, reason: str) -> JobState:
        _surely(lambda: self._queue.fail(job.id, redact(reason)))
        return JobState.FAILED

    def _again(self, job: Job, take: str, *, delay: float = 0.0) -> JobState:
        _surely(lambda: self._queue.release(job.id, take=take, delay=delay))
        return JobState.QUEUED

    def _tell(self, job_id: str, step: str) -> None:
        """Tell the step; a Redis that is away for a while costs only this news."""
        with suppress(QueueUnavailableError):
            self._queue.step(job_id, step)

    def _stop(self, job_id: str) -> Callable[[], bool]:
        """Give the question whether to stop, which is cheap to ask often: Redis hears it every _ASK_EVERY seconds."""
        next_time, ended = 0.0, False

        def stop() -> bool:
            nonlocal next_time, ended
            if not ended and time.monotonic() >= next_time:
                next_time = time.monotonic() + _ASK_EVERY
                with suppress(QueueUnavailableError):
                    ended = self._queue.ended(job_id)
            return ended or self.giving_back.is_set()

        return stop


def _steps(job: Job, target: Target) -> tuple[str, ...]:
    """Give the steps of a diagnosis; a log is read in one."""
    return () if job.request.logs else (*catalogue.load_platforms()[target.platform].steps, engine.JUDGING)


def _surely(call: Callable[[], T]) -> T:
    """Make the call, again and again while Redis is away; where the worker is killed meanwhile, its job comes back."""
    while True:
        try:
            return call()
        except QueueUnavailableError as error:
            log.warning("waiting for Redis", error=str(error))
            time.sleep(error.delay)
