"""`sickbay audit`: a log that was changed is told with its first wrong row, and all rows can be taken out."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from sqlalchemy import delete, update

from bot.command_line.audit import audit_key_or_exit
from sickbay.incidents.audit import Audit, Entry
from sickbay.incidents.audit_key import key_in
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.tables import AUDIT
from sickbay.settings import load_secrets, load_settings
from tests.unit.command_line.conftest import Run


@pytest.fixture
def database(run: Run, tmp_path: Path) -> Database:
    """The database of the data directory, with three entries: of ten days ago, of an hour ago, of now."""
    directory = tmp_path / "data" / "sickbay"
    database = Database(sqlite_url(directory))
    database.upgrade()
    audit = Audit(database, key_in(directory))
    for age in (timedelta(days=10), timedelta(hours=1), timedelta()):
        audit.append(
            Entry(
                at=datetime.now(UTC) - age, actor="U1", channel="C1", action="logs", target="prod",
                detail="logs\nweb", rule="on call", outcome="accepted",
            )
        )  # fmt: skip
    return database


@pytest.mark.usefixtures("database")
def test_a_sound_log_is_confirmed_with_its_head(run: Run) -> None:
    """Given a log, when it is verified, and again with the head that was told, then it is sound both times."""
    result = run("audit", "verify")
    head = result.stdout.rpartition("Head: ")[2].strip()

    assert result.exit_code == 0
    assert result.stdout.startswith("3 rows are as they were written. Head: 3:")
    assert run("audit", "verify", "--head", head).exit_code == 0


def test_a_changed_row_is_told(run: Run, database: Database) -> None:
    """Given a changed row, when the log is verified, then it is named, and the command ends with 1."""
    with database.begin() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == 2).values(actor="U2"))

    result = run("audit", "verify")

    assert result.exit_code == 1
    assert result.stderr.startswith("The audit log is broken: row 2 is not as it was written")
    assert result.stderr.endswith("Before that, 1 rows are as they were written.\n")


def test_a_log_that_was_put_back_is_told_by_its_head(run: Run, database: Database) -> None:
    """Given a head that was exported, when the log is shorter or another, then the command ends with 1."""
    result = run("audit", "verify", "--head", f"7:{'0' * 64}")

    assert result.exit_code == 1
    assert "the end is cut off: the exported head is row 7" in result.stderr
    assert "row 2 is not the one that was the exported head" in run("audit", "verify", "--head", f"2:{'0' * 64}").stderr


@pytest.mark.parametrize("head", ["7", "x:y", f"7:{'g' * 64}", f"-1:{'0' * 64}", f"7:{'0' * 64} "])
def test_what_is_no_head_is_refused(run: Run, head: str) -> None:
    """Given an option that is no head, when the log is verified, then it says what one looks like."""
    result = run("audit", "verify", "--head", head)

    assert result.exit_code == 2
    assert "--head: allowed is SEQUENCE:MAC" in result.stderr


@pytest.mark.usefixtures("database")
def test_rows_are_exported_as_json_lines(run: Run) -> None:
    """Given a log, when it is exported, then each row is a line with its macs."""
    result = run("audit", "export")

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["sequence"] for row in rows] == [1, 2, 3]
    assert rows[0]["detail"] == "logs\nweb"
    assert rows[1]["previous"] == rows[0]["mac"]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("since", "rows"), [("30m", 1), ("2h", 2), ("30d", 3)])
def test_rows_of_a_time_are_exported(run: Run, since: str, rows: int) -> None:
    """Given a log, when what is not older than a time is exported, then older rows are left out."""
    assert len(run("audit", "export", "--since", since).stdout.splitlines()) == rows


def test_a_time_that_is_none_is_refused(run: Run) -> None:
    """Given a time without its unit, when the log is exported, then it is told which form is allowed."""
    result = run("audit", "export", "--since", "7")

    assert result.exit_code == 2
    assert result.stderr.startswith("--since: allowed is a number and its unit")


@pytest.mark.parametrize("command", ["verify", "export"])
def test_without_a_database_there_is_nothing_to_prove(run: Run, tmp_path: Path, command: str) -> None:
    """Given no database, when its log is asked for, then that is told, and nothing is made."""
    result = run("audit", command)

    assert result.exit_code == 2
    assert "holds nothing yet" in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("database")
def test_the_key_of_the_environment_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given another key in the environment, when the log is verified, then the key is named as a cause."""
    monkeypatch.setenv("AUDIT_KEY", "another key, which is long enough")

    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "or the key is not the one that it was written with" in result.stderr


def test_an_empty_log_is_sound(run: Run, database: Database) -> None:
    """Given a database in which nobody has asked anything, when its log is verified, then nothing is wrong."""
    with database.begin() as connection:
        connection.execute(delete(AUDIT))
        connection.exec_driver_sql("DELETE FROM audit_head")

    assert run("audit", "verify").stdout == "0 rows are as they were written.\n"


def test_bots_that_share_a_database_must_share_the_key(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given PostgreSQL and no key, when a bot starts, then it is told how to make one, and none is made."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.com/sickbay")

    with pytest.raises(typer.Exit) as ended:
        audit_key_or_exit(load_settings(), load_secrets())

    assert ended.value.exit_code == 2
    assert "openssl rand -hex 32" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_the_key_is_found_in_the_environment_or_made(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given no key, when a bot starts with SQLite, then one is made; one in the environment stands above it."""
    made = audit_key_or_exit(load_settings(), load_secrets())
    monkeypatch.setenv("AUDIT_KEY", "k" * 32)

    assert made == (tmp_path / "data" / "sickbay" / "audit.key").read_bytes()
    assert audit_key_or_exit(load_settings(), load_secrets()) == b"k" * 32
