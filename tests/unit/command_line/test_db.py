"""`sickbay db`: the database's version is told, and brought up to the newest."""

from pathlib import Path

import pytest

from sickbay.incidents.database import newest_version
from tests.unit.command_line.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where SQLite's file is looked for."""
    return tmp_path / "data" / "sickbay" / "sickbay.db"


def test_a_new_database_is_made(run: Run, file: Path) -> None:
    """Given no database, when it is upgraded, then it is told from nothing, and a second time that nothing is to do."""
    first, second = run("db", "upgrade"), run("db", "upgrade")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == f"{file}: version {newest_version()}, migrated from nothing.\n"
    assert second.stdout == f"{file}: version {newest_version()}, the newest already.\n"


def test_the_status_of_no_database_makes_none(run: Run, file: Path) -> None:
    """Given no database, when its status is asked for, then what to do is told, the code is 1, and nothing is made."""
    result = run("db", "status")

    assert result.exit_code == 1
    assert f"{file}: empty; the newest is {newest_version()}.\n`sickbay db upgrade` migrates it" in result.stdout
    assert not file.parent.exists()


def test_the_status_of_the_newest(run: Run, file: Path) -> None:
    """Given a database of the newest version, when its status is asked for, then it says so, and the code is 0."""
    run("db", "upgrade")

    result = run("db", "status")

    assert (result.exit_code, result.stdout) == (0, f"{file}: version {newest_version()}, the newest.\n")


@pytest.mark.parametrize("command", ["status", "upgrade"])
def test_a_server_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Given the address of no server, when the database is asked for, then the place is told and not the password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://sickbay:s3cr3t@127.0.0.1:1/team")

    result = run("db", command)

    assert result.exit_code == 1
    assert "PostgreSQL database team at 127.0.0.1 cannot be used" in result.stderr
    assert "s3cr3t" not in result.stderr


def test_a_file_that_is_no_database(run: Run, file: Path) -> None:
    """Given a file of another kind in its place, when it is upgraded, then that is told with no stack trace."""
    file.parent.mkdir(parents=True)
    file.write_text("not a database" * 100)

    result = run("db", "upgrade")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"{file} cannot be used: file is not a database. Look")
