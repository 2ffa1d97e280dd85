"""One diagnosis: collect within the budget, judge, rank, report. Workers, the terminal and replays share it."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics import (
    asked_logs,
    catalogue,
    follow_ups,
    ranking,
    redaction,
    suspects,
    unwell_logs,
    what_changed,
)
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.events import Coverage, History, Hole, Told, shortened
from sickbay.diagnostics.follow_ups import Probe
from sickbay.diagnostics.model import MOST_LOGS, Gap, Log, Report, ReportTarget, Subject, Table
from sickbay.diagnostics.platform import Progress, Snapshot
from sickbay.diagnostics.targets import Request, Target

#: The last step of every diagnosis, after the platform's own.
JUDGING = "Judging"
#: Of what a target can be narrowed to, so many names are given, none longer than this.
MOST_SCOPES, LONGEST_SCOPE = 2_000, 250


class Diagnosis(msgspec.Struct, frozen=True):
    """A report, and the snapshot and the registries' answers that it was made from, which can be saved and replayed.

    `scopes` is what a person could type to narrow a diagnosis, the unwell first: of the whole target, and of each of
    these registries.
    """

    report: Report
    snapshot: Snapshot
    probes: tuple[Probe, ...] = ()
    scopes: Mapping[ReportTarget, tuple[str, ...]] = {}


def _silent(_step: str) -> None: ...


def diagnose(
    target: Target,
    request: Request,
    *,
    budget: Budget,
    progress: Progress = _silent,
    others: Iterable[Target] = (),
    history: Callable[[], History] | None = None,
    logs: bool = False,
) -> Diagnosis:
    """Read the target and judge it, asking those registries among `others` that serve its images.

    `history` gives what a recorder wrote down since what_changed.since(). Where the request asks for changes alone,
    nothing is judged; where its scope names what was removed, the error says so. `logs` says whether the logs of the
    unwell may be read, for what they say. Raises a DiagnosticsError where there is nothing to judge.
    """
    platform = catalogue.load_platforms()[target.platform]
    started_at, began = datetime.now(UTC), time.monotonic()
    recorded = history or History
    try:
        snapshot = platform.collect(target, request, budget, progress)
    except UnknownScopeError as error:
        raise UnknownScopeError(
            f"{error}{what_changed.removal(recorded(), request.scope)}", nearest=error.nearest
        ) from error
    probes, missing = follow_ups.ask(snapshot, target, others, budget)
    collected = time.monotonic()
    budget.raise_if_cancelled()
    progress(JUDGING)
    told = ReportTarget(name=target.name, platform=target.platform, zone=target.zone)
    report = judge(snapshot, told, probes, missing, recorded())
    judged = time.monotonic()
    timings = {"collect": round(collected - began, 3), "judge": round(judged - collected, 3)}
    if logs:
        said, unread = unwell_logs.ask(report, target, budget)
        report = replace(report, log_templates=said, gaps=(*report.gaps, *unread))
        timings["logs"] = round(time.monotonic() - judged, 3)
    duration = round(time.monotonic() - began, 3)
    report = replace(report, started_at=started_at, duration_s=duration, timings=timings)
    return Diagnosis(report, snapshot, probes, {} if request.scope else _scopes((Probe(told, snapshot), *probes)))


def read_logs(target: Target, request: Request, *, budget: Budget) -> tuple[Log, ...]:
    """Read the logs of what the request's scope names as they end now, redacted, within the bounds of the model.

    Raises a DiagnosticsError where there is none: UnknownScopeError with the nearest names where the scope names
    nothing, PermanentError where such a target has no logs.
    """
    platforms = catalogue.load_platforms()
    platform = platforms[target.platform]
    if not platform.logs:
        able = ", ".join(sorted(item.title for item in platforms.values() if item.logs))
        raise PermanentError(f"{target.name} ({platform.title}) has no logs. These have: {able}.")
    if not request.scope:
        raise PermanentError(f"Whose log? Name what of {target.name} it is of, a container or a service.")
    read = platform.read_logs(target, request, budget)
    budget.raise_if_cancelled()
    return tuple(asked_logs.bounded(replace(log, name=redaction.redact(log.name))) for log in read[:MOST_LOGS])


def judge(
    snapshot: Snapshot,
    target: ReportTarget,
    probes: Sequence[Probe] = (),
    missing: Sequence[Gap] = (),
    history: History = History(),  # noqa: B008 - it is frozen
) -> Report:
    """Run the platforms' checks over the snapshots, rank what they say, and tell what changed: all a replay needs.

    Pure. `history` is what a recorder wrote down.
    """
    request, gaps = snapshot.request, [*snapshot.gaps, *missing]
    asked = (Probe(target, snapshot), *probes)
    candidates: dict[str, ranking.Candidate] = {}
    for probe in asked:
        prefix = "" if probe.snapshot is snapshot else f"{probe.target.name}: "
        for platform, seen in _parts(probe):
            gaps += [replace(gap, what=prefix + gap.what) for gap in seen.gaps if seen is not snapshot]
            for made in () if request.changes else catalogue.checks_of(platform):
                for outcome in _run(made, seen):
                    if isinstance(outcome, Gap):
                        gaps.append(replace(outcome, what=prefix + outcome.what))
                    else:
                        candidates.setdefault(outcome.id, outcome)
    tables, failed = _tables(snapshot, target.platform)
    figures, unmeasured = _figures(asked[0])
    upstream = follow_ups.joined(snapshot, probes)
    findings = ranking.rank(
        tuple(candidates.values()),
        upstream,
        now=snapshot.taken_at,
        window=request.window,
        audit=request.audit,
        judged=request.judged,
    )
    try:
        changed, untold = _changed(asked, history, [item.finding.subject for item in candidates.values()], upstream)
        findings = suspects.accused(findings, changed.changes, upstream, now=snapshot.taken_at)
    except Exception as error:
        # Whatever the target tells of its past, what is wrong with it is known.
        changed, untold = _untellable(snapshot, error)
    changes, coverage = what_changed.newest(changed)
    report = Report(
        target=target,
        scope=request.scope,
        started_at=snapshot.taken_at,
        duration_s=0.0,
        findings=findings,
        gaps=(*gaps, *failed, *unmeasured, *untold),
        looked_at=_looked_at(snapshot, probes),
        changes=changes,
        coverage=coverage,
        timings={},
        tables=tables,
        figures=figures,
    )
    return redaction.redact_report(report)


def _changed(
    asked: Sequence[Probe], recorded: History, found: Sequence[Subject], upstream: ranking.Upstream
) -> tuple[History, list[Gap]]:
    """Give what changed, as recorded and as the snapshots tell it; one that cannot tell is a Gap."""
    snapshot, told, gaps = asked[0].snapshot, list[Told](), list[Gap]()
    request, platforms = snapshot.request, catalogue.load_platforms()
    if not platforms[asked[0].target.platform].configurable:
        return History(), []  # Files that are linted have no history here.
    for platform, seen in (part for probe in asked for part in _parts(probe)):
        try:
            told.append(platforms[platform].changes(seen))
        except Exception as error:
            gaps.append(Gap(what=f"what changed ({platform})", reason=f"it failed: {type(error).__name__}: {error}"))
    since = what_changed.since(request, snapshot.taken_at)
    history = what_changed.merged(told, recorded, since=since, until=snapshot.taken_at)
    if request.scope:
        roots = {*found, *(what_changed.subject_of(change) for part in told for change in part.changes)}
        history = what_changed.concerning(history, request.scope, roots, upstream)
    return history, gaps


def _untellable(snapshot: Snapshot, error: Exception) -> tuple[History, list[Gap]]:
    """Give a history of which nothing is known, since putting it together raised."""
    since, until = what_changed.since(snapshot.request, snapshot.taken_at), snapshot.taken_at
    gap = Gap(what="what changed", reason=f"it failed: {type(error).__name__}: {error}")
    hole = Hole(since=since, until=until, reason=shortened(gap.reason))
    return History(coverage=Coverage(since=since, until=until, holes=(hole,))), [gap]


def _figures(probe: Probe) -> tuple[Mapping[str, float], list[Gap]]:
    """Give the measures for trends, those of what lies in the snapshot too; one that raises is a Gap."""
    platforms, figures = catalogue.load_platforms(), dict[str, float]()
    try:
        for platform, seen in _parts(probe):
            figures |= platforms[platform].figures(seen)
    except Exception as error:
        return figures, [Gap(what="the figures for trends", reason=f"they failed: {type(error).__name__}: {error}")]
    return figures, []


def _scopes(probes: Iterable[Probe]) -> Mapping[ReportTarget, tuple[str, ...]]:
    """Give the scopes of each target that has some, each once; what cannot be typed, or holds a secret, is left out."""
    platforms, found = catalogue.load_platforms(), dict[ReportTarget, tuple[str, ...]]()
    for probe in probes:
        scopes = filter(_fit, dict.fromkeys(platforms[probe.target.platform].scopes(probe.snapshot)))
        if kept := tuple(islice(scopes, MOST_SCOPES)):
            found[probe.target] = kept
    return found


def _fit(scope: str) -> bool:
    typed = 0 < len(scope) <= LONGEST_SCOPE and scope.isprintable() and " " not in scope
    return typed and redaction.redact(scope) == scope


def _parts(probe: Probe) -> Iterator[tuple[str, Snapshot]]:
    """Yield the snapshot with its platform's name, and after it those of other platforms that lie in it."""
    yield probe.target.platform, probe.snapshot
    yield from catalogue.load_platforms()[probe.target.platform].holds(probe.snapshot)


def _tables(snapshot: Snapshot, platform: str) -> tuple[tuple[Table, ...], list[Gap]]:
    """Give the tables that were asked for; one that raises is a Gap, and costs only its own answer."""
    if snapshot.request.changes:
        return (), []
    try:
        return catalogue.load_platforms()[platform].tables(snapshot), []
    except Exception as error:
        return (), [Gap(what="the tables asked for", reason=f"they failed: {type(error).__name__}: {error}")]


def _looked_at(snapshot: Snapshot, probes: Sequence[Probe]) -> Mapping[str, int]:
    """Give what was looked at; what registries told does not make up for a target that told nothing."""
    seen, registries = snapshot.looked_at(), sum(1 for probe in probes if probe.snapshot.looked_at())
    return {**seen, "registries": registries} if seen and registries else seen


def _run(made: Check[object], snapshot: Snapshot) -> Iterator[ranking.Candidate | Gap]:
    """Yield what one check finds. A check that raises becomes a Gap that names it, and costs only its own answer."""
    try:
        for finding in made.judge(snapshot):
            yield ranking.Candidate(made, finding)
    except Exception as error:
        yield Gap(what=f"check {made.code} ({made.title})", reason=f"the check failed: {type(error).__name__}: {error}")
