"""Ask Compose itself (`docker compose config`) what it thinks of files of this machine, where the command is there.

It reads a file and what that refers to beside it, talks to no engine, and starts nothing. It is asked only about files
that stand by themselves: what a file includes or extends may have to be fetched. Its word goes over the schema's, which
is that of one day; but the schema tells the lines, so where both refuse a file the schema's problems are told.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from shutil import which

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector.program import Answer, FailedError, run
from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Problem

#: Seconds for one file, and files asked about at the same time.
SECONDS, AT_ONCE = 10.0, 4
_UNSET = re.compile(r'The \\?"(\w+)\\?" variable is not set')
#: What the file asks of whoever starts it (`${NAME:?}`) is no fault of the file.
_ASKED_FOR = re.compile(r"required variable \w+ is missing a value")
_LINE = re.compile(r"\bline (\d+)")
_LONGEST = 300


def asked(
    files: Mapping[Path, ComposeFile], texts: Mapping[Path, str], budget: Budget, gaps: list[Gap]
) -> dict[Path, ComposeFile]:
    """Give the files with what Compose says of them. Raises CancelledError."""
    fit = [path for path, file in files.items() if file.services and _stands_alone(file)]
    docker = _command(budget) if fit else None
    if docker is None:
        return dict(files)
    crew = Crew(AT_ONCE, budget)
    try:
        coming = {path: crew.submit(partial(_ask, docker, path, budget)) for path in fit}
        heard: dict[Path, ComposeFile] = {}
        for path, answer in coming.items():
            try:
                heard[path] = _heard(files[path], crew.wait(answer), texts[path])
            except (FailedError, OutOfTimeError) as error:
                why = str(error) or "the time was up"
                gaps.append(Gap(what=f"what docker compose would say of {path}", reason=why))
    finally:
        crew.close()
    return {path: heard.get(path, file) for path, file in files.items()}


def _stands_alone(file: ComposeFile) -> bool:
    return not (file.partial or file.legacy or any(service.extends for service in file.services))


def _command(budget: Budget) -> Sequence[str] | None:
    """Give the command, or nothing where docker or its plugin for Compose is not there."""
    docker = which("docker")
    if docker is None:
        return None
    try:
        there = run([docker, "compose", "version"], budget, most=SECONDS).code == 0
    except FailedError:
        return None
    return (docker, "compose") if there else None


def _ask(command: Sequence[str], path: Path, budget: Budget) -> Answer:
    return run([*command, "--file", path.absolute(), "config", "--quiet"], budget, most=SECONDS)


def _heard(file: ComposeFile, answer: Answer, text: str) -> ComposeFile:
    names = dict.fromkeys(_UNSET.findall(answer.errors))
    unset = tuple(
        Problem(_line_of(name, text), f"takes the variable {name}, which nothing sets here", inferred=True)
        for name in names
    )
    if answer.code == 0:
        return replace(file, problems=unset)
    if file.problems or _ASKED_FOR.search(answer.errors):
        return replace(file, problems=(*file.problems, *unset))
    said = (answer.errors.splitlines() or ["it exits with an error"])[-1][:_LONGEST]
    line = _LINE.search(said)
    return replace(file, problems=(Problem(int(line[1]) if line else 0, f"is refused by Compose: {said}"), *unset))


def _line_of(name: str, text: str) -> int:
    found = re.search(rf"\$\{{?{name}\b", text)
    return text.count("\n", 0, found.start()) + 1 if found else 0
