"""`sickbay db`: look at the database's version, and migrate it."""

import typer

from bot.command_line.common import ConfigOption, Exit, fail, secrets_or_exit, settings_or_exit
from bot.command_line.database import open_database, upgrade_or_exit

HELP = "Migrate the database, or say of which version it is."


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("upgrade")(upgrade)
    app.command("status")(status)


def upgrade(*, config: ConfigOption = None) -> None:
    """Migrate the database to the newest version, as the bot does when it starts."""
    database = open_database(settings_or_exit(config), secrets_or_exit())
    before, after = upgrade_or_exit(database)
    done = "the newest already" if before == after else f"migrated from {before or 'nothing'}"
    typer.echo(f"{database.name}: version {after}, {done}.")


def status(*, config: ConfigOption = None) -> None:
    """Say of which version the database is. Exits 1 when it is not the newest, or cannot be read."""
    database = open_database(settings_or_exit(config), secrets_or_exit())
    from sickbay.incidents.database import DatabaseUnavailableError, newest_version

    try:
        version, newest = database.version(), newest_version()
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    if version == newest:
        typer.echo(f"{database.name}: version {version}, the newest.")
        return
    typer.echo(f"{database.name}: {f'version {version}' if version else 'empty'}; the newest is {newest}.")
    typer.echo("`sickbay db upgrade` migrates it, and the bot does when it starts.")
    raise typer.Exit(Exit.FINDINGS)
