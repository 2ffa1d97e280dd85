"""Which change most likely caused a finding: what changed shortly before it began, on what it depends on.

score = closeness in time × kind of change × nearness on the entity path, doubled where the finding names what it was
changed to. Only what came before the first symptom can be its cause.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter

from msgspec.structs import replace

from sickbay.diagnostics.events import A_VALUE, ANOTHER_VALUE, Event, EventKind, Likelihood, Suspect
from sickbay.diagnostics.model import Kind, ReportFinding, Subject
from sickbay.diagnostics.what_changed import GRACE, subject_of, together

#: A change so long before the first symptom counts half of one right before it: most of what breaks does so at once,
#: and what ran for minutes after one change was more likely broken by the next. What leaks or fills takes hours, which
#: is why it falls off slowly.
_HALF = timedelta(minutes=2)
#: Up to here, a change of the failing thing itself, or of what is next to it, is its likely cause.
_SHORTLY = timedelta(minutes=15)
#: Of kinds of change, how often they break what ran before.
_KINDS = {
    EventKind.IMAGE: 1.0,
    EventKind.CONFIG: 0.95,
    EventKind.TEMPLATE: 0.9,
    EventKind.TAG: 0.9,
    EventKind.NODE_LOST: 0.9,
    EventKind.ENGINE: 0.8,
    EventKind.NETWORK: 0.7,
    EventKind.CERTIFICATE: 0.7,
    EventKind.REMOVED: 0.7,
    EventKind.CREATED: 0.6,
    EventKind.NODE_CHANGED: 0.6,
    EventKind.SCALE: 0.5,
    EventKind.RESTART: 0.4,
    EventKind.NODE_JOINED: 0.3,
    EventKind.OTHER: 0.3,
}
#: A finding that names the new value says by itself what broke it.
_NAMED = 2.0
#: What says nothing of a value.
_HIDDEN = (A_VALUE, ANOTHER_VALUE)
#: A value shorter than this, a word or a number stands in many sentences by chance.
_TELLING = 4
#: Kinds of change that reach more than one thing, so that the others tell of them.
_SHARED = frozenset(
    {
        EventKind.NODE_LOST,
        EventKind.NODE_CHANGED,
        EventKind.NODE_JOINED,
        EventKind.ENGINE,
        EventKind.NETWORK,
        EventKind.CERTIFICATE,
        EventKind.TAG,
    }
)
#: Kinds that nobody can take back.
_DONE = frozenset({EventKind.NODE_LOST, EventKind.RESTART, EventKind.ENGINE, EventKind.CERTIFICATE})
#: For each step from the failing thing to what changed; so many steps are counted at most.
_STEP, _FARTHEST = 0.9, 4
#: A change below this score is no suspect: an image changed four hours before still is, a scaling then is not.
_LEAST = 0.008
#: A runner-up has at least this share of the best one's score.
_CLOSE = 0.25
#: So many changes of each thing are looked at, the last; so many of a finding closely; and so many of its symptoms.
_LATEST, _LOOKED_AT, _SYMPTOMS = 200, 30, 20

_Upstream = Mapping[Subject, frozenset[Subject]]


def accused(
    findings: Sequence[ReportFinding], changes: Iterable[Event], upstream: _Upstream, *, now: datetime
) -> tuple[ReportFinding, ...]:
    """Give the findings, those that nothing explains each with the change that most likely caused it, if there is one.

    `changes` are in order, the oldest first. Hygiene that explains nothing was there before any of them.
    """
    by_subject: dict[Subject, list[Event]] = {}
    for change in changes:
        by_subject.setdefault(subject_of(change), []).append(change)
    by_id = {finding.id: finding for finding in findings}
    return tuple(
        replace(finding, suspect=_suspect(finding, by_id, by_subject, upstream, now))
        if by_subject and not finding.explained_by and (finding.kind is Kind.INCIDENT or finding.explains)
        else finding
        for finding in findings
    )


def _suspect(
    finding: ReportFinding,
    by_id: Mapping[str, ReportFinding],
    by_subject: Mapping[Subject, Sequence[Event]],
    upstream: _Upstream,
    now: datetime,
) -> Suspect | None:
    family = [finding, *(by_id[name] for name in finding.explains[:_SYMPTOMS] if name in by_id)]
    onset = min((item.first_seen for item in family if item.first_seen), default=None)
    latest = onset + GRACE if onset else now
    path = _Path([_subject(item) for item in family], upstream)
    said = _said(family)
    before = [
        (_weight(change, latest, said), change)
        for subject in path.within(by_subject)
        for change in _standing(_until(by_subject[subject], latest))
    ]
    likeliest = sorted(before, key=lambda item: (item[0], item[1].at), reverse=True)[:_LOOKED_AT]
    scored = [(weight * path.nearness(subject_of(change)), change) for weight, change in likeliest]
    scored = sorted((item for item in scored if item[0] >= _LEAST), key=itemgetter(0), reverse=True)
    if not scored:
        return None
    score, best = scored[0]
    made = [one.at for one in by_subject[subject_of(best)] if one.kind is EventKind.CREATED]
    runner_up = next(
        (
            change
            for other, change in scored[1:]
            if other >= _CLOSE * score and _rivals(best, change, said) and not _there_before(change, made)
        ),
        None,
    )
    return Suspect(
        change=best,
        likelihood=_likelihood(best, onset, said, path),
        onset=onset,
        runner_up=runner_up,
        tell_apart=_tell_apart(best, runner_up) if runner_up else "",
    )


def _until(changes: Sequence[Event], latest: datetime) -> Sequence[Event]:
    """Give the last changes until a moment, of those of one thing, which are in order."""
    end = bisect_right(changes, latest, key=attrgetter("at"))
    return changes[max(0, end - _LATEST) : end]


def _standing(changes: Sequence[Event]) -> Iterator[Event]:
    """Yield the changes of one thing without those of fields that changed again: what is no more so breaks nothing."""
    last = {change.field: change for change in changes}
    yield from (change for change in changes if not change.field or last[change.field] is change)


class _Path:
    """What a finding, and what it explains, depend on, and how far away each is."""

    def __init__(self, own: Sequence[Subject], upstream: _Upstream) -> None:
        self._own = own
        self._upstream = upstream
        self._needed = upstream.get(own[0], frozenset())
        self._known: dict[Subject, int] = {}

    def within(self, changed: Mapping[Subject, object]) -> Iterator[Subject]:
        """Yield what of it changed."""
        near = set(self._own).union(*(self._upstream.get(subject, ()) for subject in self._own))
        yield from near & changed.keys()

    def nearness(self, subject: Subject) -> float:
        """Give 1 for the failing thing itself, and less for each thing that stands between it and the subject."""
        return float(_STEP ** self.steps(subject))

    def steps(self, subject: Subject) -> int:
        """Give 0 for the failing thing itself, 1 for what nothing stands between, and so on."""
        if subject not in self._known:
            self._known[subject] = self._counted(subject)
        return self._known[subject]

    def _counted(self, subject: Subject) -> int:
        if subject == self._own[0]:
            return 0
        if subject not in self._needed:
            return 1 if subject in self._own else 2  # on the way of a symptom
        between = 0
        for other in self._needed:
            needs = self._upstream.get(other, frozenset())
            # What depends on the failing thing in its turn, as a namespace does, does not stand between.
            between += other != subject and subject in needs and self._own[0] not in needs
            if between == _FARTHEST - 1:
                break
        return 1 + between


def _weight(change: Event, latest: datetime, said: str) -> float:
    gap = max(timedelta(0), latest - change.at)
    named = _NAMED if _is_named(change, said) else 1.0
    # A tag that names its first image replaced none.
    kind = EventKind.OTHER if change.kind is EventKind.TAG and not change.before else change.kind
    return named * _KINDS[kind] / (1 + gap / _HALF)


def _likelihood(best: Event, onset: datetime | None, said: str, path: _Path) -> Likelihood:
    shortly = onset is not None and onset - best.at <= _SHORTLY and path.steps(subject_of(best)) <= 1
    return Likelihood.LIKELY if shortly or _is_named(best, said) else Likelihood.POSSIBLE


def _is_named(change: Event, said: str) -> bool:
    value = change.after
    telling = len(value) >= _TELLING and not value.isalpha() and not value.isdecimal() and value not in _HIDDEN
    told = f"{change.field}: {change.before} → {value}"  # as checks write a change down as evidence
    return (telling and value in said) or (bool(change.field) and told in said)


def _said(family: Sequence[ReportFinding]) -> str:
    """Give what the finding and its symptoms say, in their sentences and as evidence."""
    return "\n".join(text for item in family for text in (item.summary, *(fact.value for fact in item.evidence)))


def _rivals(best: Event, other: Event, said: str) -> bool:
    """Say whether it may as well have been the other: not where the finding names the first alone.

    Nor where one cannot be without the other: what came together, and that a thing was made which then changed.
    """
    settled = _is_named(best, said) and not _is_named(other, said)
    made = other.kind is EventKind.CREATED and other.subject == best.subject
    return not (settled or made or together(best, other))


def _there_before(other: Event, made: Sequence[datetime]) -> bool:
    """Say whether something was made with, or before, what was `made` at those times: that ran with it at first."""
    return other.kind is EventKind.CREATED and bool(made) and other.at <= made[0] + GRACE


def _tell_apart(best: Event, other: Event) -> str:
    """Give the one check that tells which of two changes it was, as a sentence: looking is better than trying."""
    shared = next((one for one in (best, other) if one.kind in _SHARED), None)
    if shared and best.subject != other.subject:
        return f"If what else depends on {shared.subject} is ill too, it was that; if it is well, the other."
    one = other if best.kind in _DONE and other.kind not in _DONE else best
    undone = f"`{one.field}` of {one.subject}" if one.field else f"the change of {one.subject}"
    it_was = "if it stays ill, it was the other" if one is best else "if it gets well, it was that"
    return f"Take back {undone} alone: {it_was}."


def _subject(finding: ReportFinding) -> Subject:
    kind, _, name = finding.subject.partition("/")
    return Subject(kind, name)
