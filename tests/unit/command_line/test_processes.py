"""`sickbay bot`, `worker`, `recorder`: without what they need, they say what it is, and whether a restart may help."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.command_line import process, up
from sickbay.incidents.database import Database, sqlite_url
from sickbay.settings import load_settings
from sickbay.settings.alerts import VARIABLES
from tests.unit.command_line.conftest import Run


@pytest.mark.parametrize(
    ("command", "variables", "expected"),
    [
        ("worker", {}, "REDIS_URL: is not set"),
        ("recorder", {}, "REDIS_URL: is not set"),
        ("bot", {"REDIS_URL": "redis://nowhere"}, "SLACK_BOT_TOKEN, SLACK_APP_TOKEN: are not set"),
        ("bot", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, "REDIS_URL: is not set"),
        ("bot", {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: is not set"),
        ("up", {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: is not set"),
    ],
)
def test_what_is_missing_is_told(
    command: str, variables: dict[str, str], expected: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a variable that is missing, when a process is started, then it ends with 2 and names the variable."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    result = run(command)

    assert result.exit_code == 2
    assert expected in result.stderr


@pytest.fixture
def nearly(monkeypatch: pytest.MonkeyPatch, run: Run) -> Run:
    """A bot that has all it needs but a database; its logs and signals are left as they are."""
    monkeypatch.setattr(process, "begin", lambda *_: threading.Event())
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "REDIS_URL": "redis://nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    return run


def test_a_bot_without_its_database_may_be_started_again(nearly: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a PostgreSQL that is not there yet, when a bot is started, then it ends with 1: another start may help."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://sickbay:s3cr3t@127.0.0.1:1/team")

    result = nearly("bot")

    assert result.exit_code == 1
    assert "PostgreSQL database team at 127.0.0.1 cannot be used" in result.stderr
    assert "s3cr3t" not in result.stderr


def test_a_bot_refuses_the_database_of_a_newer_one(nearly: Run, tmp_path: Path) -> None:
    """Given a database that a newer Sickbay migrated, when a bot starts, then it ends with 2: no other start helps."""
    database = Database(sqlite_url(tmp_path / "data" / "sickbay"))
    database.upgrade()
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    result = nearly("bot")

    assert result.exit_code == 2
    assert "is of version 9999, which this Sickbay does not know" in result.stderr


@pytest.mark.usefixtures("run")
def test_a_worker_is_not_told_where_the_database_is() -> None:
    """Given `sickbay up`, when its children are listed, then only the bot's environment holds secrets of the bot's."""
    _, worker, recorder = up._children(load_settings(None), None, None)

    slack = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    told = (*slack, "DATABASE_URL", "AUDIT_KEY", *VARIABLES.values())
    assert worker.environment == recorder.environment == {name + end: "" for name in told for end in ("", "_FILE")}
