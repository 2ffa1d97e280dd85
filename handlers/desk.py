"""Where every request arrives, however it was made: understand it, put its job on the queue, or say why not.

What it returns is for the asker's eyes alone; an accepted job returns nothing, since its thread is the answer.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

import structlog

from handlers.blocks import notices
from handlers.grammar import Ask, GrammarError, Tell, parse
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.model import BOT_ZONE, Destination, Job
from sickbay.jobs.queue import Queue, job_id

log = structlog.get_logger()

#: Seconds on top of two budgets until a job must be final: a lost worker's job comes back after 60 s to run once more.
_LOST_WORKER = 60.0


def _now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """Takes requests for the targets of this installation."""

    def __init__(
        self,
        queue: Queue,
        targets: Mapping[str, Target],
        *,
        budget_s: float,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._queue = queue
        self._targets = targets
        self._budget_s = budget_s
        self._clock = clock

    def take(self, text: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Act on what a person typed; gives mrkdwn for that person, or None where a job was accepted.

        `request_id` is Slack's own id of the request: the same request twice is one job.
        """
        try:
            wanted = parse(text)
        except GrammarError as error:
            return notices.wrong_words(str(error))
        if isinstance(wanted, Tell):
            return notices.targets(self._targets) if wanted.topic == "targets" else notices.usage(self._targets)
        if wanted.target not in self._targets:
            return notices.unknown_target(wanted.target, self._nearest(wanted.target), self._targets)
        return self._submit(wanted, asked_by, destination, request_id)

    def lint(self, message_ts: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Submit the lint of a message's files and code, which stands in the thread of `destination`."""
        return self._put(
            target="lint", platform="lint", zone=BOT_ZONE, request=Request(), message_ts=message_ts,
            asked_by=asked_by, destination=destination, request_id=request_id,
        )  # fmt: skip

    def again(self, done: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Submit a job like the one with id `done`."""
        try:
            record = self._queue.record(done)
        except QueueUnavailableError:
            return notices.queue_unavailable()
        except UnreadableRecordError as error:
            log.warning("a job cannot be run again", error=str(error))
            return notices.unreadable()
        if record is None:
            return notices.forgotten()
        if record.job.message_ts:
            return self.lint(record.job.message_ts, asked_by=asked_by, destination=destination, request_id=request_id)
        if record.job.target not in self._targets:
            return notices.unknown_target(record.job.target, (), self._targets)
        ask = Ask(target=record.job.target, request=record.job.request)
        return self._submit(ask, asked_by, destination, request_id)

    def cancel(self, job: str) -> str | None:
        """Cancel a job."""
        try:
            return None if self._queue.cancel(job) else notices.too_late()
        except QueueUnavailableError:
            return notices.queue_unavailable()

    def _submit(self, ask: Ask, asked_by: str, destination: Destination, request_id: str) -> str | None:
        target = self._targets[ask.target]
        return self._put(
            target=target.name, platform=target.platform, zone=target.zone, request=ask.request,
            asked_by=asked_by, destination=destination, request_id=request_id,
        )  # fmt: skip

    def _put(
        self,
        *,
        target: str,
        platform: str,
        zone: str,
        request: Request,
        asked_by: str,
        destination: Destination,
        request_id: str,
        message_ts: str | None = None,
    ) -> str | None:
        now = self._clock()
        job = Job(
            id=job_id(zone, destination.channel, request_id),
            target=target,
            platform=platform,
            zone=zone,
            request=request,
            asked_by=asked_by,
            destination=destination,
            submitted_at=now,
            deadline_at=now + timedelta(seconds=_LOST_WORKER + 2 * self._budget_s),
            budget_s=self._budget_s,
            message_ts=message_ts,
        )
        try:
            self._queue.submit(job)
        except QueueUnavailableError as error:
            log.warning("a job was refused", error=str(error))
            return notices.queue_unavailable()
        return None

    def _nearest(self, name: str) -> tuple[str, ...]:
        by_lower = {known.lower(): known for known in self._targets}
        return tuple(by_lower[word] for word in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5))
