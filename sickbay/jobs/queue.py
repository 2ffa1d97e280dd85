"""All that the bot and the workers do with Redis for jobs.

Keys, under the namespace (`sickbay`):

    jobs:<zone>:<token>            hash: job, sent, state, steps, step, attempt, worker, started_at, ended_at,
                                   report, failure
    cancelled:<zone>:<token>       set when the asker cancelled; the worker's budget polls it
    workers:<zone>                 sorted set: worker id by the time of its last beat, seconds since 1970
    deadlines                      sorted set: id of each job that is not final, by its deadline, seconds since 1970
    syncs:<zone>:<token>           set while a sync message waits, so that changes coalesce
    <queue>, <queue>.msgs, …       dramatiq's own, see its dispatch.lua

A worker of a zone touches `jobs:<zone>:*`, `cancelled:<zone>:*`, `workers:<zone>`, `syncs:<zone>:*`, its own queue,
`deadlines` and the queue `delivery`. A job's id is `<zone>.<token>`.

Every change of state is one Lua script that refuses to leave a final state, so a job that runs twice ends once.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dramatiq
import msgspec
import redis

from sickbay.diagnostics.model import Report
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import Job, JobRecord, JobState

NAMESPACE = "sickbay"
DELIVERY = "delivery"
#: How long a job's record and its answer are kept.
KEEP = timedelta(days=7)
#: A worker that has not beaten for so many seconds does not count as alive; it beats three times in that time.
BEAT_EXPIRES = 15.0

_FINAL = "local s = redis.call('hget', KEYS[1], 'state') if s == 'done' or s == 'failed' or s == 'cancelled' then "
_CREATE = """
if redis.call('exists', KEYS[1]) == 1 then return 0 end
redis.call('hset', KEYS[1], 'job', ARGV[1], 'state', 'queued')
redis.call('expire', KEYS[1], ARGV[2])
redis.call('zadd', KEYS[2], ARGV[3], ARGV[4])
return 1
"""
_START = (
    _FINAL
    + """return 0 end
if not s then return 0 end
redis.call('hincrby', KEYS[1], 'attempt', 1)
redis.call('hset', KEYS[1], 'state', 'running', 'steps', ARGV[1], 'step', '', 'worker', ARGV[2])
redis.call('hsetnx', KEYS[1], 'started_at', ARGV[3])
return 1
"""
)
_STEP = _FINAL + "return 0 end redis.call('hset', KEYS[1], 'step', ARGV[1]) return 1"
_END = (
    _FINAL
    + """return 0 end
if not s then return 0 end
redis.call('hset', KEYS[1], 'state', ARGV[1], 'ended_at', ARGV[2], ARGV[3], ARGV[4])
redis.call('zrem', KEYS[2], ARGV[5])
return 1
"""
)


def job_id(zone: str, *request: str) -> str:
    """Give the id of the job that a request makes: the same for the same request, so that a repeat is no second job."""
    return f"{zone}.{hashlib.sha256(chr(0).join(request).encode()).hexdigest()[:24]}"


class Queue:
    """Submit, follow, cancel and end jobs. Raises QueueUnavailableError wherever Redis does not answer."""

    def __init__(
        self,
        client: redis.Redis,
        broker: dramatiq.Broker,
        *,
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = client
        self._broker = broker
        self._namespace = namespace
        self._clock = clock
        self._create, self._start, self._step, self._end = (
            client.register_script(script) for script in (_CREATE, _START, _STEP, _END)
        )

    def submit(self, job: Job) -> None:
        """Write the job, its deadline and its message; one whose message was sent already is not sent again."""
        with _available():
            self._create(
                [self._key("jobs", job.id), self._key("deadlines")],
                [
                    msgspec.json.encode(job),
                    int(KEEP.total_seconds()),
                    job.deadline_at.timestamp(),
                    job.id,
                ],
            )
            if not self._redis.hexists(self._key("jobs", job.id), "sent"):
                self._send(f"diagnose.{job.zone}", f"diagnose.{job.zone}", job.id)
                self._redis.hset(self._key("jobs", job.id), "sent", "1")
        self.request_sync(job.id)

    def record(self, job_id: str) -> JobRecord | None:
        """Give what is known of a job, or None where it never was or is forgotten."""
        with _available():
            fields: dict[bytes, bytes] = self._redis.hgetall(self._key("jobs", job_id))  # type: ignore[assignment]  # sync client
        return _record(fields) if fields else None

    def cancel(self, job_id: str) -> bool:
        """Cancel a job: at once while it waits, else as soon as its worker looks. False when it was final already."""
        with _available():
            record = self.record(job_id)
            if record is None or record.state.final:
                return False
            self._redis.set(self._key("cancelled", job_id), 1, ex=KEEP)
        if record.state is JobState.QUEUED:
            self.end(job_id, JobState.CANCELLED)
        return True

    def cancelled(self, job_id: str) -> bool:
        """Say whether the asker cancelled."""
        with _available():
            return bool(self._redis.exists(self._key("cancelled", job_id)))

    def start(self, job_id: str, *, steps: Sequence[str], worker: str) -> JobRecord | None:
        """Take a job; gives None when there is nothing to do any more: it is final, cancelled or forgotten."""
        with _available():
            taken = self._start(
                [self._key("jobs", job_id)], [msgspec.json.encode(tuple(steps)), worker, self._now().isoformat()]
            )
        if not taken:
            return None
        if self.cancelled(job_id):
            self.end(job_id, JobState.CANCELLED)
            return None
        self.request_sync(job_id)
        return self.record(job_id)

    def release(self, job_id: str) -> None:
        """Give a job back that will be tried again: only lost workers count as attempts."""
        with _available():
            self._redis.hincrby(self._key("jobs", job_id), "attempt", -1)

    def step(self, job_id: str, step: str) -> None:
        """Tell which step runs now."""
        with _available():
            self._step([self._key("jobs", job_id)], [step])
        self.request_sync(job_id)

    def finish(self, job_id: str, report: Report) -> None:
        """End a job with its report, unless it has ended."""
        self.end(job_id, JobState.DONE, "report", msgspec.json.encode(report))

    def fail(self, job_id: str, failure: str) -> None:
        """End a job with a sentence that says what to do next, unless it has ended."""
        self.end(job_id, JobState.FAILED, "failure", failure.encode())

    def end(self, job_id: str, state: JobState, field: str = "failure", value: bytes = b"") -> None:
        """Put a job into a final state, unless it has one."""
        with _available():
            ended = self._end(
                [self._key("jobs", job_id), self._key("deadlines")],
                [state, self._now().isoformat(), field, value, job_id],
            )
        if ended:
            self.request_sync(job_id)

    def request_sync(self, job_id: str) -> None:
        """Ask the bot to bring the job's thread up to date; asking again before it began adds nothing."""
        with _available():
            if self._redis.set(self._key("syncs", job_id), 1, nx=True, ex=60):
                self._send("sync", DELIVERY, job_id)

    def begin_sync(self, job_id: str) -> None:
        """Note that a sync begins: a change from here on asks for another."""
        with _available():
            self._redis.delete(self._key("syncs", job_id))

    def postpone_sync(self, job_id: str) -> None:
        """Note that a sync waits for its turn: changes until then need no other."""
        with _available():
            self._redis.set(self._key("syncs", job_id), 1, ex=60)

    def overdue(self) -> list[str]:
        """Give the ids of the jobs that should be final by now and are not."""
        with _available():
            found: list[bytes] = self._redis.zrangebyscore(self._key("deadlines"), 0, self._clock())  # type: ignore[assignment]  # sync client
        return [item.decode() for item in found]

    def expire(self, job_id: str) -> None:
        """End an overdue job with the reason why there is no answer."""
        record = self.record(job_id)
        if record is None:
            with _available():
                self._redis.zrem(self._key("deadlines"), job_id)
            return
        zone = record.job.zone
        if record.attempt:
            reason = "The worker that took this did not finish in time: it was lost or its target hangs. Run it again."
        elif self.workers_alive(zone):
            reason = f"No worker of zone {zone} was free in time. Run it again, or start more workers."
        else:
            reason = f"No worker serves zone {zone}. Start one (`sickbay worker` with this zone), then run it again."
        self.fail(job_id, reason)

    def beat(self, zone: str, worker: str) -> None:
        """Tell that a worker of the zone is alive."""
        with _available():
            key = self._key("workers", zone)
            self._redis.zadd(key, {worker: self._clock()})
            self._redis.zremrangebyscore(key, 0, self._clock() - BEAT_EXPIRES)

    def leave(self, zone: str, worker: str) -> None:
        """Tell that a worker ends, so that nobody waits for it."""
        with _available():
            self._redis.zrem(self._key("workers", zone), worker)

    def workers_alive(self, zone: str) -> int:
        """Give how many workers of the zone have beaten lately."""
        with _available():
            return int(self._redis.zcount(self._key("workers", zone), self._clock() - BEAT_EXPIRES, "+inf"))

    def ping(self) -> None:
        """Do nothing, where Redis answers."""
        with _available():
            self._redis.ping()

    def _send(self, actor: str, queue: str, job_id: str) -> None:
        message: dramatiq.Message[None] = dramatiq.Message(
            queue_name=queue, actor_name=actor, args=(job_id,), kwargs={}, options={}
        )
        self._broker.enqueue(message)

    def _key(self, kind: str, name: str = "") -> str:
        return ":".join((self._namespace, kind, *name.split(".", 1))) if name else f"{self._namespace}:{kind}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _record(fields: dict[bytes, bytes]) -> JobRecord:
    known = {name.decode(): value for name, value in fields.items()}
    return JobRecord(
        job=msgspec.json.decode(known["job"], type=Job),
        state=JobState(known["state"].decode()),
        steps=msgspec.json.decode(known.get("steps", b"[]"), type=tuple[str, ...]),
        step=known.get("step", b"").decode(),
        attempt=int(known.get("attempt", 0)),
        started_at=_moment(known.get("started_at")),
        ended_at=_moment(known.get("ended_at")),
        report=msgspec.json.decode(known["report"], type=Report) if "report" in known else None,
        failure=known.get("failure", b"").decode(),
    )


def _moment(written: bytes | None) -> datetime | None:
    return datetime.fromisoformat(written.decode()) if written else None


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError, dramatiq.errors.ConnectionError) as error:
        raise QueueUnavailableError(str(error)) from error
