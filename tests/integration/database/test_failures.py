"""A database that is down, full, read-only or no database: every failure is one kind of error, with what to do."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from sickbay.diagnostics.errors import TemporaryError
from sickbay.incidents import database as module
from sickbay.incidents.database import Database, DatabaseUnavailableError, sqlite_url
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.tables import AUDIT_HEAD
from sickbay.jobs.model import Mute
from tests.integration.database.servers import Server, postgres

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def write(database: Database, code: str = "DKR-C101") -> None:
    Mutes(database).mute("local", "C1", Mute(code=code, subject="container/a", until=NOW + timedelta(days=1), by="U1"))


def read(database: Database) -> list[str]:
    return [mute.code for mute in Mutes(database).active("local", "C1", NOW)]


def again(database: Database) -> Database:
    """Open the same database as another bot does."""
    return Database(database._engine.url.render_as_string(hide_password=False).replace("+psycopg", "", 1))


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path))
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def fragile() -> Iterator[Server]:
    """Run a PostgreSQL that a test may stop."""
    with postgres() as server:
        yield server


def test_the_file_and_its_directory_are_their_owners_alone(tmp_path: Path) -> None:
    """Given no directory yet, when the database is made and written, then nobody else can read any of its files."""
    database = Database(sqlite_url(tmp_path / "data"))
    database.upgrade()
    write(database)

    files = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "data").iterdir()}

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert files.keys() >= {"sickbay.db", "sickbay.db-wal"}
    assert set(files.values()) == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    """Given a database file that all may read, when a bot starts, then they may not any more."""
    (tmp_path / "sickbay.db").touch(0o644)

    Database(sqlite_url(tmp_path)).upgrade()

    assert (tmp_path / "sickbay.db").stat().st_mode & 0o777 == 0o600


def test_sqlite_keeps_what_it_committed_and_what_it_refers_to(sqlite: Database) -> None:
    """Given SQLite, when it is looked at, then it writes through to the disk, checks references, and uses a log."""
    with sqlite.read() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]

    assert found == ["wal", 2, 1]


def test_a_full_disk(sqlite: Database) -> None:
    """Given a disk with no room, when a row is written, then it is said where to look, and reading goes on."""
    write(sqlite, "DKR-C101")
    with sqlite._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    with pytest.raises(DatabaseUnavailableError, match=r"sickbay\.db cannot be used: database or disk is full\. Look"):
        write(sqlite, "DKR-" + "0" * 100_000)

    assert "DKR-C101" in read(sqlite)


def test_a_read_only_disk(sqlite: Database) -> None:
    """Given a database that cannot be written, when a row is, then the failure is one that may pass."""
    with sqlite._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")

    with pytest.raises(TemporaryError, match=r"attempt to write a readonly database\. Look whether its directory"):
        write(sqlite)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Given a file of another kind in its place, when a bot starts, then it says so and leaves the file alone."""
    (tmp_path / "sickbay.db").write_text("not a database" * 100)

    with pytest.raises(DatabaseUnavailableError, match="file is not a database"):
        Database(sqlite_url(tmp_path)).upgrade()

    assert (tmp_path / "sickbay.db").read_text() == "not a database" * 100


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """Given a file where the data directory should be, when a bot starts, then it says so."""
    (tmp_path / "data").touch()

    with pytest.raises(DatabaseUnavailableError, match="cannot be used"):
        Database(sqlite_url(tmp_path / "data")).upgrade()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """Given a write, when something fails after it in its transaction, then it does not stand."""

    def fail_after_a_write() -> None:
        with database.begin() as connection:
            connection.execute(text("INSERT INTO audit_head VALUES (1, 1, 'mac', 'seal')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_a_write()

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_head")).scalar_one() == 0


def test_writers_lose_nothing_of_each_other(database: Database) -> None:
    """Given the threads of two bots that add to one number, when all are done, then it holds the sum."""
    other = again(database)
    with database.begin() as connection:
        connection.execute(text("INSERT INTO audit_head VALUES (1, 0, 'mac', 'seal')"))

    def add(through: Database) -> None:
        for _ in range(10):
            with through.begin() as connection:
                number = connection.execute(select(AUDIT_HEAD.c.sequence).with_for_update()).scalar_one()
                connection.execute(update(AUDIT_HEAD).values(sequence=number + 1))

    threads = [threading.Thread(target=add, args=(through,)) for through in [database, other] * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert connection.execute(text("SELECT sequence FROM audit_head")).scalar_one() == 160
    other.close()


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    """Given a transaction that has written and goes on, when another reads, then it gets what stood before."""
    write(database)

    with database.begin() as connection:
        connection.execute(text("DELETE FROM mutes"))
        assert read(database) == ["DKR-C101"]

    assert read(database) == []


def test_a_lock_that_is_never_released(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given another process that holds a lock, when a row is written, then it fails in bounded time."""
    monkeypatch.setattr(module, "_PATIENCE", 1)
    other = again(database)
    write(database)

    with database.begin() as connection:
        connection.execute(text("UPDATE mutes SET muted_by = 'U2'"))
        with pytest.raises(DatabaseUnavailableError):
            write(other)
    other.close()


def test_a_thread_that_never_ends_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a thread that writes and does not end, when another writes, then it is told so in bounded time."""
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    database = Database(sqlite_url(tmp_path))
    database.upgrade()

    with database.begin(), pytest.raises(DatabaseUnavailableError, match="it is locked"):
        write(database)
    database.close()


def test_people_are_told_within_slacks_three_seconds() -> None:
    """Given the time that a request waits for the database, when compared with Slack's, then it is shorter."""
    assert module._PATIENCE < 3


@pytest.mark.postgres
def test_a_server_that_was_away_is_used_again(fragile: Server) -> None:
    """Given a server that fails and comes back, when rows are written, then only those of meanwhile are refused."""
    database = Database(fragile.database())
    database.upgrade()
    write(database, "DKR-C101")

    fragile.stop()
    with pytest.raises(DatabaseUnavailableError, match="Look whether it runs and whether DATABASE_URL is right"):
        write(database, "DKR-C102")
    fragile.start()
    write(database, "DKR-C103")
    fragile.stop()
    fragile.start()
    write(database, "DKR-C104")

    assert read(database) == ["DKR-C101", "DKR-C103", "DKR-C104"]
    database.close()


@pytest.mark.postgres
def test_a_server_that_only_reads(server: Server) -> None:
    """Given a server that was turned into a standby, when a row is written, then the failure is one that may pass."""
    url = server.database()
    database = Database(url)
    database.upgrade()
    with database.begin() as connection:
        connection.execute(
            text(f"ALTER DATABASE {url.partition('@/')[2].partition('?')[0]} SET default_transaction_read_only = on")
        )
    database.close()

    with pytest.raises(DatabaseUnavailableError, match="read-only transaction"):
        write(database)

    assert read(database) == []
    database.close()


def test_no_server_at_all() -> None:
    """Given an address where nobody listens, when a bot starts, then the place is told, and the password is not."""
    database = Database("postgresql://sickbay:s3cr3t@127.0.0.1:1/team")

    with pytest.raises(DatabaseUnavailableError) as raised:
        database.upgrade()

    assert "PostgreSQL database team at 127.0.0.1 cannot be used" in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize("call", [Database.upgrade, Database.version, read, write])
def test_what_is_refused_is_refused_by_one_kind_of_error(call: Callable[[Database], object]) -> None:
    """Given a server that is not there, when anything is asked of it, then it is the same error."""
    with pytest.raises(DatabaseUnavailableError):
        call(Database("postgresql://sickbay@127.0.0.1:1/team"))
