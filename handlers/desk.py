"""Where every request arrives, however it was made: understand it, put its job on the queue, or say why not.

What it returns is for the asker's eyes alone; an accepted job returns nothing, since its thread is the answer.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

import msgspec
import structlog

from handlers.blocks import notices
from handlers.blocks.explanation import explained_in_words
from handlers.blocks.offers import COMPARING, JUDGING
from handlers.grammar import Ask, Explain, Follow, GrammarError, Tell, parse
from handlers.guard import ACCEPTED, FAILED, NOT_UNDERSTOOD, REFUSED, Asker, Guard
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.model import Judged
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import Incident
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Action, Decision
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.model import BOT_ZONE, Destination, Job, JobRecord, Mute
from sickbay.jobs.queue import Queue, job_id

log = structlog.get_logger()

#: Seconds on top of two budgets until a job must be final: a lost worker's job comes back after 60 s to run once more.
_LOST_WORKER = 60.0


#: What the thread of a diagnosis offers to those who may.
_OFFERED = (Action.LOGS, Action.MUTE)
#: What the configuration itself asks for is allowed by it.
_CONFIGURED = Decision(allowed=True, rule="the configuration")


class _Team(msgspec.Struct, frozen=True, kw_only=True):
    """What the team's side adds to a job: the incident of its thread, what people said of findings, what is muted.

    `answered` says that the same was answered before.
    """

    incident: Incident | None = None
    judged: tuple[Judged, ...] = ()
    mutes: tuple[Mute, ...] = ()
    answered: bool = False


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
        guard: Guard,
        diagnoses: Diagnoses,
        mutes: Mutes,
        incidents: Incidents,
        marks: Marks,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._queue = queue
        self._targets = targets
        self._budget_s = budget_s
        self._guard = guard
        self._diagnoses = diagnoses
        self._mutes = mutes
        self._incidents = incidents
        self._marks = marks
        self._clock = clock

    def targets_for(self, asker: Asker) -> dict[str, Target]:
        """Give the targets that the asker may diagnose there."""
        return {
            name: target for name, target in self._targets.items() if self._guard.may(Action.DIAGNOSE, asker, target)
        }

    def scopes(self, asker: Asker, target: str) -> tuple[str, ...]:
        """Give to what a target can be narrowed, as its last whole diagnosis found it; nothing where none is known."""
        known = self.targets_for(asker).get(target)
        try:
            return self._queue.scopes(known.zone, known.name) if known else ()
        except QueueUnavailableError:
            return ()

    def take(self, text: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Act on what a person typed; gives mrkdwn for that person, or None where a job was accepted.

        `request_id` is Slack's own id of the request: the same request twice is one job.
        """
        asker = Asker(asked_by, destination.channel)
        try:
            wanted = parse(text)
        except GrammarError as error:
            self._guard.trace(Action.DIAGNOSE, asker, "", detail=redact(text)[:200], outcome=NOT_UNDERSTOOD)
            return notices.wrong_words(str(error))
        if isinstance(wanted, Follow):
            return self._follow(wanted, asked_by, destination, request_id)
        if isinstance(wanted, Explain):
            check = load_checks().get(wanted.code.upper())
            return explained_in_words(check) if check else notices.unknown_code(wanted.code)
        if isinstance(wanted, Tell):
            known = self.targets_for(asker)
            return notices.targets(known) if wanted.topic == "targets" else notices.usage(known)
        return self.ask(wanted, asked_by=asked_by, destination=destination, request_id=request_id)

    def ask(
        self, ask: Ask, *, asked_by: str, destination: Destination, request_id: str, configured: bool = False
    ) -> str | None:
        """Submit a diagnosis, or the reading of a log. What the configuration asks for needs no permission."""
        asker = Asker(asked_by, destination.channel)
        target = self._targets.get(ask.target)
        action = Action.LOGS if ask.request.logs else Action.DIAGNOSE
        if target is None:
            self._guard.trace(action, asker, ask.target, detail="no such target", outcome=NOT_UNDERSTOOD)
            known = self.targets_for(asker)
            return notices.unknown_target(ask.target, _nearest(ask.target, known), known)
        if redact(ask.request.scope) != ask.request.scope:
            self._guard.trace(action, asker, ask.target, detail=ask.request.scope, outcome=NOT_UNDERSTOOD)
            return notices.holds_a_secret()
        return self._put(
            action, target, name=target.name, platform=target.platform, zone=target.zone, request=ask.request,
            asked_by=asked_by, destination=destination, request_id=request_id, configured=configured,
        )  # fmt: skip

    def lint(self, message_ts: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Submit the lint of a message's files and code, which stands in the thread of `destination`."""
        return self._put(
            Action.DIAGNOSE, None, name="lint", platform="lint", zone=BOT_ZONE, request=Request(),
            message_ts=message_ts, asked_by=asked_by, destination=destination, request_id=request_id,
        )  # fmt: skip

    def again(self, done: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Submit a job like the one with id `done`."""
        record = self.record(done)
        if isinstance(record, str):
            return record
        if record.job.message_ts:
            return self.lint(record.job.message_ts, asked_by=asked_by, destination=destination, request_id=request_id)
        ask = Ask(target=record.job.target, request=record.job.request)
        return self.ask(ask, asked_by=asked_by, destination=destination, request_id=request_id)

    def cancel(self, job: str, asker: Asker) -> str | None:
        """Cancel a job."""
        record = self.record(job)
        if isinstance(record, str):
            return record
        decision = self.permit(Action.DIAGNOSE, asker, record.job, "cancel")
        if isinstance(decision, str):
            return decision
        try:
            cancelled = self._queue.cancel(job)
        except QueueUnavailableError:
            return notices.queue_unavailable()
        outcome = ACCEPTED if cancelled else FAILED
        self._guard.trace(
            Action.DIAGNOSE, asker, record.job.target, rule=decision.rule, detail="cancel", outcome=outcome
        )
        return None if cancelled else notices.too_late()

    def record(self, job: str) -> JobRecord | str:
        """Give what is known of a job, or the sentence for the asker where nothing is."""
        try:
            return self._queue.record(job) or notices.forgotten()
        except QueueUnavailableError:
            return notices.queue_unavailable()
        except UnreadableRecordError as error:
            log.warning("a job cannot be read", error=str(error))
            return notices.unreadable()

    def permit(self, action: Action, asker: Asker, job: Job, detail: str) -> Decision | str:
        """Give the decision that lets the asker do this with a job's target there, or the refusal, which is traced."""
        target = self._targets.get(job.target)
        if target is None and job.zone != BOT_ZONE:
            return notices.unknown_target(job.target, (), self.targets_for(asker))
        return self._permit(action, asker, target, job.target, detail)

    def admit(self, action: Action, asker: Asker, target: str, detail: str) -> str | None:
        """Give why the asker may not do this with a target there, or nothing; either is written down.

        Raises DatabaseUnavailableError.
        """
        return self._guard.admit(action, asker, self._targets.get(target), detail)

    def _permit(self, action: Action, asker: Asker, target: Target | None, name: str, detail: str) -> Decision | str:
        decision = self._guard.decide(action, asker, target)
        if decision.allowed:
            return decision
        self._guard.trace(action, asker, name, rule=decision.rule, detail=detail, outcome=REFUSED)
        return notices.refused(action, name, decision.rule)

    def _follow(self, wanted: Follow, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Take what is asked of the last diagnosis of the thread."""
        try:
            last = destination.thread_ts and self._diagnoses.in_thread(destination.channel, destination.thread_ts)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        if not last:
            return notices.no_diagnosis_here()
        request = last.request
        if wanted.log:
            request = Request(scope=wanted.log, logs=True)
        elif wanted.changes:
            request = Request(scope=request.scope, window=wanted.window or request.window, changes=True)
        elif wanted.window:
            request = msgspec.structs.replace(request, window=wanted.window)
        ask = Ask(target=last.target, request=request)
        return self.ask(ask, asked_by=asked_by, destination=destination, request_id=request_id)

    def _put(
        self,
        action: Action,
        target: Target | None,
        *,
        name: str,
        platform: str,
        zone: str,
        request: Request,
        asked_by: str,
        destination: Destination,
        request_id: str,
        message_ts: str | None = None,
        configured: bool = False,
    ) -> str | None:
        asker = Asker(asked_by, destination.channel)
        decision = _CONFIGURED if configured else self._permit(action, asker, target, name, request.scope)
        if isinstance(decision, str):
            return decision
        now = self._clock()
        team = self._of_team(destination, name, request, now)
        offered = self._guard.some_may if configured else self._guard.may
        may: list[str] = [extra for extra in _OFFERED if target and offered(extra, asker, target)]
        if team.incident and offered(Action.INCIDENT, asker, self._targets.get(team.incident.target)):
            may.append(JUDGING)
        if target and team.answered:
            may.append(COMPARING)
        job = Job(
            id=job_id(zone, destination.channel, request_id),
            target=name,
            platform=platform,
            zone=zone,
            request=msgspec.structs.replace(request, judged=team.judged),
            asked_by=asked_by,
            destination=destination,
            submitted_at=now,
            deadline_at=now + timedelta(seconds=_LOST_WORKER + 2 * self._budget_s),
            budget_s=self._budget_s,
            message_ts=message_ts,
            may=tuple(may),
            reads_logs=target is not None and self._guard.may(Action.LOGS, asker, target),
            mutes=team.mutes,
        )
        try:
            self._queue.submit(job)
        except QueueUnavailableError as error:
            log.warning("a job was refused", error=str(error))
            self._guard.trace(action, asker, name, rule=decision.rule, detail=request.scope, outcome=FAILED)
            return notices.queue_unavailable()
        self._guard.trace(action, asker, name, rule=decision.rule, detail=request.scope, outcome=ACCEPTED)
        return None

    def _of_team(self, destination: Destination, target: str, request: Request, now: datetime) -> _Team:
        """Read what the team knows. Without the database that is nothing, and nobody waits for it more than once."""
        try:
            incident = self._incidents.in_thread(destination.channel, destination.thread_ts or "")
            marks = self._marks.of(incident.number) if incident else ()
            return _Team(
                incident=incident,
                judged=tuple(msgspec.structs.replace(mark.judged, by=mark.by) for mark in marks),
                mutes=self._mutes.active(target, destination.channel, now),
                answered=self._diagnoses.answered(target, request),
            )
        except DatabaseUnavailableError as error:
            log.warning("what the team knows of it is not known", error=str(error))
            return _Team()


def _nearest(name: str, known: Mapping[str, Target]) -> tuple[str, ...]:
    by_lower = {item.lower(): item for item in known}
    return tuple(by_lower[word] for word in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5))
