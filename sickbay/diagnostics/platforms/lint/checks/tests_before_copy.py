"""A build runs tests before it has copied them."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.shell import commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot, Stage

_RUNNERS = re.compile(
    r"\b(?:phpunit|pytest|py\.test|nosetests|tox|rspec|jest|mocha|vitest|ctest|python3? -m unittest"
    r"|(?:npm|yarn|pnpm|cargo|go|make|rake|mvn|gradle|dotnet|composer)\s+(?:run\s+)?test)\b"
)
_TESTS = re.compile(r"(?:^|[/._-])(?:tests?|specs?|__tests__)(?:$|[/._-])", re.IGNORECASE)
_INSTALLS = re.compile(r"\b(?:install|add|require|get|i|ci)\b")


@check(
    "LNT-112",
    title="Tests before their files",
    severity=Severity.MEDIUM,
    remedy="Copy before you test; best in a stage of its own, which `docker build --target test` runs.",
)
def tests_before_copy(lint: Snapshot) -> Iterator[Finding]:
    """A RUN starts a test runner, and only a later instruction copies the tests.

    The runner finds nothing then, and either fails the build or passes without having tested anything. A stage named
    `test` keeps tests and their tools out of the image: the stages behind it do not need it, so that only
    `--target test` builds it, as Dockunit's containers did once.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, _faults(file))


def _faults(file: Dockerfile) -> Iterator[Fault]:
    for stage in file.stages:
        brings = _brings_tests(stage)
        for item in stage.all("RUN"):
            if brings and item.line < brings.line and (runner := _runner(item)):
                what = f"runs {runner} before line {brings.line} copies the tests"
                yield Fault(line=item.line, what=what, shown=item.text, inferred=True)


def _runner(item: Instruction) -> str:
    for command in commands(item):
        found = _RUNNERS.search(command.text)
        if found and not _INSTALLS.search(command.text[: found.start()]):
            return found[0]
    return ""


def _brings_tests(stage: Stage) -> Instruction | None:
    """Give the first instruction of the stage that copies tests, or everything."""
    for item in stage.all("COPY", "ADD"):
        if any(_TESTS.search(word) or word in {".", "./"} for word in item.words[:-1]):
            return item
    return None
