"""What several commands share: their options, their exit codes, and how they end on an error."""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sickbay.settings import Secrets, Settings

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration; else SICKBAY_CONFIG, else ./sickbay.yaml where it exists."),
]

LifelineOption = Annotated[int | None, typer.Option("--lifeline", hidden=True)]


class Exit(IntEnum):
    """What a command's exit code means."""

    WELL = 0
    FINDINGS = 1
    USAGE = 2
    BLIND = 3
    INTERRUPTED = 130


class Format(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


FormatOption = Annotated[Format, typer.Option("--format", help="How the report is printed.")]


def fail(message: str, code: int) -> NoReturn:
    """End the command with a message on the error stream, without the secrets that may stand in it."""
    from sickbay.diagnostics.redaction import redact

    typer.echo(redact(message), err=True)
    raise typer.Exit(code)


def settings_or_exit(config: Path | None) -> "Settings":
    """Give the settings, or end the command with all that is wrong with them."""
    from sickbay.settings import SettingsError, load_settings

    try:
        return load_settings(config)
    except SettingsError as error:
        fail(str(error), Exit.USAGE)


def secrets_or_exit() -> "Secrets":
    """Give the secrets of the environment, or end the command with what is wrong with them."""
    from sickbay.settings import SettingsError, load_secrets

    try:
        return load_secrets()
    except SettingsError as error:
        fail(str(error), Exit.USAGE)


def nearest(name: str, known: Iterable[str]) -> str:
    """Give ` Nearest: a, b.` for a name that is not known, or nothing."""
    by_lower = {word.lower(): word for word in known}
    found = [by_lower[word] for word in get_close_matches(name.lower(), list(by_lower), n=3, cutoff=0.5)]
    return f" Nearest: {', '.join(found)}." if found else ""
