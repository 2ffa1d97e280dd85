"""Passwords among the words of commands whose options do not say that they are one, and of files of logins."""

from collections.abc import Iterator
from re import MULTILINE, Match, Pattern
from re import compile as pattern_of

from sickbay.diagnostics.redaction.hiding import Hidden, Judge, hide

#: What else stands between a command and the option.
_BETWEEN = r"[^\n|]{0,200}?"
_WORD = r"[\"']?(?P<secret>[^\s\"',|]+)"
_HARMLESS = pattern_of(r"\[redacted.*|\$\{?\w+\}?|\$\(\w+\)|[*•]+|/.*|-.*")

#: The word that is looked for, and what it and the secret look like from there.
_COMMANDS: tuple[tuple[str, str], ...] = (
    # MySQL's programs take a password right behind their `-p`.
    ("mysql", rf"mysql\w{{0,12}}\s{_BETWEEN}(?<=\s)-p[\"']?(?P<secret>[^\s\"',|]+)"),
    ("mariadb", rf"mariadb[\w-]{{0,12}}\s{_BETWEEN}(?<=\s)-p[\"']?(?P<secret>[^\s\"',|]+)"),
    ("sshpass", rf"sshpass\s+-p\s*{_WORD}"),
    ("docker login", rf"docker login\s{_BETWEEN}(?<=\s)-p\s+{_WORD}"),
    ("podman login", rf"podman login\s{_BETWEEN}(?<=\s)-p\s+{_WORD}"),
    ("az login", rf"az login\s{_BETWEEN}(?<=\s)-p\s+{_WORD}"),
    ("twine upload", rf"twine upload\s{_BETWEEN}(?<=\s)-p\s+{_WORD}"),
    ("redis-cli", rf"redis-cli\s{_BETWEEN}(?<=\s)-a\s+{_WORD}"),
    ("htpasswd", rf"htpasswd\s+-\w{{0,5}}b\w{{0,5}}\s+\S{{1,200}}\s+[^\s\"']{{1,64}}\s+{_WORD}"),
    ("-pass", r"-pass(?:in|out)?\s+pass:(?P<secret>[^\s\"']+)"),
    ("-encrypt", rf"-encrypt[=\s]{_WORD}"),
    ("echo ", rf"echo\s+(?:-n\s+)?{_WORD}[\"']?\s*\|[^\n|]{{0,200}}--password-stdin"),
    # `curl -u name:password`; two numbers are a user and a group.
    ("-u", r"(?<![^\s\"'\[,])-u[\"',\s=]+(?!\d+:\d+\b)[^\s:\"']{1,64}:(?P<secret>[^\s\"']+)"),
    ("--user", r"(?<![^\s\"'\[,])--user[\"',\s=]+(?!\d+:\d+\b)[^\s:\"']{1,64}:(?P<secret>[^\s\"']+)"),
    # netrc
    ("login ", r"login\s+\S{1,64}\s+password\s+(?P<secret>[^\s\"']+)"),
    # Redis: as it is typed, and as MONITOR tells it.
    ("AUTH ", r"(?<!\S)AUTH[^\S\n]+(?:\w{1,64}[^\S\n]+)?(?P<secret>(?=[^\s\d]{0,100}\d)[^\s\"']{6,})$"),
    ('"AUTH"', r"\"AUTH\"\s+(?:\"[^\"\n]{0,64}\"\s+)?\"(?P<secret>[^\"\n]+)"),
)


def without_passwords(text: str) -> str:
    """Give the text without the passwords in its commands."""
    return hide(text, _JUDGES)


def _judge(pattern: Pattern[str]) -> Judge:
    return lambda text, at: _hidden(pattern.match(text, at))


def _hidden(found: Match[str] | None) -> Hidden | None:
    if not found or _HARMLESS.fullmatch(found["secret"]):
        return None
    return Hidden(found.start("secret"), found.end("secret"))


def _judges() -> Iterator[tuple[str, Judge]]:
    for word, pattern in _COMMANDS:
        yield word, _judge(pattern_of(pattern, MULTILINE))


_JUDGES = tuple(_judges())
