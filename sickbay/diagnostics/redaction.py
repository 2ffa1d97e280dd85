"""Take secrets out of text before it is stored, queued or sent. Everything that comes from a target passes here.

Errs on the side of hiding. What is hidden is replaced by `[redacted]`, or `[redacted KIND]` where the kind is known
(checks rely on that to say which kind of secret lies where it should not).
"""

from collections.abc import Callable
from re import DOTALL, IGNORECASE, Match, Pattern
from re import compile as pattern_of

import msgspec

from sickbay.diagnostics.model import Evidence, Report, ReportFinding

_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|credentials?|auth|dsn|signature)"
)

#: Forms that are secrets by themselves, whatever stands before them.
_FORMS: tuple[tuple[str, Pattern[str]], ...] = (
    (
        "private key",
        pattern_of(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", DOTALL),
    ),
    ("AWS key", pattern_of(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")),
    ("GitHub token", pattern_of(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("GitLab token", pattern_of(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("Slack token", pattern_of(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}")),
    ("Slack webhook", pattern_of(r"https://hooks\.slack\.com/services/[A-Za-z0-9/]+")),
    ("Stripe key", pattern_of(r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}")),
    ("Google key", pattern_of(r"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("npm token", pattern_of(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("token", pattern_of(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
)
_URL_USER = pattern_of(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s/:@]*):(?P<secret>[^\s@]+?)@(?=[^\s@/]*)", IGNORECASE
)
_BEARER = pattern_of(r"\b(?P<scheme>bearer|basic)\s+(?P<secret>[A-Za-z0-9._~+/=-]{8,})", IGNORECASE)
_ASSIGNED = pattern_of(
    rf"(?P<name>[\w.-]*{_NAME}[\w.-]*[\"']?\s*(?:=|:(?!//))\s*)(?P<secret>\"[^\"]*\"|'[^']*'|[^\s,;&\"']+)",
    IGNORECASE,
)
_FLAG = pattern_of(rf"(?P<name>--?[\w-]*{_NAME}[\w-]*\s+)(?P<secret>[^\s-][^\s]*)", IGNORECASE)
_SECRET_NAME = pattern_of(rf"{_NAME}|key$", IGNORECASE)
#: Values that a secret's name may have and that hide nothing.
_HARMLESS = pattern_of(
    r"^[\"']?(?:true|false|yes|no|null|none|nil|on|off|\d{1,3}|/\S*|\[redacted.*|)[\"']?$", IGNORECASE
)


def redact(text: str) -> str:
    """Give `text` without the secrets in it."""
    for kind, pattern in _FORMS:
        text = pattern.sub(f"[redacted {kind}]", text)
    text = _URL_USER.sub(r"\g<scheme>\g<user>:[redacted password]@", text)
    text = _BEARER.sub(_hide_after("scheme", " "), text)
    text = _ASSIGNED.sub(_hide_after("name"), text)
    return _FLAG.sub(_hide_after("name"), text)


def redact_variable(variable: str) -> str:
    """Give one `NAME=value` of an environment, its value hidden where the name or the form says that it is a secret."""
    name, separator, value = variable.partition("=")
    if separator and _SECRET_NAME.search(name) and not _HARMLESS.match(value):
        return f"{name}=[redacted]"
    return redact(variable)


def redact_report(report: Report) -> Report:
    """Give the report with every text that came from a target redacted."""
    return msgspec.structs.replace(
        report,
        findings=tuple(_redact_finding(finding) for finding in report.findings),
        gaps=tuple(msgspec.structs.replace(gap, reason=redact(gap.reason)) for gap in report.gaps),
    )


def _redact_finding(finding: ReportFinding) -> ReportFinding:
    return msgspec.structs.replace(
        finding,
        summary=redact(finding.summary),
        evidence=tuple(Evidence(source=item.source, value=redact(item.value), at=item.at) for item in finding.evidence),
    )


def _hide_after(kept: str, joint: str = "") -> Callable[[Match[str]], str]:
    def hide(match: Match[str]) -> str:
        if _HARMLESS.match(match["secret"]):
            return match[0]
        return f"{match[kept]}{joint}[redacted]"

    return hide
