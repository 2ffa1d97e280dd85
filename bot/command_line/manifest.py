"""`sickbay manifest`: what to give Slack to make the app of."""

from typing import Annotated

import typer

from bot.command_line.common import Exit, fail


def manifest(
    *,
    url: Annotated[
        str | None,
        typer.Option(help="For HTTP mode: where Slack reaches the bot, such as https://sickbay.example.com."),
    ] = None,
) -> None:
    """Print the manifest of the Slack app: for Socket Mode, or with --url for HTTP mode."""
    from bot.manifest import as_yaml

    # Slack itself sends to nothing else; http:// is for a workspace on this machine.
    if url and not url.startswith(("https://", "http://")):
        fail(f"--url must begin with https:// and not be {url!r}.", Exit.USAGE)
    typer.echo(as_yaml(url), nl=False)
