"""`sickbay replay`: run today's checks over a saved snapshot."""

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line.common import Exit, Format, FormatOption, fail


def replay(
    file: Annotated[Path, typer.Argument(help="A file that `sickbay diagnose --save` wrote.")],
    *,
    form: FormatOption = Format.TEXT,
) -> None:
    """Judge a saved snapshot again, without reaching for its target. Exits as `diagnose` does."""
    from bot.command_line.rendering import show
    from sickbay.diagnostics import recordings
    from sickbay.diagnostics.errors import SnapshotFormatError

    try:
        report = recordings.replay(file)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", Exit.USAGE)
    except SnapshotFormatError as error:
        fail(str(error), Exit.USAGE)
    show(report, form)
