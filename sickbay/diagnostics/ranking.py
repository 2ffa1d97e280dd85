"""Order findings by how likely each is to be the thing to fix, and fold symptoms under what explains them.

score = severity × specificity × fit in time × share of the symptoms it reaches × quality of evidence. Severity alone
never decides: a critical symptom stands below the medium fault that causes it. An edge 'this explains that' is declared
between codes by a check, and holds only where the symptom's subject depends on the cause's subject.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Confidence, Finding, Kind, Remedy, ReportFinding, Severity, Subject

_SEVERITY = {Severity.CRITICAL: 8.0, Severity.HIGH: 4.0, Severity.MEDIUM: 2.0, Severity.LOW: 1.0}
#: A finding whose class of fault chose its own remedy says more than one that falls back to the check's.
_GENERIC = 0.7
_INFERRED = 0.6
#: However old, a fault that is still there keeps this much of its score.
_OLDEST = 0.2


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
    candidates: Sequence[Candidate], upstream: Upstream, *, now: datetime, window: timedelta, audit: bool
) -> tuple[ReportFinding, ...]:
    """Give the findings to show: causes by score, each followed by what it explains, the closest symptoms first.

    Hygiene is left out unless `audit` asks for it or it explains an incident.
    """
    causes = _edges(candidates, upstream)
    reached = {item.id: _reach(item.id, causes) for item in candidates}
    shown = [item for item in candidates if audit or item.check.kind is Kind.INCIDENT or reached[item.id]]
    scores = {item.id: _score(item, len(reached[item.id]), len(shown), now=now, window=window) for item in shown}
    ids = set(scores)
    explained_by = {item.id: [cause for cause in causes[item.id] if cause in ids] for item in shown}
    ordered: list[Candidate] = []
    by_score = sorted(shown, key=lambda item: (-scores[item.id], item.id))
    for root in by_score:
        if not explained_by[root.id]:
            _unfold(root, by_score, explained_by, ordered)
    return tuple(_reported(item, explained_by) for item in ordered)


def _edges(candidates: Sequence[Candidate], upstream: Upstream) -> dict[str, list[str]]:
    """Give, for each finding, the ids of those that explain it; never in a circle."""
    causes: dict[str, list[str]] = {item.id: [] for item in candidates}
    for symptom in candidates:
        related = upstream.get(symptom.finding.subject, frozenset()) | {symptom.finding.subject}
        for cause in candidates:
            if (
                cause.id != symptom.id
                and symptom.check.code in cause.check.explains
                and cause.finding.subject in related
                and symptom.id not in _ancestors(cause.id, causes)
            ):
                causes[symptom.id].append(cause.id)
    return causes


def _ancestors(start: str, causes: Mapping[str, list[str]]) -> set[str]:
    """Give the ids that explain `start`, however indirectly, and `start` itself."""
    seen, waiting = {start}, [start]
    while waiting:
        for cause in causes[waiting.pop()]:
            if cause not in seen:
                seen.add(cause)
                waiting.append(cause)
    return seen


def _reach(cause: str, causes: Mapping[str, list[str]]) -> set[str]:
    """Give the ids of the symptoms that `cause` explains, however indirectly."""
    return {symptom for symptom in causes if symptom != cause and cause in _ancestors(symptom, causes)}


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


def _unfold(
    root: Candidate, by_score: Sequence[Candidate], explained_by: Mapping[str, list[str]], ordered: list[Candidate]
) -> None:
    """Append `root` and then, depth first, what it explains, each once."""
    if root in ordered:
        return
    ordered.append(root)
    for item in by_score:
        if root.id in explained_by[item.id]:
            _unfold(item, by_score, explained_by, ordered)


def _reported(item: Candidate, explained_by: Mapping[str, list[str]]) -> ReportFinding:
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
        remedy=finding.remedy or Remedy(text=made.remedy),
        first_seen=finding.first_seen,
        last_seen=finding.last_seen,
        count=finding.count,
        explains=tuple(symptom for symptom, causes in explained_by.items() if item.id in causes),
        explained_by=tuple(explained_by[item.id]),
    )
