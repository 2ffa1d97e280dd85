"""The post-mortem of an incident as Markdown: what is known is filled in, and what only people know is asked for.

Pure. Whatever people, alerts and targets said stands in it as text: nothing of it becomes Markdown or HTML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from sickbay.diagnostics.model import Judged, Judgement
from sickbay.incidents.diagnoses import PastDiagnosis, PastFinding
from sickbay.incidents.model import EntryKind, Incident, Mark, TimelineEntry

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)>")


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A past incident that was like this one: why it is, and how it ended."""

    incident: Incident
    why: str
    fix: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """All that a post-mortem is written from. `names` gives people by their Slack ids."""

    incident: Incident
    entries: Sequence[TimelineEntry]
    diagnoses: Sequence[PastDiagnosis]
    marks: Sequence[Mark]
    similar: Sequence[Similar]
    names: Mapping[str, str] = {}


def postmortem(story: Story) -> str:
    """Write it."""
    return "\n".join(_lines(story)).rstrip() + "\n"


def causes_of(diagnoses: Sequence[PastDiagnosis], marks: Sequence[Mark]) -> tuple[PastFinding, ...]:
    """Give what people called the cause; where they called nothing so, the likeliest cause of the last diagnosis."""
    known = {(finding.code, finding.subject): finding for run in diagnoses for finding in run.findings}
    judged = {(mark.judged.code, mark.judged.subject): mark.judged.judgement for mark in marks}
    named = [known[key] for key, word in judged.items() if word is Judgement.CAUSE and key in known]
    if named:
        return tuple(named)
    for run in reversed(diagnoses):
        likely = [item for item in run.findings if item.cause and (item.code, item.subject) not in judged]
        if likely:
            return (likely[0],)
    return ()


def _lines(story: Story) -> Iterator[str]:
    incident = story.incident
    yield f"# INC-{incident.number}: {_plain(incident.title)}"
    yield ""
    opened = f"Opened {_at(incident.opened_at)} by {_who(incident.opened_by, story)}."
    yield f"{incident.severity.upper()}, {incident.state}. {opened}"
    yield ""
    yield "## Summary"
    yield ""
    yield _plain(incident.summary) if incident.summary else "_What happened, in two sentences._"
    yield ""
    yield "## Impact"
    yield ""
    where = f"{incident.target} › {incident.scope}" if incident.scope else incident.target
    yield f"- Where: {_plain(where)}" if where else "- Where: _which services_"
    yield f"- How long: {_span(incident.opened_at, incident.mitigated_at or incident.resolved_at)}"
    yield "- Who noticed it, and how: _fill in_"
    yield ""
    yield from _metrics(incident)
    yield from _roles(story)
    yield from _cause(story)
    yield from _timeline(story)
    yield from ("## What went well", "", "- _fill in_", "", "## Actions", "", "- [ ] _what, who, until when_", "")
    yield from _similar(story)
    if incident.links:
        yield from ("## Links", "", *(f"- {_plain(link.title)}: <{_address(link.url)}>" for link in incident.links), "")


def _metrics(incident: Incident) -> Iterator[str]:
    yield from ("## Metrics", "", "| | |", "|---|---|")
    yield f"| Time to acknowledge | {_span(incident.opened_at, incident.acknowledged_at)} |"
    yield f"| Time to mitigate | {_span(incident.opened_at, incident.mitigated_at)} |"
    yield f"| Time to resolve | {_span(incident.opened_at, incident.resolved_at)} |"
    yield ""


def _roles(story: Story) -> Iterator[str]:
    incident = story.incident
    roles = {"Commander": incident.commander, "Communications": incident.communications, "Scribe": incident.scribe}
    held = [f"- {role}: {_who(user, story)}" for role, user in roles.items() if user]
    if held:
        yield from ("## People", "", *held, "")


def _cause(story: Story) -> Iterator[str]:
    yield from ("## Cause", "")
    named = causes_of(story.diagnoses, story.marks)
    confirmed = {mark.judged for mark in story.marks if mark.judged.judgement is Judgement.CAUSE}
    for finding in named:
        judged = Judged(code=finding.code, subject=finding.subject, judgement=Judgement.CAUSE)
        told = "" if judged in confirmed else " (the likeliest cause that was found; nobody confirmed it)"
        yield f"- `{finding.code}` {_plain(finding.title)}: {_plain(finding.subject)}. {_plain(finding.summary)}{told}"
        if finding.suspect:
            yield f"  - {_plain(finding.suspect)}"
    if not named:
        yield "- _why it happened_"
    yield ""


def _timeline(story: Story) -> Iterator[str]:
    yield from ("## Timeline", "", "All times are UTC.")
    day = ""
    for entry in story.entries:
        at = entry.at.astimezone(UTC)
        if (today := f"{at:%A %d %B %Y}") != day:
            day = today
            yield from ("", f"**{day}**", "")
        words = _PERSON.sub(lambda found: f"@{story.names.get(found[1], found[1])}", entry.text)
        said = _plain(" ".join(words.split()))
        yield f"- {at:%H:%M:%S} {_TOLD.get(entry.kind, entry.kind)} ({_who(entry.author, story)}): {said}"
    yield ""


def _similar(story: Story) -> Iterator[str]:
    if not story.similar:
        return
    yield from ("## Similar incidents", "")
    for item in story.similar:
        fix = f" Ended with: {_plain(item.fix)}" if item.fix else ""
        past, day = item.incident, f"{item.incident.opened_at.astimezone(UTC):%d %b %Y}"
        yield f"- INC-{past.number} {_plain(past.title)} ({day}), {_plain(item.why)}.{fix}"
    yield ""


_TOLD = {
    EntryKind.OPENED: "opened",
    EntryKind.STATE: "state",
    EntryKind.SEVERITY: "severity",
    EntryKind.ROLE: "role",
    EntryKind.UPDATE: "**update**",
    EntryKind.DIAGNOSIS: "diagnosis",
    EntryKind.MARK: "finding",
}


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _address(url: str) -> str:
    return re.sub(r"[<>\s]", "", url)


def _who(author: str, story: Story) -> str:
    return _plain(story.names.get(author, author))


def _at(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC"


def _span(begin: datetime, end: datetime | None) -> str:
    if end is None:
        return "not yet"
    span = end - begin
    minutes = span / timedelta(minutes=1)
    if minutes < 1:
        return f"{span.total_seconds():.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
