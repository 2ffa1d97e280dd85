"""What a run of a report found, as it is kept, and what changed since the runs before it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

import msgspec

from sickbay.diagnostics.model import Report, Severity

#: Characters of a finding's sentence that are kept.
_SENTENCE = 300


class Measure(msgspec.Struct, frozen=True):
    """One of Report.figures as people read it; some are worth a look though they are always 0."""

    title: str
    unit: str = ""
    factor: float = 1.0
    telling_at_0: bool = True

    def told(self, value: float) -> str:
        """Give a value with its unit."""
        return f"{value * self.factor:.0f}{self.unit}"


MEASURES: Mapping[str, Measure] = {
    "restarts": Measure("Restarts"),
    "memory_share": Measure("Memory of limit", unit=" %", factor=100.0),
    "pull_failures": Measure("Failed pulls", telling_at_0=False),
}


class TargetState(StrEnum):
    """How a target is, as far as its answer tells."""

    SILENT = "no answer"
    UNWELL = "unwell"
    UNSURE = "not all could be read"
    HEALTHY = "healthy"


class FoundOnce(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a finding that nothing else explains."""

    id: str
    code: str
    subject: str
    severity: Severity
    summary: str


class TargetSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How one target was; `failure` says why there is no answer, and it is `blind` where nothing could be looked at.

    `others` are the ids of findings that are there and not told as such: something explains them, or they are muted in
    the channel, which is so for `muted` of them. `gaps` is the number of things that could not be read. `figures` are
    Report.figures.
    """

    target: str
    failure: str = ""
    blind: bool = False
    findings: tuple[FoundOnce, ...] = ()
    others: tuple[str, ...] = ()
    muted: int = 0
    gaps: int = 0
    figures: Mapping[str, float] = {}

    @property
    def state(self) -> TargetState:
        """Give how it is: healthy only where nothing was found, and nothing could not be read."""
        if self.failure:
            return TargetState.SILENT
        if self.findings:
            return TargetState.UNWELL
        return TargetState.UNSURE if self.gaps or self.blind else TargetState.HEALTHY

    @property
    def worst(self) -> Severity | None:
        """Give the severity of the worst finding."""
        return next((severity for severity in Severity if any(one.severity is severity for one in self.findings)), None)


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How all targets of a run were, in their order."""

    targets: tuple[TargetSummary, ...] = ()

    @property
    def severities(self) -> Mapping[Severity, int]:
        """Count the findings by severity, the worst first."""
        counts = Counter(one.severity for target in self.targets for one in target.findings)
        return {severity: counts[severity] for severity in Severity if counts[severity]}

    @property
    def count(self) -> int:
        """Count the findings."""
        return sum(len(target.findings) for target in self.targets)


class PastRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was shown, and when it was due."""

    at: datetime
    summary: RunSummary


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is different at a target: how it `was` and how it is `now`, and findings that appeared and that went away.

    `was` is None where it is in none of the earlier runs.
    """

    target: str
    was: TargetState | None
    now: TargetState
    new: tuple[FoundOnce, ...] = ()
    gone: tuple[FoundOnce, ...] = ()

    @property
    def turned(self) -> bool:
        """Say whether it is in another state than it was."""
        return self.was is not None and self.was is not self.now

    @property
    def any(self) -> bool:
        """Say whether there is something to tell."""
        return self.was is None or self.turned or bool(self.new or self.gone)


def measured(past: Sequence[PastRun]) -> list[str]:
    """Give which figures are worth showing, by the names that reports have for them."""
    values = {
        name: [target.figures[name] for run in past for target in run.summary.targets if name in target.figures]
        for name in MEASURES
    }
    return [name for name, known in values.items() if known and (MEASURES[name].telling_at_0 or any(known))]


def summarised(target: str, report: Report, *, hidden: Sequence[str] = (), muted: int = 0) -> TargetSummary:
    """Give what is kept of a report, from which the findings with the `hidden` ids were taken: those `muted`, and more.

    More are those that only a muted one explains.
    """
    found = tuple(
        FoundOnce(
            id=finding.id,
            code=finding.code,
            subject=finding.subject,
            severity=finding.severity,
            summary=finding.summary[:_SENTENCE],
        )
        for finding in report.causes
    )
    explained = [finding.id for finding in report.findings if finding.explained_by]
    return TargetSummary(
        target=target,
        blind=report.blind,
        findings=found,
        others=(*explained, *hidden),
        muted=muted,
        gaps=len(report.gaps),
        figures=report.figures,
    )


def changes(now: RunSummary, earlier: Sequence[PastRun]) -> tuple[Change, ...]:
    """Compare each target with how it was in the earlier runs, the newest first.

    Where a target does not answer, or nothing of it could be looked at, nothing is known to be gone; later it is
    compared with what was known before as well.
    """
    return tuple(_change(target, list(_of(target.target, earlier))) for target in now.targets)


def _of(name: str, earlier: Sequence[PastRun]) -> Iterator[TargetSummary]:
    for past in earlier:
        yield from (target for target in past.summary.targets if target.target == name)


def _change(now: TargetSummary, earlier: Sequence[TargetSummary]) -> Change:
    blind = list(takewhile(lambda target: target.blind, earlier))
    known = earlier[: len(blind) + 1]
    return Change(
        target=now.target,
        was=earlier[0].state if earlier else None,
        now=now.state,
        new=_beyond([now], known),
        gone=() if now.blind else _beyond(known, [now]),
    )


def _beyond(these: Sequence[TargetSummary], others: Sequence[TargetSummary]) -> tuple[FoundOnce, ...]:
    """Give the findings of these that are not there in the others."""
    there = {finding.id for other in others for finding in other.findings}
    there |= {name for other in others for name in other.others}
    found = {finding.id: finding for one in these for finding in one.findings}
    return tuple(finding for name, finding in found.items() if name not in there)
