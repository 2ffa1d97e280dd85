"""`sickbay lint`: Dockerfiles and Compose files, judged by the same engine as a target."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.common import Exit, Format, FormatOption, fail

if TYPE_CHECKING:
    from sickbay.diagnostics.model import Report

#: How the report names what was linted.
_NAME = "files"


def lint(
    paths: Annotated[
        list[Path],
        typer.Argument(exists=True, metavar="PATH…", help="Dockerfiles, Compose files, or folders that hold some."),
    ],
    *,
    form: FormatOption = Format.TEXT,
) -> None:
    """Say what is wrong with Dockerfiles and Compose files, and on which line.

    Nothing is built, started or fetched. Exits 0 when nothing is wrong, 1 when a finding is shown, 2 for wrong usage, 3
    when there was nothing that could be read.
    """
    from bot.command_line.rendering import show

    try:
        report = _run(paths)
    except KeyboardInterrupt:
        fail("Cancelled.", Exit.INTERRUPTED)
    show(report, form)


def _run(paths: list[Path]) -> "Report":
    from sickbay.diagnostics import engine
    from sickbay.diagnostics.budget import Budget
    from sickbay.diagnostics.platforms.lint.target import LintTarget
    from sickbay.diagnostics.targets import Request

    target = LintTarget(name=_NAME, paths=tuple(paths))
    request = Request(scope=" ".join(map(str, paths)), audit=True)
    return engine.diagnose(target, request, budget=Budget()).report
