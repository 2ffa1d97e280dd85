"""Every way out: a secret that stands wherever a target, a person or an error can put one leaves by none of them.

What each platform reads is redacted when it is read, logs above all (the tests of the collectors); here the secrets
stand in a snapshot as if none of that had been done, and what leaves is looked at whole.
"""

import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from prometheus_client.metrics import MetricWrapperBase
from typer.testing import CliRunner

from bot.command_line import application
from bot.command_line.rendering.markdown import markdown
from bot.command_line.rendering.text import print_report
from bot.delivery import SYNCS
from bot.http import REFUSED
from bot.slack import CALLS
from handlers.blocks import comparison, home, notices
from handlers.blocks.card import card, headline
from handlers.blocks.details import details
from handlers.blocks.evidence import snippets
from handlers.blocks.findings import findings
from handlers.blocks.incident import incident_card
from handlers.blocks.logs import log_line
from handlers.blocks.offers import Offers
from handlers.blocks.tables import tables
from sickbay.diagnostics import asked_logs, engine, recordings
from sickbay.diagnostics.cleaning import clean_log
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Gap, Report, ReportTarget
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents import lifecycle
from sickbay.incidents.audit import Audit, Entry
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import EntryKind, IncidentSeverity, Opening, TimelineEntry
from sickbay.incidents.postmortem import postmortem
from sickbay.incidents.stories import Stories
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination, Job, JobRecord, JobState
from sickbay.logs import set_up_logging
from tests.unit.diagnostics.platforms.docker.hosts import container, event, health, host, log
from tests.unit.handlers.desks import Office
from workers.metrics import JOBS, RUNNING, SECONDS

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TARGET = ReportTarget(name="prod", platform="docker", zone="eu")
#: In forms that are known by the name, by the address, by themselves; joined, so that no scanner takes them for real.
PLANTED = "DB_PASSWORD=hunter2hunter2 postgres://app:t0ps3cret@db/shop " + "ghp_" + "a1B2" * 9
SECRETS = ("hunter2", "t0ps3cret", "a1B2a1B2")


def snapshot() -> Snapshot:
    """Give a host on which all that can hold a text holds the secrets, as nobody has cleaned it."""
    long = [f"line {number} {PLANTED}" for number in range(60)]
    web = container(
        "web-1", status="exited", exit_code=3, log=log(*long, f"fatal: {PLANTED}"), error=PLANTED,
        env=(PLANTED,), labels={"note": PLANTED, "sickbay.owner": PLANTED}, path=PLANTED, args=(PLANTED,),
    )  # fmt: skip
    sick = container("db-1", health=health(PLANTED, PLANTED, PLANTED), labels={"password": "hunter2hunter2"})
    told = event("die", web, exitCode="3", note=PLANTED)
    gaps = (Gap(what=PLANTED, reason=PLANTED),)
    return host(web, sick, events=(told,), gaps=gaps)


def report(scope: str = "") -> Report:
    return engine.judge(
        msgspec.structs.replace(snapshot(), request=Request(scope=scope, audit=True, top="errors")), TARGET
    )


def record(state: JobState = JobState.DONE, **changes: Any) -> JobRecord:
    job = Job(
        id="eu.1", target="prod", platform="docker", zone="eu", request=Request(audit=True), asked_by="U0ALICE",
        destination=Destination(channel="C0OPS"), submitted_at=NOW, deadline_at=NOW + timedelta(minutes=3), budget_s=60,
    )  # fmt: skip
    return JobRecord(**{"job": job, "state": state, "ended_at": NOW, "report": report(), **changes})


def written(*things: object) -> str:
    """Give as text what goes out."""
    return msgspec.json.encode(things).decode()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(sqlite_url(tmp_path))
    made.upgrade()
    yield made
    made.close()


def kept(database: Database, folder: Path) -> str:
    """Give all bytes of the database."""
    database.close()
    return "".join(file.read_bytes().decode(errors="replace") for file in folder.iterdir() if file.is_file())


def as_printed(shown: Callable[[Report, io.StringIO], object]) -> str:
    stream = io.StringIO()
    shown(report(), stream)
    return stream.getvalue()


_OFFERS = Offers(logs=True, mute=True)
#: What leaves of a report, by its way out.
OF_A_REPORT: Mapping[str, Callable[[], str]] = {
    "the JSON report": lambda: written(report()),
    "the report on a terminal": lambda: as_printed(print_report),
    "the report in Markdown": lambda: markdown(report()),
    "the card": lambda: written(card(record(), now=NOW, workers=1)),
    "the headline, as Home shows it": lambda: headline(record()),
    "the findings' messages": lambda: written(*findings("eu.1", report(), _OFFERS)),
    "the rankings": lambda: written(*tables("eu.1", report())),
    "the details of each finding": lambda: written(*(details(report(), item) for item in report().findings)),
    "the files of long evidence": lambda: written(*snippets("eu.1", report().findings)),
}


def test_the_snapshot_does_hold_the_secrets() -> None:
    """Given the snapshot that all ways are tried with, then the secrets stand in it: else the tests prove nothing."""
    text = msgspec.json.encode(snapshot()).decode()

    assert all(text.count(secret) > 60 for secret in SECRETS)


@pytest.mark.parametrize("way", OF_A_REPORT)
def test_no_secret_leaves_with_a_report(way: str) -> None:
    """Given a host full of secrets, when its report leaves by this way, then it says something, and none of them."""
    text = OF_A_REPORT[way]()

    assert "web-1" in text or "db-1" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_no_secret_leaves_with_a_scope_that_was_typed() -> None:
    """Given a scope with a secret, when reported, then the report has the scope without it."""
    assert "hunter2" not in written(report(scope="password=hunter2hunter2"))


def test_no_secret_leaves_with_a_recording(tmp_path: Path) -> None:
    """Given the snapshot itself, when recorded, then the file has none, not even by a label's name."""
    file = tmp_path / "snapshot.json"
    recordings.save(file, TARGET, snapshot())

    assert "web-1" in file.read_text()
    assert [secret for secret in SECRETS if secret in file.read_text()] == []


def test_no_secret_leaves_with_a_log_that_was_asked_for() -> None:
    """Given a log, its name, a reason why another is missing, when told as files, then none has a secret."""
    found: dict[str, LogTail | str] = {
        "web-1": LogTail(text=clean_log(f"ready\n{PLANTED}")),
        "db-1": f"no answer: {PLANTED}",
    }
    logs = asked_logs.told(found, left_out=(PLANTED,))
    failed = record(JobState.FAILED, report=None, failure="No log of web-1.")

    text = written(logs, log_line(failed, workers=1))
    assert "ready" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_no_secret_gets_into_the_database(database: Database, tmp_path: Path) -> None:
    """Given a diagnosis and an audit entry full of secrets, when kept, then neither file nor comparison has one."""
    done = record()
    diagnoses = Diagnoses(database)
    diagnoses.note(done, thread_ts="1.2", headline=headline(done))
    past = diagnoses.get("eu.1")
    assert past
    audit = Audit(database, b"k" * 32)
    audit.append(
        Entry(
            at=NOW, actor="U0ALICE", channel="C0OPS", action="diagnose", target=PLANTED, detail=PLANTED, rule=PLANTED,
            outcome="accepted",
        )
    )  # fmt: skip
    shown = home.Home(
        recent=[(past, "")], incidents=[], targets={"prod": Target(name="prod", platform="docker")},
        latest={"prod": past}, workers={}, ailments=[], at=NOW,
    )  # fmt: skip

    text = written(comparison.comparison(past, past), home.home(shown)) + kept(database, tmp_path)
    assert text.count("web-1") > 3
    assert "[redacted" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_no_secret_gets_into_an_incident(database: Database, tmp_path: Path) -> None:
    """Given an incident that people and its timeline fill with secrets, when kept and written up, then none is left."""
    incidents = Incidents(database)
    opening = Opening(
        request_id="1", title=PLANTED, severity=IncidentSeverity.SEV1, by="U0ALICE", channel="C0OPS", target="prod"
    )
    number = incidents.open(opening).number
    incident = incidents.move(number, lambda before, at: lifecycle.updated(before, PLANTED, at), by="U0ALICE")
    entry = TimelineEntry(at=NOW, kind=EntryKind.MESSAGE, author="U0ALICE", text=PLANTED, key="message:C0OPS:1.5")
    Timeline(database).write(number, entry)
    Timeline(database).edited(entry.key, PLANTED)

    text = (
        kept(database, tmp_path) + postmortem(Stories(database).story(number)) + str(incident_card(incident).payload())
    )
    assert "[redacted" in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    "typed",
    [
        "prod-eu password=hunter2hunter2",
        "prod-eu postgres://app:t0ps3cret@db/shop",
        "logs prod-eu password=hunter2hunter2",
        "password=hunter2hunter2",
        "prod-eu web-1 password=hunter2hunter2",
        "prod-eu --password=hunter2hunter2",
        "prod-eu --since password=hunter2hunter2",
        "prod-eu --top token=hunter2hunter2",
        "explain token=hunter2hunter2",
    ],
)
def test_no_secret_leaves_that_somebody_typed(typed: str) -> None:
    """Given a command with a secret in it, when taken, then it is answered without it, and no job carries it on."""
    office = Office()

    answer = office.take(typed)

    assert answer
    assert office.queue.jobs == {}
    assert [secret for secret in SECRETS if secret in answer] == []


def test_no_secret_leaves_with_what_a_notice_names() -> None:
    """Given names of files and a problem of the database with secrets in them, then the notices have none."""
    text = (
        notices.nothing_to_lint([PLANTED])
        + notices.document_too_large(PLANTED)
        + notices.database_unavailable(f"no connection: {PLANTED}")
    )

    assert [secret for secret in SECRETS if secret in text] == []


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_as_before")
def test_no_secret_gets_into_the_log_stream() -> None:
    """Given secrets in events, in what is bound, in nested values, errors and a library's lines, then none is in it."""
    stream = io.StringIO()
    set_up_logging(process="bot", stream=stream)
    bound = structlog.get_logger("sickbay.test").bind(job_id=PLANTED)

    bound.info(PLANTED, error=PermanentError(PLANTED), zones=[PLANTED], why={"reason": {PLANTED}}, raw=PLANTED.encode())
    bound.info("signed in", password="hunter2hunter2", headers={"X-Auth-Token": "hunter2hunter2"})
    logging.getLogger("library").warning("%s of %s", PLANTED, {"password": "hunter2hunter2"})
    try:
        int(PLANTED)
    except ValueError:
        logging.getLogger("library").exception("it broke")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines[1:2]] == ["signed in"]
    assert len(lines) == 4
    assert [secret for secret in SECRETS if secret in stream.getvalue()] == []


def test_no_secret_leaves_with_an_error_on_a_terminal(tmp_path: Path) -> None:
    """Given a command with secrets in its words, when refused, then the refusal repeats none of them."""
    config = tmp_path / "sickbay.yaml"
    config.write_text("targets: {prod: {platform: docker, host: 'unix:///nowhere.sock'}}\n")

    refused = CliRunner().invoke(application(), ["diagnose", "postgres://a:t0ps3cret@db", "--config", str(config)])

    assert refused.exit_code == 2
    assert "There is no target" in refused.output
    assert "t0ps3cret" not in refused.output


@pytest.mark.parametrize("metric", [CALLS, REFUSED, SYNCS, JOBS, SECONDS, RUNNING])
def test_metrics_have_no_label_that_a_target_fills(metric: MetricWrapperBase) -> None:
    """Given a metric, then its labels are of the product's own few words: platforms, outcomes, Slack's methods."""
    assert set(metric._labelnames) <= {"platform", "outcome", "method", "verdict", "why"}
