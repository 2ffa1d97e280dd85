"""The one task of a worker: take a job, run the engine within its budget, tell the progress, end the job.

The error's type decides the retry: temporary ones are tried again until the job's deadline, all others end the job with
a sentence for the person who asked.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import dramatiq
import structlog
from dramatiq.errors import Retry

from sickbay.diagnostics import catalogue, engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError, PermanentError, TemporaryError
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Target
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import Job, JobState
from sickbay.jobs.queue import Queue
from workers.metrics import JOBS, RUNNING, SECONDS

log = structlog.get_logger()

#: A job that was with so many workers that were lost is not given to another: it may be what kills them.
MOST_ATTEMPTS = 3
#: Seconds between two questions to Redis whether the asker cancelled.
_ASK_EVERY = 0.5
#: Milliseconds on top of a budget after which dramatiq stops the thread: the engine ends by itself long before.
_MARGIN = 30_000


class Diagnosing:
    """Runs jobs of one worker. `diagnose` is the engine's, or a test's."""

    def __init__(
        self,
        queue: Queue,
        targets: Mapping[str, Target],
        *,
        worker: str,
        diagnose: Callable[..., engine.Diagnosis] = engine.diagnose,
    ) -> None:
        self._queue = queue
        self._targets = targets
        self._worker = worker
        self._diagnose = diagnose

    def declare(self, broker: dramatiq.Broker, zone: str, *, longest_budget_s: float) -> None:
        """Declare the actor of the zone's queue."""
        declare = dramatiq.actor(
            broker=broker,
            actor_name=f"diagnose.{zone}",
            queue_name=f"diagnose.{zone}",
            time_limit=int(longest_budget_s * 1000) + _MARGIN,
            max_age=int(timedelta(hours=1).total_seconds() * 1000),
        )
        declare(self.run)

    def run(self, job_id: str) -> None:
        """Run one job, unless it has ended; raises dramatiq's Retry where another try may help."""
        record = self._queue.record(job_id)
        target = self._targets.get(record.job.target) if record else None
        steps = (*catalogue.load_platforms()[target.platform].steps, engine.JUDGING) if target else ()
        taken = self._queue.start(job_id, steps=steps, worker=self._worker)
        if taken is None:
            return
        if taken.attempt > MOST_ATTEMPTS:
            self._queue.fail(
                job_id, f"It cost {MOST_ATTEMPTS} workers their life and is not tried again: see their logs."
            )
            return
        if target is None:
            self._queue.fail(job_id, f"The worker of zone {taken.job.zone} has no target {taken.job.target!r}.")
            return
        with structlog.contextvars.bound_contextvars(job_id=job_id, target=target.name), RUNNING.track_inprogress():
            outcome = self._outcome(taken.job, target)
        JOBS.labels(target.platform, outcome).inc()

    def _outcome(self, job: Job, target: Target) -> JobState:
        try:
            budget = Budget(job.budget_s, cancelled=_asked_sometimes(lambda: self._queue.cancelled(job.id)))
            diagnosis = self._diagnose(target, job.request, budget=budget, progress=partial(self._tell, job.id))
            SECONDS.labels(target.platform).observe(diagnosis.report.duration_s)
            _surely(lambda: self._queue.finish(job.id, diagnosis.report), until=job.deadline_at)
        except CancelledError:
            self._queue.end(job.id, JobState.CANCELLED)
            return JobState.CANCELLED
        except TemporaryError as error:
            return self._again_or_fail(job, error)
        except PermanentError as error:
            self._queue.fail(job.id, str(error))
            return JobState.FAILED
        except Exception as error:
            log.exception("diagnosis failed", error=redact(str(error)))
            self._queue.fail(job.id, f"Something in Sickbay broke. Its log has the reason under job {job.id}.")
            return JobState.FAILED
        return JobState.DONE

    def _again_or_fail(self, job: Job, error: TemporaryError) -> JobState:
        again_at = datetime.now(UTC) + timedelta(seconds=error.delay)
        if isinstance(error, QueueUnavailableError) or again_at < job.deadline_at:
            self._queue.release(job.id)
            raise Retry(str(error), delay=int(error.delay * 1000)) from error
        self._queue.fail(job.id, f"{error} It was tried until the time was up.")
        return JobState.FAILED

    def _tell(self, job_id: str, step: str) -> None:
        """Tell the step; a Redis that is away for a while costs only this news."""
        with suppress(QueueUnavailableError):
            self._queue.step(job_id, step)


def _surely(call: Callable[[], None], *, until: datetime) -> None:
    """Make the call, again and again while Redis is away: an answer is not lost for that. Raises after `until`."""
    while True:
        try:
            return call()
        except QueueUnavailableError as error:
            if datetime.now(UTC) >= until:
                raise
            time.sleep(error.delay)


def _asked_sometimes(ask: Callable[[], bool]) -> Callable[[], bool]:
    """Give a question that is cheap to ask often: it is passed on every _ASK_EVERY seconds."""
    next_time, answer = 0.0, False

    def asked() -> bool:
        nonlocal next_time, answer
        if not answer and time.monotonic() >= next_time:
            next_time = time.monotonic() + _ASK_EVERY
            try:
                answer = ask()
            except QueueUnavailableError:
                answer = False
        return answer

    return asked
