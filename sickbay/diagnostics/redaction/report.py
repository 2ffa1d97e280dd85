"""A report without the secrets that a target, or who asked, put into its texts."""

import msgspec

from sickbay.diagnostics.events import Coverage, Event, Hole, Suspect, shortened
from sickbay.diagnostics.model import Evidence, Gap, LogTemplate, Remedy, Report, ReportFinding, Table
from sickbay.diagnostics.redaction.text import redact


def redact_report(report: Report) -> Report:
    """Give the report with every text that came from a target redacted, and the scope, which a person typed."""
    return msgspec.structs.replace(
        report,
        scope=redact(report.scope),
        findings=tuple(_redact_finding(finding) for finding in report.findings),
        gaps=tuple(Gap(what=redact(gap.what), reason=redact(gap.reason)) for gap in report.gaps),
        changes=tuple(redact_event(change) for change in report.changes),
        coverage=report.coverage and _redact_coverage(report.coverage),
        tables=tuple(_redact_table(table) for table in report.tables),
        log_templates=tuple(redact_template(template) for template in report.log_templates),
    )


def redact_event(event: Event) -> Event:
    """Give the event with every word that came from a target redacted, none longer than an event carries it."""
    words = (event.source, event.subject, event.field, event.before, event.after, event.actor)
    told = tuple(shortened(redact(word)) if word else word for word in words)
    if told == words:
        return event
    source, subject, field, before, after, actor = told
    return msgspec.structs.replace(
        event, source=source, subject=subject, field=field, before=before, after=after, actor=actor
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
        suspect=finding.suspect and _redact_suspect(finding.suspect),
    )


def _redact_suspect(suspect: Suspect) -> Suspect:
    return msgspec.structs.replace(
        suspect,
        change=redact_event(suspect.change),
        runner_up=suspect.runner_up and redact_event(suspect.runner_up),
        tell_apart=redact(suspect.tell_apart),
    )


def _redact_coverage(coverage: Coverage) -> Coverage:
    holes = tuple(
        Hole(since=hole.since, until=hole.until, reason=shortened(redact(hole.reason))) for hole in coverage.holes
    )
    return msgspec.structs.replace(coverage, sources=tuple(redact(source) for source in coverage.sources), holes=holes)


def redact_template(template: LogTemplate) -> LogTemplate:
    """Give what logs say with every text redacted that came from them."""
    return msgspec.structs.replace(
        template,
        finding=redact(template.finding),
        names=tuple(redact(name) for name in template.names),
        template=redact(template.template),
        sample=redact(template.sample),
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
