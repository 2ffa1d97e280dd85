"""The account of one diagnosis: what could not be read, limits and failures wherever they came, and clean texts."""

from collections.abc import Sequence

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.registry.collector.session import Refused, Session
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, UnreachableError
from sickbay.diagnostics.platforms.registry.snapshot import RateLimit, Told, Unreachable
from sickbay.diagnostics.redaction import redact_values

#: Failing answers that are kept.
_KEPT = 10
_TOO_MANY, _FAILING = 429, 500


class Reading:
    """Notes for the threads of one diagnosis."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)
        self.gaps: list[Gap] = []
        self.answers: list[Told] = []
        self.rate_limits: dict[str, RateLimit] = {}
        self.token_server: Unreachable | None = None

    def clean(self, text: str) -> str:
        """Give a text of the registry's without secrets and control characters."""
        return clean(redact_values(text, self._secrets))

    def note(self, what: str, reason: str) -> None:
        """Note a gap."""
        self.gaps.append(Gap(what=what, reason=reason))

    def note_unreachable(self, what: str, error: UnreachableError) -> None:
        """Note a gap for a call that had no answer, and the token server where that is what gave none."""
        self.note(what, f"{error.why.obstacle}: {error.why.message}")
        if error.realm:
            self.token_server = error.why

    def told(self, session: Session, method: str, path: str, answer: Answer | Refused) -> Told:
        """Give the answer as a fact, and keep what it says of limits and failures."""
        told = session.told(method, path, answer)
        if (told.status == _TOO_MANY or told.status >= _FAILING) and len(self.answers) < _KEPT:
            self.answers.append(told)
        if isinstance(answer, Answer):
            limit = _rate_limit(answer, session.by)
            if limit is not None:
                self.rate_limits[session.by] = limit
        return told


def _rate_limit(answer: Answer, by: str) -> RateLimit | None:
    """Give what the headers say: `ratelimit-remaining: 76;w=21600`."""
    limit, _, window = answer.headers.get("ratelimit-limit", "").partition(";w=")
    remaining = answer.headers.get("ratelimit-remaining", "").partition(";")[0]
    if not (limit.isdecimal() and remaining.isdecimal()):
        return None
    return RateLimit(
        limit=int(limit[:9]), remaining=int(remaining[:9]), window=int(window[:9]) if window.isdecimal() else 0, by=by
    )
