"""A report whose bot or worker is killed with -9, at any step from when it is due until it is shown, is shown once."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess

import pytest

from bot.manifest import manifest
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule
from sickbay.incidents.schedules import Schedules
from sickbay.simulator import Workspace
from tests.chaos.house import House, eventually

_PROCESSES = multiprocessing.get_context("forkserver")
#: Due once since, and then not for a year.
_MADE_AT = datetime(datetime.now(UTC).year - 1, 12, 31, tzinfo=UTC)
_YEARLY = NewSchedule(
    request_id="1.2.a", targets=("host",), channel="C0OPS", recurrence=Recurrence(cron="0 0 1 1 *", time_zone="UTC"),
    words="every year", quiet=False, created_by="U0ALICE",
)  # fmt: skip
#: What the bot was about to do, or had just done, when it was killed.
_STEPS = (
    "before bot.report_jobs.ReportJobs.submit",
    "before sickbay.incidents.schedules.Schedules.submitted",
    "after bot.slack.Slack.upload_picture",
    "after bot.slack.Slack.post",
    "before sickbay.incidents.schedules.Schedules.shown",
)


def report(redis_url: str, database_url: str, api_url: str, token: str, killed: str) -> None:
    """Be a bot that runs reports, until it is killed: by itself at one step."""
    import importlib

    from bot import showing
    from bot.app import Team, guard_of
    from bot.report_jobs import ReportJobs
    from bot.reports import Reports
    from bot.slack import Slack, web_client
    from sickbay.diagnostics.platforms.docker.target import DockerTarget
    from sickbay.incidents.audit import Audit
    from sickbay.incidents.mutes import Mutes
    from sickbay.incidents.policy import Action, Policy, Rule
    from sickbay.jobs.broker import connect, make_broker
    from sickbay.jobs.queue import Queue

    # A killed bot's lock is free again soon.
    showing.LOCK_EXPIRES = 2.0
    if killed:
        when, _, name = killed.partition(" ")
        place, kind, method = name.rsplit(".", 2)
        _kill_at(getattr(importlib.import_module(place), kind), method, when)
    client = connect(redis_url, sender=True)
    database = Database(database_url)
    team = Team(
        policy=Policy((Rule(name="reports", do=(Action.REPORT,)),)),
        groups_of=lambda _: frozenset(),
        database=database,
        audit=Audit(database, b"k" * 32),
        wake=lambda: None,
    )
    targets = {"host": DockerTarget(name="host", zone="alpha", host="unix:///nowhere/docker.sock")}
    jobs = ReportJobs(Queue(client, make_broker(client)), targets, guard_of(team), Mutes(database), budget_s=30)
    reports = Reports(
        Schedules(database), jobs, client, Slack(web_client(token, api_url)),
        digest=lambda *_: pytest.fail("no digest is due"), note=lambda *_: None,
    )  # fmt: skip
    while True:
        reports.begin()
        reports.end()
        time.sleep(0.05)


def _kill_at(kind: type, method: str, when: str) -> None:
    """Have the process kill itself before, or after, the method did its work."""
    original: Callable[..., object] = getattr(kind, method)

    def dying(*arguments: object, **named: object) -> object:
        if when == "after":
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(kind, method, dying)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    made = Workspace(manifest=manifest())
    made.start()
    yield made
    made.stop()


@pytest.fixture
def schedules(house: House) -> Iterator[Schedules]:
    """The schedules of a database, of which one is due."""
    database = Database(sqlite_url(house.path))
    database.upgrade()
    Schedules(database, clock=lambda: _MADE_AT).add(_YEARLY)
    yield Schedules(database)
    database.close()


@contextmanager
def bot(house: House, workspace: Workspace, killed: str = "") -> Iterator[ForkServerProcess]:
    process = _PROCESSES.Process(
        target=report,
        args=(house.valkey.url, sqlite_url(house.path), workspace.api_url, workspace.bot_token, killed),
        daemon=True,
    )
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def shown(schedules: Schedules) -> bool:
    """Say whether the only run was shown."""
    runs = schedules.runs(1)
    return len(runs) == 1 and runs[0].shown_at is not None


@pytest.mark.parametrize("step", _STEPS)
def test_a_report_whose_bot_is_killed_is_shown_once(
    house: House, workspace: Workspace, schedules: Schedules, step: str
) -> None:
    """Given a bot that is killed at one step, when another goes on, then there is one run, one job, one message."""
    house.worker()
    with bot(house, workspace, step) as first:
        first.join(60)
        assert first.exitcode == -signal.SIGKILL
    with bot(house, workspace):
        eventually(lambda: shown(schedules))

    (message,) = workspace.messages("#ops")
    assert "host: nothing wrong in what could be read" in message["text"]
    assert len(house.runs_file.read_text().splitlines()) == 1
    assert not schedules.claim_due()


def test_a_report_whose_worker_is_killed_is_shown_once(
    house: House, workspace: Workspace, schedules: Schedules
) -> None:
    """Given a worker that is killed while it asks the target, when another goes on, then the report comes, once."""
    (house.path / "kill").touch()
    killed = house.worker()
    with bot(house, workspace):
        assert house.exit_code(killed) == -signal.SIGKILL
        house.worker()
        eventually(lambda: shown(schedules))

    (message,) = workspace.messages("#ops")
    assert "host: nothing wrong in what could be read" in message["text"]
    assert len(house.runs_file.read_text().splitlines()) == 2
