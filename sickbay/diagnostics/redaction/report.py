"""A report without the secrets that a target, or who asked, put into its texts."""

import msgspec

from sickbay.diagnostics.model import Evidence, Gap, Remedy, Report, ReportFinding, Table
from sickbay.diagnostics.redaction.text import redact


def redact_report(report: Report) -> Report:
    """Give the report with every text that came from a target redacted, and the scope, which a person typed."""
    return msgspec.structs.replace(
        report,
        scope=redact(report.scope),
        findings=tuple(_redact_finding(finding) for finding in report.findings),
        gaps=tuple(Gap(what=redact(gap.what), reason=redact(gap.reason)) for gap in report.gaps),
        changes=tuple(redact(change) for change in report.changes),
        tables=tuple(_redact_table(table) for table in report.tables),
    )


def _redact_finding(finding: ReportFinding) -> ReportFinding:
    return msgspec.structs.replace(
        finding,
        id=redact(finding.id),
        subject=redact(finding.subject),
        summary=_redact_summary(finding.summary, finding.subject.partition("/")[2]),
        evidence=tuple(
            Evidence(source=redact(item.source), value=redact(item.value), at=item.at) for item in finding.evidence
        ),
        remedy=_redact_remedy(finding.remedy),
        explains=tuple(redact(item) for item in finding.explains),
        explained_by=tuple(redact(item) for item in finding.explained_by),
    )


def _redact_summary(summary: str, name: str) -> str:
    """Redact what a sentence says of the thing that it names: `token-service: it was rolled back` assigns nothing."""
    start = f"{name}: "
    if not name or not summary.startswith(start):
        return redact(summary)
    return f"{redact(name)}: {redact(summary.removeprefix(start))}"


def _redact_table(table: Table) -> Table:
    rows = tuple(tuple(redact(cell) for cell in row) for row in table.rows)
    return msgspec.structs.replace(table, rows=rows)


def _redact_remedy(remedy: Remedy) -> Remedy:
    """Leave out a command that holds a secret: without it the command is of no use, and hiding may undo its quoting."""
    return Remedy(
        text=redact(remedy.text),
        command=remedy.command if remedy.command and redact(remedy.command) == remedy.command else None,
        owner=remedy.owner and redact(remedy.owner),
    )
