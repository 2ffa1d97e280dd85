"""`sickbay incident`: what the database knows of incidents, in the terminal."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.command_line.common import ConfigOption, Exit, fail, secrets_or_exit, settings_or_exit
from bot.command_line.database import filled_or_exit

HELP = "List incidents, or export one as a post-mortem."


class ExportFormat(StrEnum):
    """How an incident is exported."""

    MARKDOWN = "markdown"
    JSON = "json"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("list")(list_incidents)
    app.command("export")(export)


def list_incidents(
    *,
    everything: Annotated[bool, typer.Option("--all", help="The resolved ones too.")] = False,
    config: ConfigOption = None,
) -> None:
    """List the incidents that are open, the newest first."""
    from sickbay.incidents.database import DatabaseUnavailableError
    from sickbay.incidents.incidents import Incidents
    from sickbay.terminal import one_line

    database = filled_or_exit(settings_or_exit(config), secrets_or_exit())
    try:
        found = Incidents(database).listed(only_open=not everything, limit=1_000)
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    for item in found:
        where = f" on {item.target} {item.scope}".rstrip() if item.target else ""
        opened = f"{item.opened_at:%Y-%m-%d %H:%M}"
        typer.echo(one_line(f"{item.number} {item.severity} {item.state:<13} {opened} {item.title}{where}"))
    if not found:
        typer.echo("No incident is open." if not everything else "There was no incident yet.", err=True)


def export(
    number: Annotated[int, typer.Argument(help="The incident's number.", min=1)],
    *,
    form: Annotated[ExportFormat, typer.Option("--format")] = ExportFormat.MARKDOWN,
    config: ConfigOption = None,
) -> None:
    """Print an incident's post-mortem as Markdown, or all that is known of it as JSON."""
    from sickbay.incidents.database import DatabaseUnavailableError
    from sickbay.incidents.lifecycle import IncidentError
    from sickbay.incidents.postmortem import postmortem
    from sickbay.incidents.stories import Stories

    database = filled_or_exit(settings_or_exit(config), secrets_or_exit())
    try:
        story = Stories(database).story(number)
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    except IncidentError:
        fail(f"There is no incident {number}. `sickbay incident list --all` shows those that there are.", Exit.USAGE)
    if form is ExportFormat.JSON:
        import msgspec

        typer.echo(msgspec.json.format(msgspec.json.encode(story)))
        return
    typer.echo(postmortem(story), nl=False)
