"""Secrets that stand in a file: by the name they are given, by their form, or as files that are copied.

Values are never shown: the report's redaction hides them. That a value is a secret is inferred.
"""

import re
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Service
from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.shell import commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile
from sickbay.diagnostics.redaction import redact, redact_variable

#: Narrower than redaction, which would rather hide too much: what a variable for a secret ends with.
_SECRET = re.compile(
    r"(?:^|[_.-])(?:pass(?:word|wd|phrase)?|secret|token|credentials?"
    r"|(?:secret|api|access|private|encryption|signing|master|jwt)[_-]?key)$|password$",
    re.IGNORECASE,
)
#: Lengths are bounded here and below: without a bound, a text of nothing but beginnings takes the square of its length.
_VARIABLE = re.compile(r"\$\{(\w{1,100})(?::?([-?+=])([^}]{0,200}))?\}|\$\([^()]{0,200}\)|`[^`]{0,200}`|\$(\w{1,100})")
#: Stands for what comes from elsewhere: a path, which redaction never takes for a secret.
_ELSEWHERE = "/run/elsewhere"
_FILES = re.compile(
    r"(?:.*/)?(?:\.env|\.npmrc|\.netrc|\.pypirc|\.dockercfg|\.git-credentials|\.docker|\.aws|\.ssh"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.key|credentials\.json|kubeconfig)/?",
    re.IGNORECASE,
)
_GRANT = re.compile(r"\bGRANT\b.{0,300}@\s{0,4}\\?['\"]%", re.IGNORECASE | re.DOTALL)
#: MySQL's programs take a password right behind their `-p`.
_CLIENTS = frozenset({"mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin"})
_ATTACHED = re.compile(r"-p[\"']?[^$\"'\s].*")
_OLD_PAIR = 2


def in_dockerfile(file: Dockerfile) -> Iterator[Fault]:
    """Yield the secrets in instructions, where they stay for whoever can pull the image."""
    for item in file.instructions:
        if item.keyword in {"ENV", "ARG", "LABEL"}:
            yield from _variables(item)
        elif item.keyword in {"COPY", "ADD"} and "from" not in item.flags:
            for source in item.words[:-1]:
                if _FILES.fullmatch(source):
                    yield _fault(item.line, f"copies {source} into the image", item.text)
        elif item.keyword in {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"}:
            yield from _in_shell(item)


def in_compose(file: ComposeFile) -> Iterator[Fault]:
    """Yield the secrets that stand in the file itself; what comes from a variable or a secret's file does not."""
    for service in file.services:
        for variable in service.environment:
            if variable.value and _is_secret(variable.name, variable.value):
                what = f"has the secret {variable.name} of {service.name} in the clear"
                yield _fault(variable.line, what, f"{variable.name}={variable.value}")
        yield from _in_command(service)


def _in_command(service: Service) -> Iterator[Fault]:
    if service.command and _hides(_elsewhere(service.command.text)):
        what = f"has a secret in the command of {service.name}"
        yield _fault(service.command.line, what, service.command.text)


def _variables(item: Instruction) -> Iterator[Fault]:
    for name, value in _pairs(item):
        if item.keyword == "ARG" and value is None and _SECRET.search(name):
            what = f"takes the secret {name} as a build argument, which stays in the image's history"
            yield _fault(item.line, what, item.text)
        elif value and (_is_secret(name, value) or (item.keyword == "ENV" and _handed_on(name, value))):
            yield _fault(item.line, f"keeps the secret {name} in the image", item.text)


def _pairs(item: Instruction) -> Iterator[tuple[str, str | None]]:
    """Yield names and values; in the old form (`ENV name value`) all that follows the name is the value."""
    try:
        words = shlex.split(item.value)
    except ValueError:
        words = item.value.split()
    if item.keyword == "ENV" and len(words) >= _OLD_PAIR and "=" not in words[0]:
        yield words[0], " ".join(words[1:])
        return
    for word in words:
        name, given, value = word.partition("=")
        yield name, value if given else None


def _in_shell(item: Instruction) -> Iterator[Fault]:
    texts = [(item.line, item.value), *((heredoc.line, heredoc.text) for heredoc in item.heredocs)]
    for line, text in texts:
        for number, part in enumerate(text.split("\n")):
            if _hides(_elsewhere(part)):
                yield _fault(line + number, f"has a secret in its {item.keyword}", part.strip())
        if _GRANT.search(text):
            yield Fault(line=line, what="grants a database's rights to every host ('%')", shown=item.text)
    for command in commands(item):
        if command.name in _CLIENTS and any(_ATTACHED.match(word) for word in command.words):
            shown = " ".join(_ATTACHED.sub("-p[redacted]", word) for word in command.words)
            yield _fault(command.line, f"has a password in its {item.keyword}", shown)


def _is_secret(name: str, value: str) -> bool:
    """Say whether a value that stands there itself is a secret; a variable's default in the clear is one too."""
    own = _elsewhere(value)
    if own.startswith("[redacted"):
        return True
    if _SECRET.search(name):
        return bool(own) and _ELSEWHERE not in own and redact_variable(f"{name}={own}") != f"{name}={own}"
    return _hides(own)


def _handed_on(name: str, value: str) -> bool:
    """Say whether an ENV keeps what came as a build argument."""
    return bool(_SECRET.search(name) and _VARIABLE.fullmatch(value))


def _hides(text: str) -> bool:
    return redact(text) != text


def _elsewhere(text: str) -> str:
    """Put a path in the place of each variable, and a default in the place of one that has it."""
    return _VARIABLE.sub(lambda match: match[3] if match[2] == "-" and match[3] else _ELSEWHERE, text)


def _fault(line: int, what: str, shown: str) -> Fault:
    return Fault(line=line, what=what, shown=shown, inferred=True)
