"""Print a report: as text for a person, as JSON for a program, as Markdown for an issue or a page."""

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from bot.command_line.common import Exit, Format

if TYPE_CHECKING:
    from sickbay.diagnostics.model import Report


def show(report: "Report", form: Format, *, changes: bool = False) -> NoReturn:
    """Print the report and end the command with the exit code it calls for.

    `changes` says that nothing else was asked for.
    """
    if form is Format.JSON:
        import msgspec

        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    elif form is Format.MARKDOWN:
        from bot.command_line.rendering.markdown import markdown

        sys.stdout.write(markdown(report, changes=changes))
    else:
        from bot.command_line.rendering.text import print_report

        print_report(report, sys.stdout, changes=changes)
    raise typer.Exit(exit_code(report))


def exit_code(report: "Report") -> Exit:
    """Give the exit code that says what the report found."""
    if report.blind:
        return Exit.BLIND
    return Exit.FINDINGS if report.findings else Exit.WELL
