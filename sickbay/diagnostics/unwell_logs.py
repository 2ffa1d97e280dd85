"""What the logs of the unwell say that they did not say before, or that their healthy replicas do not say.

They are read once it is known who is unwell: of the likeliest incidents whose subjects have logs, all at the same time,
within what is left of the budget. Whatever goes wrong is a gap of the diagnosis and never its end.
"""

from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from sickbay.diagnostics import catalogue, redaction
from sickbay.diagnostics.asked_logs import bounded, log_scope
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.errors import CancelledError, DiagnosticsError, NoLogError
from sickbay.diagnostics.log_templates import MOST, templates
from sickbay.diagnostics.model import Gap, Kind, Log, LogTemplate, Report, ReportFinding
from sickbay.diagnostics.targets import Request, Target

#: Seconds in which all is read, those that are left for telling, and findings whose logs are read.
MOST_SECONDS, RESERVE_SECONDS, FINDINGS = 5.0, 0.5, 3


def ask(report: Report, target: Target, budget: Budget) -> tuple[tuple[LogTemplate, ...], tuple[Gap, ...]]:
    """Give what the logs of the unwell say, the likeliest cause's first, and which could not be read.

    Raises CancelledError.
    """
    wanted = _wanted(report, target)
    seconds = min(MOST_SECONDS, budget.remaining - RESERVE_SECONDS)
    if not wanted or seconds <= 0:
        return (), tuple(_gap(finding, OutOfTimeError()) for finding in wanted.values())
    part = budget.part(seconds)
    crew = Crew(len(wanted), part)
    coming = [
        (finding, crew.submit(partial(_read, target, scope, report, part)))
        for scope, finding in wanted.items()
    ]  # fmt: skip
    found, gaps = list[LogTemplate](), list[Gap]()
    for finding, future in coming:
        try:
            logs = crew.wait(future)
        except CancelledError:
            raise
        except NoLogError:
            continue
        except Exception as error:
            gaps.append(_gap(finding, error))
        else:
            found += _told(finding, logs, MOST // len(wanted))
    crew.close()
    return tuple(found), tuple(gaps)


def _wanted(report: Report, target: Target) -> Mapping[str, ReportFinding]:
    """Give the scopes of the logs to read, each with the likeliest finding about what writes them."""
    found = dict[str, ReportFinding]()
    if catalogue.load_platforms()[target.platform].logs:
        for finding in report.findings:
            scope = log_scope(target.platform, finding.subject) if finding.kind is Kind.INCIDENT else None
            if scope and len(found) < FINDINGS:
                found.setdefault(scope, finding)
    return found


def _read(target: Target, scope: str, report: Report, budget: Budget) -> tuple[Log, ...]:
    """Read the logs; those of whom an incident is about are of the unwell, whatever their platform says."""
    ill = {finding.subject.partition("/")[2] for finding in report.findings if finding.kind is Kind.INCIDENT}
    request = Request(scope=scope, logs=True, siblings=True)
    logs = catalogue.load_platforms()[target.platform].read_logs(target, request, budget)
    return tuple(replace(bounded(log), unwell=log.unwell or log.name in ill) for log in logs)


def _told(finding: ReportFinding, logs: tuple[Log, ...], most: int) -> tuple[LogTemplate, ...]:
    found = templates(logs, onset=finding.first_seen, most=most)
    return tuple(redaction.redact_template(replace(item, finding=finding.id)) for item in found)


def _gap(finding: ReportFinding, error: Exception) -> Gap:
    match error:
        case OutOfTimeError():
            reason = "there was no time left to read them"
        case DiagnosticsError():
            reason = redaction.redact(str(error))
        case _:
            reason = redaction.redact(f"{type(error).__name__}: {error}")
    return Gap(what=f"the logs of {finding.subject} and of its replicas", reason=reason)
