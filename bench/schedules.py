"""How quickly reports that are due at the same minute are on the queue: 500 schedules, each of its own target.

With SQLite and with PostgreSQL; the queue is the embedded Valkey. Measured from the moment that they are due until the
last job is on the queue and each run is noted as submitted; the floor is the same jobs put on the queue and nothing
else. Then once more with two bots that look at the same moment, each of which does it all. It ends with an error where
a report is missing or is there twice.
"""

import argparse
import logging
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import redis

from bench.figures import tell
from bot.report_jobs import ReportJobs
from bot.reports import Reports
from bot.slack import Slack, web_client
from handlers.guard import Guard
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.digests import Digest
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule
from sickbay.incidents.schedules import Schedules
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.model import Destination, Job
from sickbay.jobs.queue import NAMESPACE, Queue, job_id
from sickbay.logs import set_up_logging
from tests.integration.database.servers import postgres

NINE = Recurrence(cron="0 9 * * *", time_zone="Europe/London")
BEFORE, DUE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
_POLICY = Policy([Rule(name="reports", do=(Action.REPORT,))])


def fill(database: Database, count: int) -> dict[str, Target]:
    """Have a report of each of so many targets come at nine, and give the targets."""
    schedules = Schedules(database, clock=lambda: BEFORE)
    targets = {f"target-{number}": Target(name=f"target-{number}", platform="docker") for number in range(count)}
    for name in targets:
        schedules.add(
            NewSchedule(
                request_id=name,
                targets=(name,),
                channel="C0OPS",
                recurrence=NINE,
                words="daily at 09:00",
                quiet=False,
                created_by="U0ALICE",
            )
        )
    return targets


def bot(url: str, client: redis.Redis, targets: dict[str, Target]) -> Reports:
    """Give what a bot runs its schedules with, at nine."""
    database = Database(url)
    guard = Guard(_POLICY, groups_of=lambda _user: frozenset(), append=lambda _entry: None, incident_of=lambda _: None)
    jobs = ReportJobs(Queue(client, make_broker(client)), targets, guard, Mutes(database), budget_s=60)
    slack = Slack(web_client("xoxb-none", "http://127.0.0.1:9/api/"))
    return Reports(
        Schedules(database, clock=lambda: DUE),
        jobs,
        client,
        slack,
        digest=_no_digest,
        note=lambda _record, _place: None,
    )


def _no_digest(_at: datetime, _may_tell: Callable[[str], bool]) -> Digest:
    raise AssertionError("no report is the digest")


def enqueued(url: str, redis_url: str, count: int, bots: int) -> float:
    """Give the seconds until all of them are on the queue, each once."""
    database = Database(url)
    database.upgrade()
    targets = fill(database, count)
    clients = [connect(redis_url, sender=True) for _ in range(bots)]
    clients[0].flushdb()
    looking = [bot(url, client, targets) for client in clients]
    threads = [threading.Thread(target=one.begin) for one in looking]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    looking[0].begin()
    taken = time.perf_counter() - begin
    runs = Schedules(database).open_runs()
    waiting = clients[0].llen(f"{NAMESPACE}:report.default")
    if not len(runs) == waiting == count or not all(run.submitted for run in runs):
        raise SystemExit(f"{count} were due: {len(runs)} runs, {waiting} jobs on the queue")
    database.close()
    return taken


def floor(redis_url: str, count: int) -> float:
    """Give the seconds for the jobs alone."""
    client = connect(redis_url, sender=True)
    client.flushdb()
    queue = Queue(client, make_broker(client))
    begin = time.perf_counter()
    for number in range(count):
        name = f"target-{number}"
        queue.submit(
            Job(
                id=job_id("default", "report", str(number), name), target=name, platform="docker", zone="default",
                request=Request(), asked_by="report 1", destination=Destination(channel="C0OPS"), submitted_at=DUE,
                deadline_at=DUE, budget_s=60, report_run=number,
            )
        )  # fmt: skip
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--schedules", type=int, default=500)
    arguments = parser.parse_args()
    set_up_logging(process="bench", level=logging.WARNING)
    count = arguments.schedules
    with tempfile.TemporaryDirectory() as directory, postgres() as server, EmbeddedValkey(Path(directory, "v")) as kept:
        figures = {
            "schedules": count,
            "sqlite_s": round(enqueued(sqlite_url(Path(directory)), kept.url, count, bots=1), 3),
            "postgres_s": round(enqueued(server.database(), kept.url, count, bots=1), 3),
            "two_bots_s": round(enqueued(server.database(), kept.url, count, bots=2), 3),
            "floor_s": round(floor(kept.url, count), 3),
        }
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
