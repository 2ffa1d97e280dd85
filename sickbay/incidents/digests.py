"""The incidents of a week in figures: how many, how fast, and which findings they had in common."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import msgspec

from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident
from sickbay.incidents.stats import Stats, stats_of

#: Days that a digest is about, and incidents whose diagnoses are looked at.
DAYS, _LOOKED_AT = 7, 200
#: Findings that it names.
_TOP = 5


class Frequent(msgspec.Struct, frozen=True, kw_only=True):
    """A code that diagnoses of so many `incidents` found as a cause."""

    code: str
    title: str
    incidents: int


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the week, how many incidents the week `before` had, and the most frequent causes."""

    stats: Stats
    before: int
    top: tuple[Frequent, ...]


def digest_of(incidents: Incidents, diagnoses: Diagnoses, now: datetime, may_tell: Callable[[str], bool]) -> Digest:
    """Count the incidents of the week that ends now, and nothing of targets of which `may_tell` does not let tell.

    Raises DatabaseUnavailableError.
    """
    week, may_tell = timedelta(days=DAYS), cache(may_tell)
    known = [incident for incident in incidents.since(now - 2 * week) if may_tell(incident.target)]
    lately = [incident for incident in known if incident.opened_at > now - week]
    earlier = [incident for incident in known if incident.opened_at <= now - week]
    titles: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for incident in lately[:_LOOKED_AT]:
        found = _causes(diagnoses, incident, may_tell)
        titles |= found
        counts.update(found.keys())
    top = tuple(
        Frequent(code=code, title=titles[code], incidents=count)
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    )
    before = stats_of(earlier, days=DAYS, now=now - week).count
    return Digest(stats=stats_of(known, days=DAYS, now=now), before=before, top=top)


def _causes(diagnoses: Diagnoses, incident: Incident, may_tell: Callable[[str], bool]) -> dict[str, str]:
    """Give the codes that were found in an incident's thread, each with its title."""
    there = [past for past in diagnoses.all_in_thread(incident.channel, incident.thread_ts) if may_tell(past.target)]
    return {found.code: found.title for past in there for found in past.findings if found.cause}
