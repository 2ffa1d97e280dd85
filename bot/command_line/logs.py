"""`sickbay logs`: the end of the logs of what a scope names, redacted, as in Slack."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.common import ConfigOption, Exit, fail, settings_or_exit
from bot.command_line.diagnose import interrupted, target_or_exit

if TYPE_CHECKING:
    from sickbay.diagnostics.model import Log
    from sickbay.diagnostics.targets import Target


def logs(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A target of the configuration; with no configuration, 'local'.")
    ],
    scope: Annotated[
        str, typer.Argument(metavar="SCOPE", help="A container, service or project; in a cluster NAMESPACE/NAME.")
    ],
    *,
    config: ConfigOption = None,
) -> None:
    """Print the end of the logs of what the scope names, the unwell first, secrets hidden.

    Exits 0 when a log was read, 2 for wrong usage, 3 when none could be.
    """
    settings = settings_or_exit(config)
    chosen = target_or_exit(target, settings)
    try:
        found = _read(chosen, scope, settings.budget_seconds)
    except KeyboardInterrupt:
        interrupted()
    _show(found)


def _read(target: "Target", scope: str, seconds: float) -> "tuple[Log, ...]":
    from sickbay.diagnostics import engine
    from sickbay.diagnostics.budget import Budget
    from sickbay.diagnostics.errors import DiagnosticsError, UnknownScopeError
    from sickbay.diagnostics.targets import Request
    from sickbay.terminal import printable

    try:
        return engine.read_logs(target, Request(scope=scope, logs=True), budget=Budget(seconds))
    except DiagnosticsError as error:
        fail(printable(str(error)), Exit.USAGE if isinstance(error, UnknownScopeError) else Exit.BLIND)


def _show(logs: "tuple[Log, ...]") -> None:
    """Print each log, under its name where there are several, as `tail` does."""
    from sickbay.terminal import printable

    parts = [f"==> {printable(log.name)} <==\n{printable(log.text)}" for log in logs]
    typer.echo("\n\n".join(parts) if len(logs) > 1 else printable(logs[0].text))
