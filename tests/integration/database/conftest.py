"""Every test here that takes `database` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sickbay.incidents.database import Database, sqlite_url
from tests.integration.database.servers import Server, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run one PostgreSQL for all tests of a process."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database in which nothing is yet."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    """Give a database without any table."""
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def database(empty: Database) -> Database:
    """Give a database of the newest version, with no rows."""
    empty.upgrade()
    return empty
