"""A database that is full or only reads, with real alerts and people before it: both are told, nothing is half done."""

import http.client
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.pool import ConnectionPoolEntry

from bot.alerts import AlertEndpoint
from bot.app import Team, guard_of
from handlers.incidents import IncidentDesk
from sickbay.health import HealthServer
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.incidents.alerts.senders import senders_of
from sickbay.incidents.audit import Audit
from sickbay.incidents.database import Database
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.incidents.tables import ALERTS, INCIDENTS, OUTBOX, TIMELINE
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination
from tests.unit.incidents.alert_payloads import Json, alertmanager, prometheus_alert

SECRET = "of-the-sender-0123456789"
SETTINGS = AlertSettings.model_validate(
    {"senders": ["alertmanager"], "incidents": [{"severity": "sev2", "channel": "C0OPS"}]}
)
#: More than the pages that a small SQLite has to spare.
MANY = [prometheus_alert(fingerprint=f"f{number}", labels={"alertname": "x" * 400}) for number in range(200)]

#: What PostgreSQL says of a full disk, at the tenth alert, or at the first thing that a person did.
_NO_ROOM = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_TABLE_NAME = 'alerts' THEN
    IF (SELECT count(*) FROM alerts) < 10 THEN RETURN NEW; END IF;
  ELSIF left(NEW.author, 1) <> 'U' THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$
"""

Refusal = Callable[[Database], AbstractContextManager[object]]


@contextmanager
def refused_by_sqlite(database: Database, pragma: str) -> Iterator[None]:
    """Have each connection of a SQLite database begin with a pragma."""

    def limit(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute(pragma)

    event.listen(database._engine, "connect", limit)
    database.close()
    try:
        yield
    finally:
        event.remove(database._engine, "connect", limit)
        database.close()


@contextmanager
def full(database: Database) -> Iterator[None]:
    """Leave a database no room: SQLite's file may grow no further, PostgreSQL fails as where its disk is full."""
    if database._engine.dialect.name == "sqlite":
        with refused_by_sqlite(database, "PRAGMA max_page_count = 1"):
            yield
        return
    with database.begin() as connection:
        connection.execute(text(_NO_ROOM))
        for table in ("alerts", "timeline"):
            connection.execute(
                text(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
            )
    try:
        yield
    finally:
        with database.begin() as connection:
            connection.execute(text("DROP FUNCTION refuse CASCADE"))


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Have a database only read, as a standby or a disk that failed does."""
    if database._engine.dialect.name == "sqlite":
        with refused_by_sqlite(database, "PRAGMA query_only = ON"):
            yield
        return
    _let_read(database, only="on")
    try:
        yield
    finally:
        _let_read(database, only="off")


def _let_read(database: Database, *, only: str) -> None:
    with database._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = off")
        name = database._engine.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = {only}")
    database.close()


REFUSALS = pytest.mark.parametrize("refusal", [full, read_only])


def written(database: Database) -> Mapping[str, int]:
    """Count what stands there."""
    tables = (ALERTS, INCIDENTS, TIMELINE, OUTBOX)
    with database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


@pytest.fixture
def send(database: Database) -> Iterator[Callable[[Sequence[Json]], tuple[int, str | None]]]:
    """Give what sends alerts by HTTP to a bot with that database; it gives the status, and when to try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    endpoint = AlertEndpoint(
        senders_of(SETTINGS, dict.fromkeys(SenderName, SECRET)), Alerts(database, SETTINGS, {}).take
    )

    def send(alerts: Sequence[Json]) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {SECRET}"}
            connection.request("POST", "/alerts/alertmanager", alertmanager(*alerts), headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After")
        finally:
            connection.close()

    with HealthServer("127.0.0.1", port, lambda: "", endpoint.routes):
        yield send
    endpoint.close()


@REFUSALS
def test_the_sender_of_alerts_is_to_try_again(
    database: Database, send: Callable[[Sequence[Json]], tuple[int, str | None]], refusal: Refusal
) -> None:
    """Given a database that takes no more, when 200 alerts are sent, then 503, none of them stands; later all do."""
    with refusal(database):
        assert send(MANY) == (503, "5")
        assert set(written(database).values()) == {0}

    assert send(MANY)[0] == 200
    assert (written(database)["alerts"], written(database)["incidents"]) == (200, 1)


@REFUSALS
def test_who_opens_an_incident_is_told_kindly(database: Database, refusal: Refusal) -> None:
    """Given a database that takes no more, when Alice opens an incident, then she is told, and nothing stands."""
    team = Team(
        policy=Policy((Rule(name="all", do=(Action.INCIDENT,), users=("U0ALICE",)),)),
        groups_of=lambda _user: frozenset(),
        database=database,
        audit=Audit(database, b"k" * 32),
        wake=lambda: None,
    )
    desk = IncidentDesk(
        guard_of(team), Incidents(database), Timeline(database), {},
        wake=lambda: None, unfit=lambda _user: "", share=lambda _incident, _may_see: None,
    )  # fmt: skip

    def type_it(request_id: str) -> str:
        place = Destination(channel="C0OPS")
        return desk.take(f"open {'x' * 150}", asked_by="U0ALICE", destination=place, request_id=request_id) or ""

    with refusal(database):
        # A page that is half full has room for some.
        tries = enumerate(type_it(str(number)) for number in range(500))
        last, told = next((number, answer) for number, answer in tries if answer)
        refused = written(database)
    done = type_it(str(last))

    assert told.startswith("Sickbay cannot do this right now: ")
    assert refused["incidents"] == refused["timeline"] == last
    assert done == ""
    assert written(database)["incidents"] == last + 1
