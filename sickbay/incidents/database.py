"""The database: SQLite in the data directory, or PostgreSQL where there is more than one bot.

Every failure to reach it, to read or to write becomes DatabaseUnavailableError, whose message says what to do and holds
no secret.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Executable, Table, create_engine, event, exc, make_url, not_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from sickbay.diagnostics.errors import PermanentError, TemporaryError

if TYPE_CHECKING:
    from alembic.config import Config

#: Seconds to wait for a connection, for another's lock, and for one statement: who asks in Slack is to be told why it
#: failed before Slack's own three seconds are over.
_PATIENCE = 2.5
#: What `postgres` connections are given, where the address does not say otherwise: a server that vanished is noticed.
_POSTGRES = {
    "connect_timeout": "3",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "sickbay",
}
#: Names the lock under which one bot at a time migrates a PostgreSQL database.
_MIGRATION_LOCK = 0x5349_434B
#: An option of a connection's execution: it only reads.
_READS = "sickbay_reads"


class DatabaseUnavailableError(TemporaryError):
    """Raised when the database cannot be reached, read or written. What was written may stand: repeat harmlessly."""

    def __init__(self, message: str) -> None:
        super().__init__(message, delay=5.0)


class DatabaseVersionError(PermanentError):
    """Raised when the database is not of a version that this Sickbay can migrate, which a newer one leaves behind."""


def sqlite_url(data_directory: Path) -> str:
    """Give the address of the database in the data directory."""
    return URL.create("sqlite", database=str(data_directory / "sickbay.db")).render_as_string()


class Database:
    """Holds the connections. `url` is what `sqlite_url` gives, or `postgresql://…`; nothing is opened yet."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        self._file = Path(parts.database or "") if parts.drivername == "sqlite" else None
        if self._file:
            self.name = str(self._file)
            # SQLite's writers look again at intervals, some for seconds; threads that queue here are served in turn.
            self._turn = threading.Lock()
            self._engine = create_engine(parts, connect_args={"timeout": _PATIENCE}, pool_timeout=_PATIENCE)
            event.listen(self._engine, "connect", _set_up_sqlite)
        else:
            self.name = f"PostgreSQL database {parts.database or ''} at {parts.host or 'its socket'}"
            address = parts.set(drivername="postgresql+psycopg", query={**_POSTGRES, **parts.query})
            self._engine = create_engine(
                address, connect_args={"prepare_threshold": None}, pool_pre_ping=True, pool_timeout=_PATIENCE
            )
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in one transaction, committed at the end. Raises DatabaseUnavailableError."""
        with self._available(), self._in_turn(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        if not self._turn.acquire(timeout=_PATIENCE):
            raise TimeoutError("it is locked")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that only reads, and so waits for no writer. Raises DatabaseUnavailableError."""
        with self._available(), self._engine.connect() as connection:
            yield connection.execution_options(**{_READS: True})

    def upgrade(self) -> tuple[str | None, str]:
        """Migrate to the newest version; give the version from which and to which. Two at once are safe.

        Raises DatabaseUnavailableError, and DatabaseVersionError where a newer Sickbay has migrated it.
        """
        from alembic import command
        from alembic.util import CommandError

        with self._made(), self.begin() as connection:
            if self._file is None:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config = _migrations()
            config.attributes["connection"] = connection
            before = _version(connection)
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise DatabaseVersionError(
                    f"{self.name} is of version {before}, which this Sickbay does not know: a newer one migrated it. "
                    "Start that one, or restore the backup from before."
                ) from error
            after = _version(connection)
        return before, after or ""

    def version(self) -> str | None:
        """Give the version the database is of, or None where it holds nothing yet. Raises DatabaseUnavailableError."""
        if self._file and not self._file.exists():
            return None
        with self.read() as connection:
            return _version(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _available(self) -> Iterator[None]:
        try:
            yield
        except (exc.IntegrityError, exc.DataError):
            raise
        except exc.DBAPIError as error:
            raise self._unavailable(str(error.orig)) from error
        except (exc.TimeoutError, sqlite3.Error, OSError) as error:
            raise self._unavailable(str(error)) from error

    def _unavailable(self, reason: str) -> DatabaseUnavailableError:
        advice = (
            "Look whether its directory can be written and its disk has room"
            if self._file
            else "Look whether it runs and whether DATABASE_URL is right"
        )
        first = reason.strip().partition("\n")[0]
        return DatabaseUnavailableError(f"{self.name} cannot be used: {first}. {advice}.")

    @contextmanager
    def _made(self) -> Iterator[None]:
        """Make SQLite's file, its owner's alone as are the two that SQLite puts beside it; one process at a time.

        Of two that set up a new file at once, SQLite may refuse one, however long that one is ready to wait.
        """
        if self._file is None:
            yield
            return
        with self._available():
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            directory = os.open(self._file.parent, os.O_RDONLY)
        try:
            with self._available():
                fcntl.flock(directory, fcntl.LOCK_EX)
                self._file.touch(0o600)
                self._file.chmod(0o600)
            yield
        finally:
            os.close(directory)


def upsert(
    connection: Connection, table: Table, values: Mapping[str, object], *, unless: ColumnElement[bool] | None = None
) -> Executable:
    """Give the statement that writes a row, over the one of the same key, unless `unless` holds for that one."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(values)
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in values if name not in keys},
        where=None if unless is None else not_(unless),
    )


def insert_once(
    connection: Connection, table: Table, values: Mapping[str, object] | Sequence[Mapping[str, object]]
) -> sqlite.Insert | postgresql.Insert:
    """Give the statement that writes a row, or several, each unless one with a key of it is there."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return insert(table).values(values).on_conflict_do_nothing()


def newest_version() -> str:
    """Give the version that `upgrade` migrates to."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_migrations()).get_current_head() or ""


def _migrations() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "sickbay.incidents:migrations")
    return config


def _version(connection: Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Begin transactions ourselves, and let readers and one writer work side by side."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A writer waits for its turn here, where it can: one that begins as a reader is refused at its first write.
        reads = connection.get_execution_options().get(_READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{_PATIENCE * 1000:.0f}ms'")
