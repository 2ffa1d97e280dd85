"""`sickbay incident`: lists and exports what the database knows, harmlessly for a terminal."""

import json
from pathlib import Path

import pytest

from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import IncidentSeverity, Opening
from tests.unit.command_line.conftest import Run

OPENING = Opening(
    request_id="1", title="checkout\x1b[31m is down", severity=IncidentSeverity.SEV1,
    by="U1", channel="C1", target="local",
)  # fmt: skip


@pytest.fixture
def incidents(run: Run, tmp_path: Path) -> Incidents:
    """The database of the data directory, with one incident."""
    database = Database(sqlite_url(tmp_path / "data" / "sickbay"))
    database.upgrade()
    incidents = Incidents(database)
    incidents.open(OPENING)
    return incidents


@pytest.mark.usefixtures("incidents")
def test_open_incidents_are_listed(run: Run) -> None:
    """Given an incident with a title that would colour a terminal, when listed, then it stands there, harmless."""
    result = run("incident", "list")

    assert result.exit_code == 0
    assert "1 sev1 investigating" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.usefixtures("incidents")
def test_an_incident_is_exported(run: Run) -> None:
    """Given an incident, when exported, then it is Markdown, or JSON where asked for."""
    markdown, exported = run("incident", "export", "1"), run("incident", "export", "1", "--format", "json")

    assert markdown.stdout.startswith("# INC-1: checkout")
    assert json.loads(exported.stdout)["incident"]["target"] == "local"


@pytest.mark.usefixtures("incidents")
def test_an_incident_that_there_is_not_is_told(run: Run) -> None:
    """Given no incident of that number, when exported, then the command ends with where to look."""
    result = run("incident", "export", "9")

    assert result.exit_code == 2
    assert "There is no incident 9." in result.stderr


def test_without_a_database_it_says_who_makes_it(run: Run) -> None:
    """Given no database, when incidents are listed, then the command says that the bot makes it."""
    result = run("incident", "list")

    assert result.exit_code == 2
    assert "the bot makes it" in result.stderr
