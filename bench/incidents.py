"""How quickly a PostgreSQL with many incidents answers: each thing that commands, the card and alerts ask of it.

A server of the benchmark's own, on this machine: 10,000 incidents, 100 entries of a timeline each, and a diagnosis and
ten alerts of each, over two years. What a command asks is asked many times, of incidents all over.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from bench.figures import tell
from sickbay.incidents import lifecycle
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.alerts.rules import AlertSettings
from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import EntryKind, IncidentSeverity, Opening, TimelineEntry
from sickbay.incidents.stories import Stories
from sickbay.incidents.timeline import Timeline
from tests.integration.database.servers import postgres

#: Entries of one timeline, and incidents that are open.
ENTRIES, OPEN = 100, 40
#: Many queries together, so it is not among those that are compared with what is promised.
POSTMORTEM = "postmortem"
#: Each incident is two hours after the one before.
_APART = timedelta(hours=2)
_FILL = (
    """
    INSERT INTO incidents (request_id, title, severity, state, target, scope, channel, thread_ts, own_channel,
        opened_in, opened_by, opened_at, acknowledged_at, mitigated_at, resolved_at, commander, communications, scribe,
        summary, links, remind_every, remind_at, version, shown, placed)
    SELECT 'filled.' || n, 'checkout answers 5xx', 'sev' || 1 + n % 4,
        CASE WHEN n > :incidents - :open THEN 'investigating' ELSE 'resolved' END, 'target-' || n % 50, 'shop/web',
        'C' || n % 20, n || '.5', FALSE, 'C' || n % 20, 'U1', :begin + n * :apart,
        :begin + n * :apart + interval '3 minutes',
        :begin + n * :apart + interval '20 minutes',
        CASE WHEN n <= :incidents - :open THEN :begin + n * :apart + interval '1 hour' END, 'U1', 'U2', 'U3',
        repeat('A bad image was rolled out. ', 5), '[]', 30,
        CASE WHEN n > :incidents - :open THEN :begin + n * :apart + interval '9 years' END, 9, 9, TRUE
    FROM generate_series(1, :incidents) n
    """,
    """
    INSERT INTO timeline (incident, at, kind, author, text, key, removed)
    SELECT n, :begin + n * :apart + e * interval '30 seconds',
        (ARRAY['note', 'state', 'update', 'diagnosis', 'message', 'alert'])[1 + e % 6], 'U1',
        repeat('Somebody said something of it. ', 6), 'message:C' || n || ':' || e, FALSE
    FROM generate_series(1, :incidents) n, generate_series(1, :entries) e
    """,
    """
    INSERT INTO diagnoses
    SELECT 'default.' || n, 'target-' || n % 50, 'shop/web',
        json_build_object('scope', 'shop/web', 'window', 'P1D'), 'U1', 'C' || n % 20, n || '.5',
        'done', 'High: web exits with code 3.', 'high', 0, :begin + n * :apart,
        :begin + n * :apart + interval '4 seconds',
        json_build_array(json_build_object('code', 'K8S-W' || 101 + n % 8, 'title', 'T', 'subject', 'pod/web',
            'severity', 'high', 'summary', 'S', 'cause', TRUE))
    FROM generate_series(1, :incidents) n
    """,
    """
    INSERT INTO alerts (source, fingerprint, firing, title, labels, target, scope, severity, link, grouped, started_at,
        ended_at, last_at, times, incident)
    SELECT 'alertmanager', 'f' || e, FALSE, 'web restarts', '{}', 'target-' || n % 50, 'shop/web', 'sev2', '',
        'g' || n % 500, :begin + n * :apart, :begin + n * :apart, :begin + n * :apart, 9, n
    FROM generate_series(1, :incidents) n, generate_series(1, 10) e
    """,
    "INSERT INTO marks SELECT n, 'K8S-W101', 'pod/web', 'cause', 'U1' FROM generate_series(1, :incidents) n",
)


def fill(connection: Connection, incidents: int, now: datetime) -> None:
    """Write the incidents, with all that belongs to them."""
    values = {
        "incidents": incidents,
        "entries": ENTRIES,
        "open": OPEN,
        "apart": _APART,
        "begin": now - incidents * _APART,
    }
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    for statement in _FILL:
        names = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement).bindparams(**names))


def asked(database: Database, incidents: int, now: datetime) -> Mapping[str, Callable[[int], object]]:
    """Give what is asked, each of an incident by its number."""
    kept, timeline = Incidents(database), Timeline(database)
    rules = AlertSettings.model_validate({"incidents": [{"severity": "sev2", "channel": "C1"}]})
    alerts = Alerts(database, rules, {})
    fresh = iter(range(1_000_000))

    def note(number: int) -> None:
        key = f"note:{next(fresh)}"
        entry = TimelineEntry(at=now, kind=EntryKind.NOTE, author="U1", text="It is the image.", key=key)
        timeline.write(number, entry)

    def alert(number: int) -> None:
        name = f"new {next(fresh)}"
        made = Alert(
            source="generic", fingerprint=name, title=name, labels={"namespace": "shop"}, group=f"{number % 20}",
            started_at=now, ended_at=None, as_of=now,
        )  # fmt: skip
        alerts.take([made])

    def opened(number: int) -> None:
        severity = IncidentSeverity.SEV3
        request = f"new.{next(fresh)}"
        kept.open(
            Opening(
                request_id=request, title="t", severity=severity, by="U1", channel="C1", target=f"target-{number % 50}"
            )
        )

    def update(number: int) -> None:
        kept.move(
            incidents - number % OPEN, lambda it, at: lifecycle.updated(it, f"still so: {next(fresh)}", at), by="U1"
        )

    return {
        "floor": lambda _number: _nothing(database),
        "show": kept.get,
        "in_thread": lambda number: kept.in_thread(f"C{number % 20}", f"{number}.5"),
        "list": lambda _number: kept.listed(),
        "list_of_channel": lambda number: kept.listed(channel=f"C{number % 20}"),
        "of_target": lambda number: kept.of_target(f"target-{number % 50}"),
        "stats": lambda _number: kept.since(now - timedelta(days=30)),
        "timeline": timeline.entries,
        "timeline_of_kinds": lambda number: timeline.entries(number, kinds=[EntryKind.STATE, EntryKind.UPDATE]),
        "marks": Marks(database).of,
        "diagnoses": lambda number: Diagnoses(database).all_in_thread(f"C{number % 20}", f"{number}.5"),
        "unshown": lambda _number: kept.unshown(),
        "due": lambda _number: kept.due(),
        "wanted": lambda _number: kept.wanted(),
        "message_edited": lambda number: timeline.edited(f"message:C{number}:7", "edited"),
        "note": note,
        "update": update,
        "alert": alert,
        "open": opened,
        POSTMORTEM: lambda number: Stories(database).story(number),
    }


def _nothing(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))


def measure(database: Database, incidents: int, times: int) -> Iterator[tuple[str, float]]:
    """Yield for each the p50 and the p99 in milliseconds."""
    now, numbers = datetime.now(UTC), random.Random(7)
    with database.begin() as connection:
        fill(connection, incidents, now)
    with database.begin() as connection:
        connection.execute(text("ANALYZE"))
    for name, ask in asked(database, incidents, now).items():
        taken = []
        for number in (numbers.randint(1, incidents) for _ in range(times // 10 if name == POSTMORTEM else times)):
            begin = time.perf_counter()
            ask(number)
            taken.append((time.perf_counter() - begin) * 1000)
        hundredths = statistics.quantiles(taken, n=100, method="inclusive")
        yield f"{name}_p50_ms", round(hundredths[49], 1)
        yield f"{name}_p99_ms", round(hundredths[98], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=200, help="how often each is asked")
    arguments = parser.parse_args()
    with postgres() as server:
        database = Database(server.database())
        database.upgrade()
        figures = dict(measure(database, arguments.incidents, arguments.times))
        database.close()
    queries = (name for name in figures if name.endswith("_p99_ms") and not name.startswith(POSTMORTEM))
    told = {
        "incidents": arguments.incidents,
        "entries": arguments.incidents * ENTRIES,
        "slowest_p99_ms": max(map(figures.__getitem__, queries)),
    }
    tell(told | figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
