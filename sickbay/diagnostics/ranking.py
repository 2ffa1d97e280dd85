"""Order findings by how likely each is to be the thing to fix, and fold symptoms under what explains them.

score = severity × specificity × fit in time × share of the symptoms it reaches × quality of evidence. Severity alone
never decides: a critical symptom stands below the medium fault that causes it. An edge 'this explains that' is declared
between codes by a check, and holds only where the symptom's subject depends on the cause's subject.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import (
    Confidence,
    Finding,
    Judged,
    Judgement,
    Kind,
    Remedy,
    ReportFinding,
    Severity,
    Subject,
)

_SEVERITY = {Severity.CRITICAL: 8.0, Severity.HIGH: 4.0, Severity.MEDIUM: 2.0, Severity.LOW: 1.0}
#: A finding whose class of fault chose its own remedy says more than one that falls back to the check's.
_GENERIC = 0.7
_INFERRED = 0.6
#: However old, a fault that is still there keeps this much of its score.
_OLDEST = 0.2
#: Where a finding stands by what a person said of it.
_PLACES = {Judgement.CAUSE: 0, None: 1, Judgement.SYMPTOM: 2, Judgement.IRRELEVANT: 3}
#: A finding without a beginning tells of a standing condition: it was there before all that has one.
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Candidate(msgspec.Struct, frozen=True):
    """A finding with the check that made it."""

    check: Check[object]
    finding: Finding

    @property
    def id(self) -> str:
        """Give the finding's name within a report, the same from run to run."""
        return f"{self.check.code}@{self.finding.subject}"


Upstream = Mapping[Subject, frozenset[Subject]]


def rank(
    candidates: Sequence[Candidate],
    upstream: Upstream,
    *,
    now: datetime,
    window: timedelta,
    audit: bool,
    judged: Sequence[Judged] = (),
) -> tuple[ReportFinding, ...]:
    """Give the findings to show: causes by score, each followed by what it explains, the likeliest symptoms first.

    Hygiene is left out unless `audit` asks for it or it explains an incident; what only may fail some day stands below
    all that fails now. What a person called the cause stands first and is explained by nothing; what they called a
    symptom stands below all that nobody judged and explains nothing; what they called irrelevant stands last, alone.
    """
    said = {(item.code, item.subject): item.judgement for item in judged}
    words = {item.id: said.get((item.check.code, str(item.finding.subject))) for item in candidates}
    causes = _causes(candidates, upstream)
    _respect(words, causes)
    _break_circles(causes, candidates)
    reached = _reached(causes)
    incidents = sum(1 << nth for nth, item in enumerate(candidates) if item.check.kind is Kind.INCIDENT)
    acute = {item.id for item in candidates if item.check.kind is Kind.INCIDENT or reached[item.id] & incidents}
    shown = [item for item in candidates if audit or item.id in acute]
    scores = {item.id: _score(item, reached[item.id].bit_count(), len(shown), now=now, window=window) for item in shown}
    by_score = sorted(
        shown, key=lambda item: (_PLACES[words[item.id]], item.id not in acute, -scores[item.id], item.id)
    )
    explained_by = {
        item.id: sorted(causes[item.id] & scores.keys(), key=lambda cause: (-scores[cause], cause)) for item in by_score
    }
    explains: dict[str, list[Candidate]] = {item.id: [] for item in by_score}
    for item in by_score:
        for cause in explained_by[item.id]:
            explains[cause].append(item)
    roots = [item for item in by_score if not explained_by[item.id]]
    return tuple(_reported(item, explains, explained_by) for item in _unfolded(roots, explains))


def _causes(candidates: Sequence[Candidate], upstream: Upstream) -> dict[str, set[str]]:
    """Give, for each finding, the ids of those that may explain it."""
    by_subject: dict[Subject, list[Candidate]] = {}
    for item in candidates:
        by_subject.setdefault(item.finding.subject, []).append(item)
    causes: dict[str, set[str]] = {}
    for symptom in candidates:
        subject = symptom.finding.subject
        causes[symptom.id] = {
            cause.id
            for related in {subject, *upstream.get(subject, ())}
            for cause in by_subject.get(related, ())
            if symptom.check.code in cause.check.explains and cause is not symptom
        }
    return causes


def _respect(words: Mapping[str, Judgement | None], causes: dict[str, set[str]]) -> None:
    """Let people's words decide which findings explain others."""
    for symptom, word in words.items():
        if word in {Judgement.CAUSE, Judgement.IRRELEVANT}:
            causes[symptom] = set()
        else:
            no_cause = {Judgement.SYMPTOM, Judgement.IRRELEVANT}
            causes[symptom] = {cause for cause in causes[symptom] if words[cause] not in no_cause}


def _break_circles(causes: Mapping[str, set[str]], candidates: Sequence[Candidate]) -> None:
    """Let no findings explain each other in a circle: within one, what began later explains nothing earlier."""
    began = sorted(candidates, key=lambda item: (item.finding.first_seen or _ALWAYS, item.id))
    place = {item.id: nth for nth, item in enumerate(began)}
    symptoms: dict[str, set[str]] = {item: set() for item in causes}
    for symptom, explaining in causes.items():
        for cause in explaining:
            symptoms[cause].add(symptom)
    seen: set[str] = set()
    for start in reversed(_causes_first(causes)):
        circle = set(_walk(symptoms, start, seen))
        for symptom in circle:
            causes[symptom] -= {cause for cause in causes[symptom] & circle if place[cause] > place[symptom]}


def _reached(causes: Mapping[str, set[str]]) -> dict[str, int]:
    """Give, for each finding, the symptoms that it explains, however indirectly: bit n is the n-th of `causes`.

    Numbers join quickly where thousands of findings reach each other.
    """
    own = {item: 1 << nth for nth, item in enumerate(causes)}
    reached = dict.fromkeys(causes, 0)
    for symptom in reversed(_causes_first(causes)):
        for cause in causes[symptom]:
            reached[cause] |= reached[symptom] | own[symptom]
    return reached


def _causes_first(causes: Mapping[str, set[str]]) -> list[str]:
    """Give the findings, each after its causes, circles aside."""
    seen: set[str] = set()
    return [item for start in causes for item in _walk(causes, start, seen)]


def _walk(graph: Mapping[str, set[str]], start: str, seen: set[str]) -> list[str]:
    """Give what is reached from `start` and not `seen` yet, deepest first. No recursion: chains may be long."""
    if start in seen:
        return []
    seen.add(start)
    walked, trail = [], [(start, iter(graph[start]))]
    while trail:
        item, onward = trail[-1]
        following = next((other for other in onward if other not in seen), None)
        if following is None:
            walked.append(item)
            trail.pop()
        else:
            seen.add(following)
            trail.append((following, iter(graph[following])))
    return walked


def _score(item: Candidate, reached: int, shown: int, *, now: datetime, window: timedelta) -> float:
    specificity = 1.0 if item.finding.remedy else _GENERIC
    evidence = 1.0 if item.finding.confidence is Confidence.OBSERVED else _INFERRED
    share = (1 + reached) / max(1, shown)
    return (
        _SEVERITY[item.check.severity] * specificity * evidence * (0.5 + 0.5 * share) * _fit(item.finding, now, window)
    )


def _fit(finding: Finding, now: datetime, window: timedelta) -> float:
    """Give 1 for what was last seen now, falling to half at the window's edge and never below the floor."""
    if finding.last_seen is None:
        return 1.0
    age = max(0.0, (now - finding.last_seen) / window)
    return max(_OLDEST, math.pow(0.5, age))


def _unfolded(roots: Sequence[Candidate], explains: Mapping[str, list[Candidate]]) -> Iterable[Candidate]:
    """Yield each root and then, depth first, what it explains; each finding once."""
    seen: set[str] = set()
    waiting = list(reversed(roots))
    while waiting:
        item = waiting.pop()
        if item.id not in seen:
            seen.add(item.id)
            yield item
            waiting += reversed(explains[item.id])


def _reported(
    item: Candidate, explains: Mapping[str, list[Candidate]], explained_by: Mapping[str, list[str]]
) -> ReportFinding:
    made, finding = item.check, item.finding
    return ReportFinding(
        id=item.id,
        code=made.code,
        title=made.title,
        severity=made.severity,
        kind=made.kind,
        subject=str(finding.subject),
        summary=finding.summary,
        confidence=finding.confidence,
        evidence=finding.evidence,
        remedy=finding.remedy or Remedy(text=made.remedy, owner=finding.owner),
        first_seen=finding.first_seen,
        last_seen=finding.last_seen,
        count=finding.count,
        explains=tuple(symptom.id for symptom in explains[item.id]),
        explained_by=tuple(explained_by[item.id]),
    )
