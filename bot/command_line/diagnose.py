"""`sickbay diagnose`: the same engine as in Slack, in the terminal, with neither Slack nor Redis."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.command_line.common import ConfigOption, Exit, Format, FormatOption, fail, nearest, settings_or_exit

if TYPE_CHECKING:
    from sickbay.diagnostics.engine import Diagnosis
    from sickbay.diagnostics.platform import Progress
    from sickbay.diagnostics.targets import Request, Target
    from sickbay.settings import Settings

NO_TARGET = (
    "There is no target: no Docker engine was found on this machine, and no configuration names one.\n"
    "Start Docker or Podman, or set DOCKER_HOST, or name a target in sickbay.yaml (see sickbay.example.yaml)."
)


#: Behind a target and a scope it asks for what changed, alone.
_CHANGES = "changes"


class Top(StrEnum):
    """By what things can be ranked."""

    CPU = "cpu"
    MEMORY = "memory"
    NET = "net"
    DISK = "disk"
    ERRORS = "errors"


def diagnose(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A target of the configuration; with no configuration, 'local'.")
    ],
    scope: Annotated[
        str,
        typer.Argument(
            metavar="[SCOPE]",
            help="A container, service, project or stack, a registry's image; ONE~OTHER: can they talk? Else all.",
        ),
    ] = "",
    only: Annotated[
        str, typer.Argument(metavar="[changes]", help="The word 'changes': what changed, alone, and nothing judged.")
    ] = "",
    *,
    since: Annotated[str, typer.Option(help="How far back events, exits and logs count: 45s, 30m, 2h, 7d.")] = "24h",
    audit: Annotated[bool, typer.Option("--audit", help="Hygiene too: what is built to fail some day.")] = False,
    top: Annotated[
        Top | None, typer.Option(help="A ranking beside it: who uses most, or fails most (net, disk, errors: Docker).")
    ] = None,
    form: FormatOption = Format.TEXT,
    save: Annotated[Path | None, typer.Option(help="Save what was read, for `sickbay replay`.")] = None,
    config: ConfigOption = None,
) -> None:
    """Diagnose a target and print what is wrong.

    Exits 0 when nothing is wrong, 1 when a finding is shown, 2 for wrong usage, 3 when it could not look at all.
    """
    request = _request(scope, only, since, audit=audit, top=top or "")
    settings = settings_or_exit(config)
    chosen = target_or_exit(target, settings)
    try:
        diagnosis = _run(chosen, request, settings)
    except KeyboardInterrupt:
        interrupted()
    _save(save, diagnosis)
    from bot.command_line.rendering import show

    show(diagnosis.report, form, changes=request.changes)


def _request(scope: str, only: str, since: str, *, audit: bool, top: str) -> "Request":
    from sickbay.diagnostics.targets import Request
    from sickbay.settings.durations import parse_duration

    if not only and scope == _CHANGES:
        scope, only = "", scope
    if only not in {"", _CHANGES}:
        raise typer.BadParameter(f"'{_CHANGES}' may stand there, not {only!r}", param_hint="[changes]")
    try:
        return Request(scope=scope, window=parse_duration(since), audit=audit, top=top, changes=bool(only))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error


def target_or_exit(name: str, settings: "Settings") -> "Target":
    """Give the target of this name, or end the command with those that there are."""
    if not settings.targets:
        fail(NO_TARGET, Exit.BLIND)
    if name not in settings.targets:
        hint = nearest(name, settings.targets)
        fail(f"There is no target {name!r}.{hint} Targets: {', '.join(settings.targets)}.", Exit.USAGE)
    return settings.targets[name]


def _run(target: "Target", request: "Request", settings: "Settings") -> "Diagnosis":
    from sickbay.diagnostics import engine
    from sickbay.diagnostics.budget import Budget
    from sickbay.diagnostics.errors import DiagnosticsError, UnknownRankingError, UnknownScopeError
    from sickbay.terminal import printable

    try:
        with _progress(target) as progress:
            budget, others = Budget(settings.budget_seconds), settings.targets.values()
            return engine.diagnose(target, request, budget=budget, progress=progress, others=others, logs=True)
    except (UnknownScopeError, UnknownRankingError) as error:
        fail(printable(str(error)), Exit.USAGE)
    except DiagnosticsError as error:
        fail(printable(str(error)), Exit.BLIND)


def _progress(target: "Target") -> "AbstractContextManager[Progress]":
    """Show the steps on the error stream while they run, where that is a terminal."""
    if not sys.stderr.isatty():
        return nullcontext(lambda _step: None)
    from bot.command_line.rendering.progress import checklist

    return checklist(target)


def _save(file: Path | None, diagnosis: "Diagnosis") -> None:
    if file is None:
        return
    from sickbay.diagnostics.recordings import save

    try:
        save(file, diagnosis.report.target, diagnosis.snapshot, diagnosis.probes)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}", Exit.USAGE)


def interrupted() -> NoReturn:
    """End at once: threads that wait for an answer would hold the process for seconds."""
    sys.stderr.write("Cancelled.\n")
    sys.stderr.flush()
    os._exit(Exit.INTERRUPTED)
