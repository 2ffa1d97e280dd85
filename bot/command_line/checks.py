"""`sickbay checks`: what Sickbay looks for, and what each check means."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line.common import Exit, fail, nearest

if TYPE_CHECKING:
    from sickbay.diagnostics.check import Check

HELP = "List the checks, or explain one."


class ListFormat(StrEnum):
    """How the list of checks is printed."""

    TEXT = "text"
    JSON = "json"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("list")(list_checks)
    app.command("explain")(explain)


def list_checks(*, form: Annotated[ListFormat, typer.Option("--format")] = ListFormat.TEXT) -> None:
    """List every check by its code."""
    from sickbay.diagnostics.catalogue import load_checks

    checks = load_checks().values()
    if form is ListFormat.JSON:
        import msgspec

        typer.echo(msgspec.json.encode([_described(check) for check in checks]))
        return
    for check in checks:
        typer.echo(f"{check.code}  {check.severity:<8}  {check.kind:<8}  {check.title}")


def explain(code: Annotated[str, typer.Argument(help="A check's code, such as DKR-C102.")]) -> None:
    """Tell what a check means, how it knows, and what to do."""
    from sickbay.diagnostics.catalogue import load_checks

    checks = load_checks()
    check = checks.get(code.upper())
    if check is None:
        fail(f"There is no check {code!r}.{nearest(code, checks)} `sickbay checks list` has all.", Exit.USAGE)
    typer.echo(f"{check.code} · {check.title} ({check.severity} {check.kind})\n")
    typer.echo(f"{_unindented(check.explanation)}\n\nWhat to do: {check.remedy}")
    if check.explains:
        symptoms = (f"{symptom} {checks[symptom].title}" for symptom in check.explains if symptom in checks)
        typer.echo(f"Explains: {', '.join(symptoms)}.")
    if check.benchmark:
        typer.echo(f"Answers, of the CIS Docker Benchmark: {', '.join(check.benchmark)}.")


def _described(check: "Check[Any]") -> dict[str, object]:
    fields = ("code", "title", "severity", "kind", "explanation", "remedy", "explains", "benchmark")
    return {field: getattr(check, field) for field in fields}


def _unindented(docstring: str) -> str:
    from inspect import cleandoc

    return cleandoc(docstring)
