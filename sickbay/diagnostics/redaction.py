"""Take secrets out of text before it is stored, queued or sent. Everything that comes from a target passes here.

Errs on the side of hiding. What is hidden is replaced by `[redacted]`, or `[redacted KIND]` where the kind is known
(checks rely on that to say which kind of secret lies where it should not).
"""

from collections.abc import Iterable
from re import DOTALL, IGNORECASE, Match, Pattern
from re import compile as pattern_of

import msgspec

from sickbay.diagnostics.model import Evidence, Gap, Remedy, Report, ReportFinding, Table

#: What a name of a secret ends with; more may follow it in the name, except where the end of a word is asked for.
_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|requirepass|secret|token|cookie|credentials?|dsn|signature"
    r"|(?:api|access|private|account|signing|encryption|master|jwt)[_-]?key"
    r"|auth(?:orization)?(?![a-z])|(?<=[_-])pass(?![a-z])|\bpass(?=[\"']?=|[\"']:)|\bsig(?==))"
)
#: Bounds what one name may cost: without a bound, a text of nothing but names takes the square of its length.
_REST = r"[\w.-]{0,64}"

#: Forms that are secrets by themselves, whatever stands before them.
_FORMS: tuple[tuple[str, Pattern[str]], ...] = (
    (
        "private key",
        pattern_of(
            r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            DOTALL,
        ),
    ),
    # The end of a log may begin in the middle of a key; each of its lines may come after its time.
    (
        "private key",
        pattern_of(
            r"\A(?:(?:\S{1,64} )?[A-Za-z0-9+/=]{1,76}\r?\n)+(?:\S{1,64} )?-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"
        ),
    ),
    ("AWS key", pattern_of(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")),
    ("GitHub token", pattern_of(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("GitLab token", pattern_of(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("Slack token", pattern_of(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}")),
    ("Slack webhook", pattern_of(r"https://hooks\.slack\.com/services/[A-Za-z0-9/]+")),
    ("Stripe key", pattern_of(r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}")),
    ("Google key", pattern_of(r"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("npm token", pattern_of(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("token", pattern_of(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
)
#: A password may hold `@`, `:` and `/`; a port and a path with an `@` in it are none.
_URL_USER = pattern_of(
    r"(?<![a-z0-9+.-])(?P<scheme>[a-z][a-z0-9+.-]{0,30}://)(?P<user>[^\s/:@\"']*):"
    r"(?P<secret>(?!\d{1,5}[/?#])(?:(?!://)[^\s\"'<>])+)@",
    IGNORECASE,
)
#: `basic authentication` is no secret: there is more than small letters in one.
_BEARER = pattern_of(
    r"\b(?P<name>(?i:bearer|basic)[^\S\r\n]+)(?P<secret>(?=[a-z._~-]*[A-Z0-9+/=])[A-Za-z0-9._~+/=-]{8,})"
)
_VALUE = (
    r"(?P<secret>\\+[\"'][^\"']*(?:[\"']|\Z)|\"(?:[^\"\\]|\\[\s\S])*(?:\"|\\?\Z)|'(?:[^'\\]|\\[\s\S])*(?:'|\\?\Z)"
    r"|[^\s,;&\"']+)"
)
_ASSIGNED = pattern_of(
    rf"(?P<name>{_NAME}{_REST}\\*[\"']?(?P<joint>[^\S\r\n]*=(?:[^\S\r\n]+(?![\w.-]{{1,64}}=[^\s=]))?"
    rf"|[^\S\r\n]*:(?!//)[^\S\r\n]*)(?:(?:bearer|basic|token|digest)[^\S\r\n]+)?){_VALUE}",
    IGNORECASE,
)
_FLAG = pattern_of(
    rf"(?<![\w-])(?P<name>--?[\w-]{{0,64}}?{_NAME}[\w-]{{0,64}}[^\S\r\n]+)(?!-){_VALUE}",
    IGNORECASE,
)
#: `curl -u name:password`; two numbers are a user and a group.
_USER_FLAG = pattern_of(r"(?<!\S)(?P<name>(?:-u|--user)[\s=]+(?!\d+:\d+\b)[^\s:\"']{1,64}:)(?P<secret>[^\s\"']+)")
#: SQL: `IDENTIFIED BY 'secret'`, `CREATE ROLE app PASSWORD 'secret'`.
_SQL = pattern_of(
    r"(?P<name>\b(?:identified\s{1,8}by|password)\s{1,8})(?P<secret>\\?'[^']*(?:'|\Z)|\\?\"[^\"]*(?:\"|\Z))", IGNORECASE
)
_SECRET_NAME = pattern_of(rf"{_NAME}|key$", IGNORECASE)
#: Values that a secret's name may have and that hide nothing: switches, small numbers, paths, what is said of a secret.
_HARMLESS = pattern_of(
    r"^[\\\"']*(?:true|false|yes|no|null|none|nil|on|off|\d{1,3}|/[a-z]+(?:[._-][a-z]+)*(?:/\S*)?|\[redacted.*"
    r"|expired|invalid|missing|required|denied|failed|failure|incorrect|not|is|was|get|post|put|executable|)[\\\"']*$",
    IGNORECASE,
)
#: After a colon without space: an image's tag or digest, a port.
_TAG = pattern_of(
    r"v?\d+(?:\.\d+)+\S*|v\d+\S*|latest\S*|stable\S*|alpine\S*|sha256:\S*|\d{2,5}(?:[/?:)\]].*)?$", IGNORECASE
)
_REPOSITORY = pattern_of(r"[\w.-]+/[\w./-]*$")

#: AWS's own service of that name, in an IAM action or an ARN: `secretsmanager:GetSecretValue`.
_SECRETS_MANAGER = pattern_of(r"secretsmanager:(?:[A-Z][A-Za-z]+|[a-z0-9-]*:\d*:secret:[\w/+=.@-]+[:.]*)")

#: What is shorter may stand anywhere by chance; a few small letters are a word, and hiding it would spoil the text.
_SHORTEST_VALUE = 6
_WORD = pattern_of(r"[a-z]{1,11}")


def redact(text: str) -> str:
    """Give `text` without the secrets in it; what is redacted already stays as it is."""
    for kind, pattern in _FORMS:
        text = pattern.sub(f"[redacted {kind}]", text)
    text = _URL_USER.sub(r"\g<scheme>\g<user>:[redacted password]@", text)
    for assigned in (_BEARER, _ASSIGNED, _FLAG, _USER_FLAG, _SQL):
        text = assigned.sub(_hidden, text)
    return text


def redact_variable(variable: str) -> str:
    """Give one `NAME=value` of an environment, its value hidden where the name or the form says that it is a secret."""
    name, separator, value = variable.partition("=")
    if separator and _SECRET_NAME.search(name) and not _HARMLESS.match(value):
        return f"{name}=[redacted]"
    return redact(variable)


def secret_values(variables: Iterable[str]) -> tuple[str, ...]:
    """Give the secrets that an environment's `NAME=value` hold, longest first: programs also write them to their logs.

    A value that is short, or a word, is left out.
    """
    values = set[str]()
    for variable in variables:
        name, _, value = variable.partition("=")
        if _SECRET_NAME.search(name) and not _HARMLESS.match(value):
            values.add(value)
        values.update(match["secret"] for match in _URL_USER.finditer(value))
    kept = (value for value in values if len(value) >= _SHORTEST_VALUE and not _WORD.fullmatch(value))
    return tuple(sorted(kept, key=lambda value: (-len(value), value)))


def redact_values(text: str, values: Iterable[str]) -> str:
    """Give the text without the values, as `secret_values` gives them, wherever they stand."""
    for value in values:
        text = text.replace(value, "[redacted]")
    return text


def redact_report(report: Report) -> Report:
    """Give the report with every text that came from a target redacted."""
    return msgspec.structs.replace(
        report,
        findings=tuple(_redact_finding(finding) for finding in report.findings),
        gaps=tuple(Gap(what=redact(gap.what), reason=redact(gap.reason)) for gap in report.gaps),
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


def _hidden(match: Match[str]) -> str:
    if _HARMLESS.match(match["secret"]) or _names_an_image_or_port(match) or _SECRETS_MANAGER.fullmatch(match[0]):
        return match[0]
    return f"{match['name']}[redacted]"


def _names_an_image_or_port(match: Match[str]) -> bool:
    """Say whether the match is a part of `registry/auth-service:1.2`, or an address such as `auth:8080`."""
    if match.groupdict().get("joint") != ":" or not match["name"].endswith(":") or "pass" in match["name"].lower():
        return False
    before = match.string[max(0, match.start() - 100) : match.start()]
    return bool(_TAG.match(match["secret"]) or _REPOSITORY.search(before))
