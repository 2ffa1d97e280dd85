"""One diagnosis: collect within the budget, judge, rank, report. Workers, the terminal and replays share it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from sickbay.diagnostics import catalogue, ranking, redaction
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Gap, Report, ReportTarget
from sickbay.diagnostics.platform import Progress, Snapshot
from sickbay.diagnostics.targets import Request, Target

#: The last step of every diagnosis, after the platform's own.
JUDGING = "Judging"


class Diagnosis(msgspec.Struct, frozen=True):
    """A report and the snapshot it was made from, which can be saved and replayed."""

    report: Report
    snapshot: Snapshot


def _silent(_step: str) -> None: ...


def diagnose(target: Target, request: Request, *, budget: Budget, progress: Progress = _silent) -> Diagnosis:
    """Read the target and judge it. Raises a DiagnosticsError where there is nothing to judge."""
    platform = catalogue.load_platforms()[target.platform]
    started_at, began = datetime.now(UTC), time.monotonic()
    snapshot = platform.collect(target, request, budget, progress)
    collected = time.monotonic()
    budget.raise_if_cancelled()
    progress(JUDGING)
    report = judge(snapshot, ReportTarget(name=target.name, platform=target.platform, zone=target.zone))
    ended = time.monotonic()
    timings = {"collect": round(collected - began, 3), "judge": round(ended - collected, 3)}
    report = msgspec.structs.replace(report, started_at=started_at, duration_s=round(ended - began, 3), timings=timings)
    return Diagnosis(report, snapshot)


def judge(snapshot: Snapshot, target: ReportTarget) -> Report:
    """Run the platform's checks over the snapshot and rank what they say: pure, and so all that a replay needs."""
    candidates: dict[str, ranking.Candidate] = {}
    gaps = list(snapshot.gaps)
    for made in catalogue.checks_of(target.platform):
        for outcome in _run(made, snapshot):
            if isinstance(outcome, Gap):
                gaps.append(outcome)
            else:
                candidates.setdefault(outcome.id, outcome)
    request = snapshot.request
    findings = ranking.rank(
        tuple(candidates.values()),
        snapshot.upstream(),
        now=snapshot.taken_at,
        window=request.window,
        audit=request.audit,
    )
    report = Report(
        target=target,
        scope=request.scope,
        started_at=snapshot.taken_at,
        duration_s=0.0,
        findings=findings,
        gaps=tuple(gaps),
        looked_at=snapshot.looked_at(),
        timings={},
    )
    return redaction.redact_report(report)


def _run(made: Check[object], snapshot: Snapshot) -> Iterator[ranking.Candidate | Gap]:
    """Yield what one check finds. A check that raises becomes a Gap that names it, and costs only its own answer."""
    try:
        for finding in made.judge(snapshot):
            yield ranking.Candidate(made, finding)
    except Exception as error:
        yield Gap(what=f"check {made.code} ({made.title})", reason=f"the check failed: {type(error).__name__}: {error}")
