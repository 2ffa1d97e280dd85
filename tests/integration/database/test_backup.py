"""Backups, by the very commands of docs/database.md: what was there at the backup is there after the restore."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sickbay.incidents.database import Database, newest_version, sqlite_url
from tests.integration.database.servers import Server
from tests.integration.database.test_failures import read, write

GUIDE = Path(__file__).parents[3] / "docs" / "database.md"


def commands(section: str, kind: str) -> str:
    """Give the commands that stand under a heading of the guide, for SQLite or for PostgreSQL."""
    _, _, rest = GUIDE.read_text().partition(f"\n## {section}\n")
    blocks = re.findall(r"\n\n((?:    .*\n)+)", rest.partition("\n## ")[0])
    return str(blocks[("sqlite", "postgres").index(kind)])


class Installation:
    """A database where the guide's commands look for it: below HOME, or at DATABASE_URL."""

    def __init__(self, kind: str, url: str, home: Path) -> None:
        self.kind = kind
        self.url = url
        self._home = home

    def does(self, section: str) -> None:
        """Do what the guide says."""
        done = subprocess.run(
            ["sh", "-e", "-c", commands(section, self.kind)],
            cwd=self._home,
            env={**os.environ, "HOME": str(self._home), "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def started(self) -> Database:
        """Open the database as a bot does when it starts."""
        database = Database(self.url)
        database.upgrade()
        return database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield Installation("sqlite", sqlite_url(tmp_path / ".local" / "share" / "sickbay"), tmp_path)
        return
    server: Server = request.getfixturevalue("server")
    yield Installation("postgres", server.database(), tmp_path)


def test_a_backup_taken_while_sickbay_runs_can_be_restored(installation: Installation) -> None:
    """Given a backup of a running bot's database, when it is restored over a later one, then all is as it was then."""
    running = installation.started()
    write(running, "DKR-C101")

    installation.does("Backing up")
    write(running, "DKR-C102")
    running.close()
    installation.does("Restoring")

    restored = installation.started()
    assert read(restored) == ["DKR-C101"]
    write(restored, "DKR-C103")
    assert read(restored) == ["DKR-C101", "DKR-C103"]
    restored.close()


def test_a_restored_database_can_be_backed_up_and_restored_again(installation: Installation) -> None:
    """Given a restored database, when it is backed up and restored once more, then all is still there."""
    for code in ("DKR-C101", "DKR-C102"):
        database = installation.started()
        write(database, code)
        installation.does("Backing up")
        database.close()
        installation.does("Restoring")

    restored = installation.started()
    assert read(restored) == ["DKR-C101", "DKR-C102"]
    restored.close()


def test_a_newer_version_is_gone_after_the_restore(installation: Installation) -> None:
    """Given a database that a newer version migrated, when the backup from before is restored, then this one starts."""
    database = installation.started()
    write(database)
    installation.does("Backing up")
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE of_the_future (id INTEGER)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    installation.does("Restoring")

    restored = installation.started()
    assert restored.version() == newest_version()
    with restored.begin() as connection:
        connection.execute(text("CREATE TABLE of_the_future (id INTEGER)"))
    restored.close()


def test_a_restored_file_is_its_owners_alone_again(tmp_path: Path) -> None:
    """Given SQLite's file as `cp` leaves it, when the bot starts, then nobody else can read it."""
    installation = Installation("sqlite", sqlite_url(tmp_path / ".local" / "share" / "sickbay"), tmp_path)
    installation.started().close()
    installation.does("Backing up")
    file = tmp_path / ".local" / "share" / "sickbay" / "sickbay.db"
    file.unlink()
    installation.does("Restoring")
    assert file.stat().st_mode & 0o077

    installation.started().close()

    assert file.stat().st_mode & 0o777 == 0o600
