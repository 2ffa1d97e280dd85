"""All that the bot and the workers do with Redis for jobs.

Keys, under the namespace (`sickbay`):

    jobs:<zone>:<token>            hash: job, state, steps, step, attempt, worker, take, started_at, ended_at,
                                   report, logs, failure
    scopes:<zone>:<target>         JSON list: what the last whole diagnosis of the target found to narrow it to
    workers:<zone>                 sorted set: worker id by the time of its last beat, seconds since 1970
    deadlines                      sorted set: id of each job that is not final, by its deadline, seconds since 1970
    owed                           sorted set: `diagnose <id>` or `sync <id>`, by when to send that message again
    syncs:<zone>:<token>           set while a sync message waits, so that changes coalesce
    <queue>, <queue>.msgs, …       dramatiq's own, see its dispatch.lua

A worker of a zone touches `jobs:<zone>:*`, `scopes:<zone>:*`, `workers:<zone>`, `syncs:<zone>:*`, its own queues,
`deadlines`, `owed` and the queue `delivery`. A job's id is `<zone>.<token>`.

Every change of state is one script that refuses to leave a final state, so a job that runs twice ends once. It also
writes down which message it owes, so messages may get lost: the state is the truth, they only tell that it changed, and
the bot's `sweep` sends again what nobody saw to. A job is owed until it is final, a sync until it is done.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import dramatiq
import msgspec
import redis
import structlog
from redis.commands.core import Script

from sickbay.diagnostics.model import Log, Report
from sickbay.jobs import scripts
from sickbay.jobs.availability import available
from sickbay.jobs.encoding import decode_record, decode_scopes
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.lateness import why_late
from sickbay.jobs.model import Job, JobRecord, JobState

NAMESPACE = "sickbay"
DELIVERY = "delivery"
#: How long a job's record and its answer are kept.
KEEP = timedelta(days=7)
#: How long the record of a job that gave logs is kept: they are large, and stale after that.
KEEP_LOGS = timedelta(days=1)
#: A worker that has not beaten for so many seconds does not count as alive; it beats three times in that time. Well
#: before dramatiq gives the jobs of a lost worker to others, so that these may take them.
BEAT_EXPIRES = 15.0

log = structlog.get_logger()


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
        beat_expires: float = BEAT_EXPIRES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = client
        self._broker = broker
        self._namespace = namespace
        self._beat_expires = beat_expires
        self._clock = clock
        self._create, self._start, self._release, self._step, self._end = (
            client.register_script(text)
            for text in (scripts.CREATE, scripts.START, scripts.RELEASE, scripts.STEP, scripts.END)
        )
        self._begin_sync, self._postpone_sync, self._end_sync = (
            client.register_script(text) for text in (scripts.BEGIN_SYNC, scripts.POSTPONE_SYNC, scripts.END_SYNC)
        )

    def submit(self, job: Job) -> None:
        """Take the job: once this returns it will be run and its thread reach an end, whatever dies. Repeat at will."""
        created = self._change(
            self._create,
            job.id,
            msgspec.json.encode(job),
            int(KEEP.total_seconds()),
            job.deadline_at.timestamp(),
        )
        if created:
            self._send_job(job)

    def record(self, job_id: str) -> JobRecord | None:
        """Give what is known of a job, or None where it never was or is forgotten. Raises UnreadableRecordError."""
        with available():
            fields: dict[bytes, bytes] = self._redis.hgetall(self._key("jobs", job_id))  # type: ignore[assignment]  # sync client
        return decode_record(job_id, fields) if fields else None

    def cancel(self, job_id: str) -> bool:
        """Cancel a job at once; its worker stops as soon as it looks. False when it was final already."""
        return self.end(job_id, JobState.CANCELLED)

    def ended(self, job_id: str) -> bool:
        """Say whether nobody waits for the job any more: it is final or forgotten."""
        with available():
            state = self._redis.hget(self._key("jobs", job_id), "state")
        return state not in {b"queued", b"running"}

    def start(self, job_id: str, *, steps: Sequence[str], worker: str, take: str = "") -> JobRecord | None:
        """Take a job; gives None when there is nothing to do: it is final, forgotten, or with a worker that is alive.

        `take` names this one run: who asks again with the same has the same run, and not another attempt.
        """
        taken = self._change(
            self._start,
            job_id,
            worker,
            take or uuid4().hex,
            msgspec.json.encode(tuple(steps)),
            self._now().isoformat(),
            self._clock() - self._beat_expires,
        )
        return self.record(job_id) if taken else None

    def release(self, job_id: str, *, take: str, delay: float = 0.0) -> None:
        """Give a job back, to be taken again after `delay` seconds."""
        if self._change(self._release, job_id, take, owed_in=delay):
            record = self.record(job_id)
            if record:
                self._send_job(record.job, delay=delay)

    def step(self, job_id: str, step: str) -> None:
        """Tell which step runs now."""
        self._change(self._step, job_id, step)

    def finish(self, job_id: str, report: Report) -> None:
        """End a job with its report, unless it has ended."""
        self.end(job_id, JobState.DONE, "report", msgspec.json.encode(report))

    def finish_logs(self, job_id: str, logs: Sequence[Log]) -> None:
        """End a job with the logs that were asked for, unless it has ended."""
        self.end(job_id, JobState.DONE, "logs", msgspec.json.encode(logs), keep=KEEP_LOGS)

    def fail(self, job_id: str, failure: str) -> None:
        """End a job with a sentence that says what to do next, unless it has ended."""
        self.end(job_id, JobState.FAILED, "failure", failure.encode())

    def end(
        self, job_id: str, state: JobState, field: str = "failure", value: bytes = b"", *, keep: timedelta = KEEP
    ) -> bool:
        """Put a job into a final state, to be forgotten after `keep`; False when it had one already."""
        return self._change(self._end, job_id, state, self._now().isoformat(), field, value, int(keep.total_seconds()))

    def remember_scopes(self, zone: str, target: str, scopes: Sequence[str]) -> None:
        """Remember what a diagnosis of the whole target found to narrow it to, in place of what was known."""
        with available():
            self._redis.set(self._key("scopes", f"{zone}.{target}"), msgspec.json.encode(scopes), ex=KEEP)

    def scopes(self, zone: str, target: str) -> tuple[str, ...]:
        """Give what a target can be narrowed to, as its last whole diagnosis found it; nothing where none is known."""
        with available():
            written: bytes | None = self._redis.get(self._key("scopes", f"{zone}.{target}"))  # type: ignore[assignment]  # sync client
        return decode_scopes(written)

    def begin_sync(self, job_id: str) -> None:
        """Note that a sync begins: a change from here on asks for another."""
        self._call(self._begin_sync, job_id)

    def postpone_sync(self, job_id: str, *, for_step: bool = False) -> None:
        """Note that a sync waits for its turn: changes until then need no other, but for the end where it is a step."""
        self._call(self._postpone_sync, job_id, "step" if for_step else "turn")

    def end_sync(self, job_id: str) -> None:
        """Note that the thread shows all that it should, or never can: nothing is owed, unless it changed meanwhile."""
        self._call(self._end_sync, job_id)

    def sweep(self) -> None:
        """End the jobs whose time is up, and send again the messages that nobody saw to. For the bot, every second."""
        for job_id in self.overdue():
            self.expire(job_id)
        for owed in self._due("owed"):
            self._resend(owed)

    def overdue(self) -> list[str]:
        """Give the ids of the jobs that should be final by now and are not."""
        return self._due("deadlines")

    def expire(self, job_id: str) -> None:
        """End an overdue job with the reason why there is no answer."""
        try:
            record = self.record(job_id)
        except UnreadableRecordError as error:
            log.exception("an overdue job cannot be read", job_id=job_id)
            self.fail(job_id, str(error))
            record = None
        if record is None or record.state.final:
            with available():
                self._redis.zrem(self._key("deadlines"), job_id)
            return
        self.fail(job_id, why_late(record, self.workers_alive(record.job.zone)))

    def beat(self, zone: str, worker: str) -> None:
        """Tell that a worker of the zone is alive."""
        with available():
            key = self._key("workers", zone)
            self._redis.zadd(key, {worker: self._clock()})
            self._redis.zremrangebyscore(key, 0, self._clock() - self._beat_expires)

    def leave(self, zone: str, worker: str) -> None:
        """Tell that a worker ends, so that nobody waits for it."""
        with available():
            self._redis.zrem(self._key("workers", zone), worker)

    def workers_alive(self, zone: str) -> int:
        """Give how many workers of the zone have beaten lately."""
        with available():
            return int(self._redis.zcount(self._key("workers", zone), self._clock() - self._beat_expires, "+inf"))

    def ping(self) -> None:
        """Do nothing, where Redis answers."""
        with available():
            self._redis.ping()

    def _change(self, script: Script, job_id: str, *arguments: str | float | bytes, owed_in: float = 0.0) -> bool:
        """Change a job's state and tell the bot; False when the change does not apply any more."""
        result = self._call(script, job_id, *arguments, owed_in=owed_in)
        if result == 1:
            self._send("sync", DELIVERY, job_id)
        return result != scripts.REFUSED

    def _call(self, script: Script, job_id: str, *arguments: str | float | bytes, owed_in: float = 0.0) -> int:
        zone = job_id.partition(".")[0]
        keys = [
            self._key("jobs", job_id),
            self._key("deadlines"),
            self._key("owed"),
            self._key("syncs", job_id),
            self._key("workers", zone),
        ]
        with available():
            return int(script(keys, [job_id, self._clock() + owed_in + scripts.RESEND_AFTER, *arguments]))

    def _due(self, kind: str) -> list[str]:
        """Give what of a sorted set is due; what is no text is nobody's and would stop the sweep: it is removed."""
        key, due = self._key(kind), []
        with available():
            found: list[bytes] = self._redis.zrangebyscore(key, 0, self._clock())  # type: ignore[assignment]  # sync client
            for member in found:
                try:
                    due.append(member.decode())
                except UnicodeDecodeError:
                    self._redis.zrem(key, member)
        return due

    def _resend(self, owed: str) -> None:
        """Send again one message that is owed, unless its job is forgotten."""
        kind, _, job_id = owed.partition(" ")
        try:
            record = self.record(job_id)
        except UnreadableRecordError:
            record = None
        with available():
            if record is None:
                self._redis.zrem(self._key("owed"), owed)
                return
            self._redis.zadd(self._key("owed"), {owed: self._clock() + scripts.RESEND_AFTER}, xx=True)
        if kind == "sync":
            self._send("sync", DELIVERY, job_id)
        else:
            self._send_job(record.job)

    def _send_job(self, job: Job, *, delay: float = 0.0) -> None:
        name = f"{'diagnose' if job.report_run is None else 'report'}.{job.zone}"
        # A thread that the engine's own budget did not free is freed when nobody waits for the job any more.
        limit = int((job.deadline_at - job.submitted_at).total_seconds() * 1000)
        self._send(name, name, job.id, delay=delay, time_limit=limit)

    def _send(self, actor: str, queue: str, job_id: str, *, delay: float = 0.0, **options: int) -> None:
        message: dramatiq.Message[None] = dramatiq.Message(
            queue_name=queue, actor_name=actor, args=(job_id,), kwargs={}, options=dict(options)
        )
        try:
            with available():
                self._broker.enqueue(message, delay=int(delay * 1000) or None)
        except QueueUnavailableError as error:
            log.warning("a message waits for the next sweep", actor=actor, job_id=job_id, error=str(error))

    def _key(self, kind: str, name: str = "") -> str:
        return ":".join((self._namespace, kind, *name.split(".", 1))) if name else f"{self._namespace}:{kind}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
