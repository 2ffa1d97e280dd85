"""What changed: in words, as lines of a thread, and as the likely cause of a finding."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from msgspec.structs import replace

from handlers.blocks.message import Message, fallback
from handlers.blocks.text import (
    Block,
    bullets,
    clean,
    context,
    counted,
    date_element,
    emoji,
    plain,
    rich,
    section,
    sentence,
)
from sickbay.diagnostics.events import Coverage, Event, EventKind, Likelihood, Suspect
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.what_changed import together

#: Changes listed below findings, and where they alone were asked for; holes and sources of a sentence.
BESIDE, ALONE, HOLES, SOURCES = 5, 20, 3, 12
#: Where changes alone were asked for, so many of their further fields are spelled out in all: Slack takes no more.
_FIELDS = 12
#: Characters of a name, of a field, and of a value before or after.
_NAME, _FIELD, _VALUE = 100, 60, 60
#: Characters that are told of what two long values begin with alike.
_SAME = 10

#: What is said of a kind of change beside its field, or in its place.
_VERBS = {
    EventKind.IMAGE: "new image",
    EventKind.SCALE: "scaled",
    EventKind.RESTART: "restarted",
    EventKind.CREATED: "created",
    EventKind.REMOVED: "removed",
    EventKind.TAG: "tag moved",
    EventKind.NODE_JOINED: "joined",
    EventKind.NODE_LOST: "lost",
    EventKind.CERTIFICATE: "certificate",
    EventKind.ENGINE: "engine",
    EventKind.NETWORK: "network",
}
#: Kinds that are said in words even where a field is known.
_SAID = frozenset(_VERBS) - {EventKind.IMAGE, EventKind.SCALE, EventKind.NETWORK}
#: Of what is new, or tells only how it is now, what joins the verb to that.
_NEW = {EventKind.CREATED: " with ", EventKind.NODE_JOINED: " with ", EventKind.TAG: " ", EventKind.ENGINE: " "}
_KINDS = list(EventKind)

Moment = Callable[[datetime], str]


def in_words(change: Event, further: int = 0, others: Sequence[Event] = ()) -> str:
    """Give a change in a sentence without its time: what, which field, from what to what, by whom.

    `further` is how many more fields changed with it; where these `others` are given, they are told, too.
    """
    return "".join(part["text"] for part in _told(change, further, others))


def accusation(suspect: Suspect, report: Report, moment: Moment) -> str:
    """Give the sentence that says what most likely led to a finding, when, and how sure that is."""
    change = suspect.change
    told = in_words(change, _further(change, report))
    return f"{_sure(suspect)}: {told}, at {moment(change.at)}{_before(suspect)}."


def rivalry(suspect: Suspect, moment: Moment) -> str:
    """Give the next likely change and what tells it from the first; empty without one."""
    other = suspect.runner_up
    return f"Or: {in_words(other)}, at {moment(other.at)}. {suspect.tell_apart}" if other else ""


def verdict(report: Report, moment: Moment) -> str:
    """Give how much changed, in a sentence. Only a target that was watched all the time is said not to have changed."""
    if report.coverage is None:
        return "Nothing here can change."
    since = moment(report.coverage.since)
    if report.changes:
        return f"{counted({'changes': len(groups(report.changes))})} since {since}"
    if not report.coverage.sources:
        return f"Whether anything changed since {since} is not known"
    return f"{'No change was seen' if report.coverage.holes else 'Nothing changed'} since {since}"


def in_short(report: Report, moment: Moment) -> str:
    """Give how much changed and what the last of it was, in one sentence, where nothing else is told of it."""
    found = groups(report.changes)
    if not found:
        return verdict(report, moment)
    (last, *others), count = found[0], len(found)
    told = f"{moment(last.at)}: {in_words(last, len(others))}"
    return f"{verdict(report, moment)}{', the last' if count > 1 else ''} on {told}"


def watched(coverage: Coverage, moment: Moment) -> str:
    """Give in sentences what was watched, and when nobody did."""
    sources = ", ".join(coverage.sources[:SOURCES])
    more = f" and {len(coverage.sources) - SOURCES} more" if len(coverage.sources) > SOURCES else ""
    parts = [f"Watched: {sources}{more}." if sources else "Nobody watched."]
    for hole in coverage.holes[:HOLES]:
        whole = hole.since <= coverage.since and hole.until >= coverage.until
        reason = hole.reason.rstrip(".")
        began, ended = moment(hole.since), moment(hole.until)
        brief = f"for {span(hole.until - hole.since)} at {began}"
        when = f"Not seen {brief if began == ended else f'from {began} to {ended}'}: {reason}"
        parts.append(f"{reason[:1].upper()}{reason[1:]}." if whole else f"{when}.")
    if rest := len(coverage.holes) - HOLES:
        parts += [f"And {counted({'more times': rest})} in which nobody watched."] if rest > 0 else []
    return " ".join(parts)


def groups(changes: Iterable[Event]) -> list[list[Event]]:
    """Give the changes, those that came together as one, of which the first says most."""
    found: list[list[Event]] = []
    latest: dict[str, list[Event]] = {}
    for change in changes:
        group = latest.get(change.subject)
        if group and together(group[0], change):
            group.append(change)
        else:
            latest[change.subject] = [change]
            found.append(latest[change.subject])
    return [sorted(group, key=lambda change: _KINDS.index(change.kind)) for group in found]


def suspects(suspect: Suspect | None, report: Report, told: Collection[Event] = ()) -> list[Block]:
    """Give the lines that name what most likely led to a finding, and the next likely; fewer for what was `told`."""
    if suspect is None:
        return []
    if suspect.change in told:
        same = f"the same change of {suspect.change.subject} as above"
        return [section(emoji("mag"), plain(f" {_sure(suspect)}: ", bold=True), plain(same, most=_NAME))]
    return [suspicion(suspect, report), *_rival(suspect)]


def suspicion(suspect: Suspect, report: Report) -> Block:
    """Give the line of a card or a finding that names its likely cause."""
    return section(
        emoji("mag"),
        plain(f" {_sure(suspect)}: ", bold=True),
        *_told(suspect.change, _further(suspect.change, report)),
        plain(", "),
        date_element(suspect.change.at),
        plain(_before(suspect) or " "),
    )


def _rival(suspect: Suspect) -> list[Block]:
    """Give the line that names the next likely change, and how to tell which it was; nothing without one."""
    other = suspect.runner_up
    if other is None:
        return []
    told = [*_told(other), plain(", "), date_element(other.at), plain(". ")]
    return [section(plain("Or: ", bold=True), *told, *sentence(suspect.tell_apart, 600))]


def what_changed(report: Report, moment: Moment, *, only: bool = False) -> Iterator[Block]:
    """Yield the part of a thread that tells what changed; nothing where nothing can.

    Where `only` that was asked for, it tells of more changes, and their further fields.
    """
    if report.coverage is None:
        return
    seen = watched(report.coverage, moment)
    if not report.changes:
        yield context(f"{verdict(report, moment)}. {seen}")
        return
    found = groups(report.changes)
    lines, left = list[list[Block]](), _FIELDS if only else 0
    for first, *others in found[: ALONE if only else BESIDE]:
        lines.append([date_element(first.at), plain("  "), *_told(first, len(others), others[:left])])
        left = max(0, left - len(others))
    if rest := len(found) - len(lines):
        lines.append([plain(f"and {counted({'older ones': rest})}")])
    yield rich(section(emoji("calendar"), plain(" What changed", bold=True)), bullets(lines))
    yield context(seen)


def changes(job_id: str, report: Report, moment: Moment) -> tuple[Message, ...]:
    """Render the changes where they alone were asked for."""
    blocks = list(what_changed(report, moment, only=True))
    if report.gaps:
        unread = "; ".join(f"{gap.what}: {gap.reason}" for gap in report.gaps)
        blocks.append(context(f"Could not be read: {unread}"))
    text = fallback(verdict(report, moment))
    return (Message(key=f"{job_id}:changes", text=text, blocks=tuple(blocks)),) if blocks else ()


def span(time: timedelta) -> str:
    """Give a time as people say it: `40 s`, `12 min`, `3 h`, `2 d`."""
    seconds = time.total_seconds()
    for unit, size, most in (("s", 1, 100), ("min", 60, 100), ("h", 3600, 48)):
        if seconds < size * most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def _further(change: Event, report: Report) -> int:
    """Give how many further fields changed with this one: they are taken back together."""
    return sum(together(change, other) for other in report.changes if other != change)


def _sure(suspect: Suspect) -> str:
    return "Likely cause" if suspect.likelihood is Likelihood.LIKELY else "Possible cause"


def _before(suspect: Suspect) -> str:
    """Give how long before the first symptom it was, where that is known."""
    if suspect.onset is None:
        return ""
    gap = suspect.onset - suspect.change.at
    return ", as it began" if gap < timedelta(seconds=1) else f", {span(gap)} before it began"


def _told(change: Event, further: int = 0, others: Sequence[Event] = ()) -> list[Block]:
    """Give a change as elements of a line: its words are the target's, and stay literal."""
    parts = [plain(change.subject, bold=True, most=_NAME), plain(": "), *_what(change)]
    for other in others:
        parts += [plain("; "), *_what(other)]
    if rest := further - len(others):
        parts.append(plain(f" and {counted({'more fields': rest})}"))
    return [*parts, plain(f", by {change.actor}", most=_NAME)] if change.actor else parts


def _what(change: Event) -> list[Block]:
    """Give what of a thing changed, from what to what."""
    verb, field = _verb(change), "" if change.kind is EventKind.TAG else clean(change.field, _FIELD)
    if change.kind is EventKind.RESTART and " " not in field:
        change, field = replace(change, before="", after=""), ""  # where a platform keeps its time, and that time
    said = verb if not field or (change.kind in _SAID and not field.startswith(verb)) else ""
    before, after = (clean(value, _VALUE) for value in _apart(change.before, change.after))
    if not (said or before or after):
        field = f"{field} changed"
    # What is new had no value before it.
    new = not before and _NEW.get(change.kind)
    words = (new or " ").join(part for part in (said, field) if part)
    parts = [plain(words)]
    if before and after:
        parts += [plain(" "), plain(before, mono=True), plain(" → "), plain(after, mono=True)]
    elif before:
        parts += [plain(", was "), plain(before, mono=True)]
    elif after:
        parts += [plain(" " if field and new else new or ", now "), plain(after, mono=True)]
    return parts


def _apart(before: str, after: str) -> tuple[str, str]:
    """Give both values, long ones from shortly before where they differ."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    same = sum(1 for _ in alike) - _SAME
    cut = same if same > 0 and max(len(before), len(after)) > _VALUE else 0
    return (f"…{before[cut:]}", f"…{after[cut:]}") if cut else (before, after)


def _verb(change: Event) -> str:
    if change.kind is EventKind.TAG and not change.before:
        return "tagged"
    return _VERBS.get(change.kind, "changed")
