"""`sickbay config`: check the configuration, and describe it to editors."""

import json

import typer

from bot.command_line.common import ConfigOption, secrets_or_exit, settings_or_exit

HELP = "Check the configuration, or print its schema."


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("validate")(validate)
    app.command("schema")(schema)


def validate(*, config: ConfigOption = None) -> None:
    """Check the configuration and the environment; all that is wrong is told at once. Exits 2 when something is."""
    settings = settings_or_exit(config)
    secrets_or_exit()
    names = ", ".join(f"{target.name} ({target.platform})" for target in settings.targets.values())
    typer.echo(f"{settings.file or 'No file: built-in defaults'}: valid. Targets: {names or 'none'}.")


def schema() -> None:
    """Print the JSON schema of sickbay.yaml, for editors."""
    from sickbay.settings.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
