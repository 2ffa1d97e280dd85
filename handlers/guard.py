"""Who asks, whether they may, and the trace that it leaves: every request passes here before anything is done.

The policy decides for the person and the channel of this very request, a click included: that a button is shown says
nothing. Where the audit cannot be written, reading goes on, since people are on call, and its entry stands in the log
stream as lost; nothing else is done.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from handlers.blocks import notices
from sickbay.diagnostics.targets import Target
from sickbay.incidents.audit import Entry
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.model import Incident
from sickbay.incidents.policy import DEFAULT_RULE, READING, Action, Decision, Policy

log = structlog.get_logger()

#: For how long after a failure of the database those who only read do not try it again.
_AWAY = timedelta(seconds=10)


class Asker(msgspec.Struct, frozen=True):
    """A person in a channel, by Slack's ids."""

    user: str
    channel: str


class Guard:
    """Decides, and has it written down.

    `incident_of` gives the incident that has a channel for itself. No rule can name such a channel, so there the rules
    of the one where the incident was opened hold too, for that incident's target alone.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        groups_of: Callable[[str], frozenset[str]],
        append: Callable[[Entry], object],
        incident_of: Callable[[str], Incident | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._policy = policy
        self._groups_of = groups_of
        self._append = append
        self._incident_of = incident_of
        self._clock = clock
        self._away_until = datetime.min.replace(tzinfo=UTC)

    def decide(self, action: Action, asker: Asker, target: Target | None) -> Decision:
        """Say whether they may do this on the target there, and by which rule; it leaves no trace."""
        here = self._decided(action, asker.user, asker.channel, target)
        if here.allowed or here.rule == DEFAULT_RULE:
            return here
        try:
            incident = self._incident_of(asker.channel)
        except DatabaseUnavailableError:
            return here
        if incident is None or incident.target != (target.name if target else ""):
            return here
        return self._decided(action, asker.user, incident.opened_in, target)

    def _decided(self, action: Action, user: str, channel: str, target: Target | None) -> Decision:
        return self._policy.decide(action, user=user, groups=self._groups_of(user), channel=channel, target=target)

    def may(self, action: Action, asker: Asker, target: Target | None) -> bool:
        """Say whether to offer it to them there."""
        return self.decide(action, asker, target).allowed

    def some_may(self, action: Action, asker: Asker, target: Target | None) -> bool:
        """Say whether to offer it where no person asks, such as for an alert: who uses it is asked for anew."""
        decision = self.decide(action, asker, target)
        return decision.allowed or decision.rule != DEFAULT_RULE

    def refusal(self, action: Action, asker: Asker, target: Target | None, detail: str) -> str | None:
        """Give the sentence for somebody who may not, which leaves a trace; None for who may."""
        decision = self.decide(action, asker, target)
        if decision.allowed:
            return None
        name = target.name if target else ""
        self.trace(action, asker, name, rule=decision.rule, detail=detail, outcome=REFUSED)
        return notices.refused(action, name, decision.rule)

    def admit(self, action: Action, asker: Asker, target: Target | None, detail: str) -> str | None:
        """Give the sentence for somebody who may not, or None for who may; either leaves a trace.

        Raises DatabaseUnavailableError where it may be done but not written down.
        """
        if refusal := self.refusal(action, asker, target, detail):
            return refusal
        rule, name = self.decide(action, asker, target).rule, target.name if target else ""
        self.trace(action, asker, name, rule=rule, detail=detail, outcome=ACCEPTED)
        return None

    def trace(
        self, action: Action, asker: Asker, target: str, *, rule: str = "", detail: str = "", outcome: str
    ) -> None:
        """Write down what was asked and what came of it. Raises DatabaseUnavailableError but for what only reads."""
        entry = Entry(
            at=self._clock(),
            actor=asker.user,
            channel=asker.channel,
            action=action,
            target=target,
            detail=detail,
            rule=rule,
            outcome=outcome,
        )
        reads = action in READING or outcome != ACCEPTED
        # A failure that is to hold for longer was met by a clock that has been set back since.
        if reads and timedelta() < self._away_until - entry.at <= _AWAY:
            _lose(entry, "the database did not answer a moment ago")
            return
        try:
            self._append(entry)
        except DatabaseUnavailableError as error:
            # A database that hangs must not keep everybody waiting who only reads.
            self._away_until = entry.at + _AWAY
            if not reads:
                raise
            _lose(entry, str(error))


def _lose(entry: Entry, why: str) -> None:
    log.error("an entry of the audit is lost", error=why, **msgspec.to_builtins(entry))


#: What came of a request, as the audit tells it.
ACCEPTED, REFUSED, NOT_UNDERSTOOD, FAILED = "accepted", "refused", "not understood", "failed"
