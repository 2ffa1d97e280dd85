"""The registry limits pulls, and the limit is reached or near."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.snapshot import RateLimit, Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS

_TOO_MANY = 429
#: One pull of ten is left.
_PART = 10


@check(
    "REG-105",
    title="Rate limit",
    severity=Severity.HIGH,
    remedy="Log in where images are pulled, use a mirror or a cache in between, or wait until the window has passed.",
    explains=PULLS,
)
def rate_limit(registry: Snapshot) -> Iterator[Finding]:
    """The registry answers TOOMANYREQUESTS (429), or at most a tenth of the pulls that it allows is left.

    Docker Hub counts pulls by address for anonymous and by user for others, in a window of hours, and tells what is
    left in the ratelimit headers of a HEAD, which itself is not counted. Sickbay's own address and user are looked at:
    a host behind another address has its own count. A whole cluster behind one address shares one.
    """
    reached = [told for told in registry.answers if told.status == _TOO_MANY]
    low = [limit for limit in registry.rate_limits if limit.remaining * _PART <= limit.limit]
    if not (reached or low):
        return
    wait = next((f" for {told.retry_after} s" for told in reached if told.retry_after.isdecimal()), "")
    state = f"refuses more pulls{wait}" if reached else f"has {_left(low[0])}"
    text = "Log in where images are pulled, or use a mirror" if registry.credentials is None else None
    yield Finding(
        subject=registry.subject,
        summary=f"Registry {registry.registry} limits pulls, and {state}.",
        evidence=(
            *(registry.told_evidence(told) for told in reached[:1]),
            *(registry.evidence(f"ratelimit-remaining ({item.by})", _left(item)) for item in low),
        ),
        remedy=Remedy(text=f"{text}: the count is by address for anonymous, and by user for others.") if text else None,
        last_seen=registry.taken_at,
    )


def _left(limit: RateLimit) -> str:
    window = f" in {limit.window / 3600:g} h" if limit.window else ""
    return f"{limit.remaining} of {limit.limit} pulls{window} left for {limit.by}"
