"""How a command comes to the database: SQLite in the data directory, or the PostgreSQL that DATABASE_URL names."""

from typing import TYPE_CHECKING

from bot.command_line.common import Exit, fail

if TYPE_CHECKING:
    from sickbay.incidents.database import Database
    from sickbay.settings import Secrets, Settings


def open_database(settings: "Settings", secrets: "Secrets") -> "Database":
    """Give the database, which nobody has asked anything yet."""
    from sickbay.incidents.database import Database, sqlite_url

    url = secrets.database_url
    return Database(url.get_secret_value() if url else sqlite_url(settings.data_directory))


def filled_or_exit(settings: "Settings", secrets: "Secrets") -> "Database":
    """Give the database that a bot has made, or end the command."""
    from sickbay.incidents.database import DatabaseUnavailableError

    database = open_database(settings, secrets)
    try:
        if database.version() is None:
            fail(f"{database.name}: holds nothing yet; the bot makes it.", Exit.USAGE)
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    return database


def upgrade_or_exit(database: "Database") -> tuple[str | None, str]:
    """Migrate to the newest version, or end the command with why it cannot be; give from which to which version."""
    from sickbay.incidents.database import DatabaseUnavailableError, DatabaseVersionError

    try:
        return database.upgrade()
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    except DatabaseVersionError as error:
        fail(str(error), Exit.USAGE)
