"""What of a report a channel sees while findings are muted there: they are counted and named, never silently gone."""

from collections.abc import Iterable

import msgspec

from sickbay.diagnostics.model import Report, ReportFinding
from sickbay.jobs.model import Mute


class Shown(msgspec.Struct, frozen=True):
    """The report without the findings that are muted and without what only they explain, and those findings."""

    report: Report
    muted: tuple[ReportFinding, ...] = ()


def shown(report: Report, mutes: Iterable[Mute]) -> Shown:
    """Give what is shown of a report. What a muted finding explains is shown where something else explains it too."""
    names = {(mute.code, mute.subject) for mute in mutes}
    muted = tuple(finding for finding in report.findings if (finding.code, finding.subject) in names)
    if not muted:
        return Shown(report)
    gone = {finding.id for finding in muted}
    kept = list(report.findings)
    while True:
        left = [finding for finding in kept if finding.id not in gone and not _explained_only_by(finding, gone)]
        if len(left) == len(kept):
            break
        gone |= {finding.id for finding in kept} - {finding.id for finding in left}
        kept = left
    findings = tuple(
        msgspec.structs.replace(
            finding,
            explains=tuple(name for name in finding.explains if name not in gone),
            explained_by=tuple(name for name in finding.explained_by if name not in gone),
        )
        for finding in kept
    )
    return Shown(msgspec.structs.replace(report, findings=findings), muted)


def _explained_only_by(finding: ReportFinding, gone: set[str]) -> bool:
    return bool(finding.explained_by) and gone.issuperset(finding.explained_by)
