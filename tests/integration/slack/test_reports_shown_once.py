"""Reports are shown once: through bots that die, two bots, a Slack that refuses, and times when none was there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot import reports
from bot.report_jobs import PATIENCE, WITHOUT_WORKER, ReportJobs
from bot.reports import STALE
from bot.slack import Slack
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.incidents.audit import Audit
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.schedule import Run
from sickbay.incidents.schedules import Schedules
from sickbay.jobs.errors import QueueUnavailableError
from tests.integration.slack.newsroom import HOUR, NINE, Newsroom
from tests.integration.slack.stage import BOT, Stage, text
from tests.unit.command_line.reports import finding, report


@pytest.fixture
def newsroom(stage: Stage) -> Newsroom:
    return Newsroom(stage)


def written(stage: Stage, since: datetime) -> list[tuple[str, str, str, str]]:
    """Give what the audit has of reports since then: whose, of which target, what, and what came of it."""
    rows = stage.team.audit.rows(since)
    return [(row.actor, row.target, row.detail, row.outcome) for row in rows if row.action == "report"]


class Crash(BaseException):
    """The end of a process."""


def test_two_bots_show_a_report_once(newsroom: Newsroom, stage: Stage) -> None:
    """Given two bots, when both do all that they can at every step, then there are one job a target and one message."""
    made, since = newsroom.add(), datetime.now(UTC)
    bots = [newsroom.reports, newsroom.another()]
    newsroom.move_to(NINE)
    for bot in bots:
        bot.begin()
    assert sorted(record.job.target for record in stage.jobs()) == ["local", "prod"]
    assert written(stage, since) == [
        ("U0ALICE", name, f"report {made.number}", "accepted") for name in ("local", "prod")
    ]
    newsroom.answer({})

    for _ in range(5):
        stage.seconds += 1
        for bot in bots:
            bot.begin()
            bot.end()

    assert len(newsroom.shown()) == 1
    assert newsroom.schedules.open_runs() == ()


def test_what_another_bot_has_submitted_meanwhile_is_written_down_once(
    newsroom: Newsroom, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a bot that saw a run as new a moment ago, when another has submitted it since, then it is there once."""
    newsroom.add(targets=("local",), created_by="U0BOB")
    since = datetime.now(UTC)
    newsroom.move_to(NINE)
    newsroom.schedules.claim_due()
    stale = newsroom.schedules.open_runs(submitted=False)
    newsroom.reports.begin()
    monkeypatch.setattr(Schedules, "open_runs", lambda _, **_which: stale)

    newsroom.another().begin()

    assert [outcome for *_, outcome in written(stage, since)] == ["refused"]


def test_a_report_that_cannot_be_written_down_waits(
    newsroom: Newsroom, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an audit that cannot be written, when a report is due, then no target is asked until it can be."""
    newsroom.add(targets=("local",))
    newsroom.move_to(NINE)

    def away(*_: object) -> int:
        raise DatabaseUnavailableError("the audit cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(Audit, "append", away)
        newsroom.reports = newsroom.another()
        with pytest.raises(DatabaseUnavailableError):
            newsroom.reports.begin()
    assert stage.jobs() == []

    newsroom.another().begin()

    assert len(stage.jobs()) == 1


def test_what_another_bot_has_shown_meanwhile_is_left_alone(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a bot that saw a report as open a moment ago, when another has shown it since, then it does nothing."""
    newsroom.add(targets=("local",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.reports.begin()
    stale = newsroom.schedules.open_runs()
    newsroom.answer({})
    newsroom.settle()
    (done,) = newsroom.schedules.runs(stale[0].schedule)
    monkeypatch.setattr(Schedules, "open_runs", lambda _, **_which: stale)
    newsroom.stage.seconds += 10

    newsroom.another().end()

    assert newsroom.schedules.runs(stale[0].schedule) == (done,)


def live(newsroom: Newsroom) -> None:
    """Be a bot for some seconds."""
    for _ in range(5):
        newsroom.reports.begin()
        newsroom.answer({"local": report(finding())})
        newsroom.reports.end()
        newsroom.stage.seconds += 1


@pytest.mark.parametrize("method", ["submitted", "shown"])
def test_a_bot_that_dies_before_it_notes_what_it_did_does_it_once(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Given a bot that dies after it submitted, or posted, when another goes on, then nothing comes twice."""
    newsroom.add(targets=("local",))
    newsroom.move_to(NINE)
    since = datetime.now(UTC)

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(Schedules, method, crash)
        with pytest.raises(Crash):
            live(newsroom)

    newsroom.answer({"local": report(finding())})
    newsroom.settle()

    assert len(newsroom.stage.jobs()) == 1
    assert len(written(newsroom.stage, since)) == 1
    (message,) = newsroom.shown()
    assert len(newsroom.thread(message)) == 2


def test_a_post_whose_answer_was_lost_is_found_again(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a report that stands in Slack though the call seemed to fail, when it is shown again, then it is found."""
    newsroom.add(targets=("local",))
    posting, lost = Slack.post, iter([True])

    def lose(slack: Slack, *what: object) -> str:
        ts = posting(slack, *what)  # type: ignore[arg-type]  # handed through
        if next(lost, False):
            raise TemporaryError("the answer is lost", delay=1)
        return ts

    monkeypatch.setattr(Slack, "post", lose)

    newsroom.come()

    assert len(newsroom.shown()) == 1


def test_after_a_time_without_a_bot_one_report_comes_and_says_that_it_is_late(newsroom: Newsroom) -> None:
    """Given an hourly schedule and no bot for five hours, when one is there again, then there is one late report."""
    newsroom.add()
    newsroom.move_to(NINE + 5 * HOUR + timedelta(minutes=20))

    newsroom.come(NINE + 5 * HOUR + timedelta(minutes=20))

    (message,) = newsroom.shown()
    assert "Late: it was due Mon 2 Mar 14:00, when Sickbay was not there · Report" in text(message)
    assert "next Mon 2 Mar 15:00" in text(message)


@contextmanager
def no_slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have Slack take no message."""

    def refuse(*_: object) -> None:
        raise TemporaryError("Slack does not answer", delay=2)

    with monkeypatch.context() as patched:
        patched.setattr(Slack, "post", refuse)
        yield


def test_after_a_time_without_slack_one_report_comes(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given reports that Slack did not take for hours, when it does again, then the newest of them is shown."""
    newsroom.add(targets=("local",))
    newsroom.come(answers={"local": report(finding())})
    with no_slack(monkeypatch):
        for hour in range(1, 4):
            newsroom.move_to(NINE + hour * HOUR)
            newsroom.reports.begin()
            newsroom.answer({})
            newsroom.reports.end()

    newsroom.settle()

    _, last = newsroom.shown()
    assert "local: healthy, 1 gone since Mon 2 Mar 09:00" in text(last)


def test_after_a_time_without_redis_targets_are_asked_once(
    newsroom: Newsroom, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given reports that became due while Redis was away, when it is back, then there is one job and one message."""
    made = newsroom.add(targets=("local",))

    def refuse(*_: object) -> None:
        raise QueueUnavailableError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(ReportJobs, "submit", refuse)
        for hour in range(3):
            newsroom.move_to(NINE + hour * HOUR)
            with pytest.raises(QueueUnavailableError):
                newsroom.reports.begin()

    newsroom.come(NINE + 2 * HOUR)

    assert len(newsroom.shown()) == len(stage.jobs()) == 1
    assert len(newsroom.schedules.runs(made.number)) == 3


def test_a_report_that_somebody_wants_comes_beside_a_quiet_one(newsroom: Newsroom) -> None:
    """Given a quiet schedule, when somebody wants a report and one with no change is due too, then theirs is shown."""
    made = newsroom.add(targets=("local",), quiet=True)
    newsroom.come()
    newsroom.move_to(NINE + HOUR)
    newsroom.schedules.run_now(made.number, "1.2.now", by="U0ALICE")

    newsroom.come(NINE + HOUR)

    _, last = newsroom.shown()
    assert "local: healthy, nothing new since Mon 2 Mar 09:00" in text(last)


def test_a_report_that_could_not_be_shown_for_a_day_is_given_up(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a report that Slack never took, when a day is over, then it is not shown any more."""
    newsroom.add(targets=("local",))
    with no_slack(monkeypatch):
        newsroom.move_to(NINE)
        newsroom.reports.begin()
        newsroom.answer({})
        newsroom.reports.end()
    newsroom.move_to(NINE + STALE)

    newsroom.reports.end()

    assert (newsroom.shown(), newsroom.schedules.open_runs()) == ([], ())


def test_a_report_of_a_removed_schedule_is_not_shown(newsroom: Newsroom) -> None:
    """Given a report under way, when its schedule is removed, then nothing is shown, and nothing is left to do."""
    made = newsroom.add(targets=("local",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.answer({})
    newsroom.schedules.remove(made.number)

    newsroom.settle()

    assert newsroom.shown() == []


def test_a_channel_without_the_bot_is_told_to_the_maker_once(newsroom: Newsroom, stage: Stage) -> None:
    """Given a channel that put the bot out, when reports are due, then their maker is told once; until it is back."""
    newsroom.add(targets=("local",), channel="C0RANDOM")
    newsroom.come()
    newsroom.come(NINE + HOUR)

    (told,) = stage.messages("U0ALICE")
    assert "I may not write in <#C0RANDOM>" in told["text"]
    assert "/invite @sickbay" in told["text"]
    assert newsroom.schedules.open_runs() == ()
    members = stage.workspace.store.channel("C0RANDOM")["members"]
    members.append(BOT)
    newsroom.come(NINE + 2 * HOUR)
    assert len(newsroom.shown("C0RANDOM")) == 1
    members.remove(BOT)
    newsroom.come(NINE + 3 * HOUR)
    assert len(stage.messages("U0ALICE")) == 2


def test_a_picture_that_slack_never_looks_at_keeps_no_report_back(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a Slack that never gets to the picture, when a report waited for it long enough, then it comes without."""
    newsroom.add(targets=("local",))
    monkeypatch.setattr(Slack, "is_ready", lambda *_: False)

    newsroom.come()

    (message,) = newsroom.shown()
    assert "image" not in [block["type"] for block in message["blocks"]]
    assert newsroom.now() - NINE > timedelta(seconds=30)


def test_a_picture_that_slack_refuses_keeps_no_report_back(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a picture that is said to be ready and refused, when a report tried long enough, then it comes without."""
    newsroom.add(targets=("local",))
    monkeypatch.setattr(Slack, "upload_picture", lambda *_: "F0NOWHERE")
    monkeypatch.setattr(Slack, "is_ready", lambda *_: True)

    newsroom.come()

    (message,) = newsroom.shown()
    assert "image" not in [block["type"] for block in message["blocks"]]


@pytest.mark.parametrize("method", ["upload_picture", "is_ready"])
def test_a_token_that_may_not_send_files_keeps_no_report_back(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Given a token without the scope for files, when a report is due, then it comes at once, without its picture."""
    newsroom.add(targets=("local",))

    def refuse(*_: object) -> None:
        raise PermanentError("missing_scope")

    monkeypatch.setattr(Slack, method, refuse)
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.answer({})

    newsroom.reports.end()

    (message,) = newsroom.shown()
    assert "image" not in [block["type"] for block in message["blocks"]]


def test_a_chart_that_cannot_be_drawn_keeps_no_report_back(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a picture that cannot be made, when a report is due, then it comes without."""
    newsroom.add(targets=("local",))

    def fail(*_: object) -> bytes:
        raise ValueError("no ink")

    monkeypatch.setattr(reports, "chart", fail)

    newsroom.come()

    assert len(newsroom.shown()) == 1


def test_an_answer_that_redis_lost_is_said_to_be(newsroom: Newsroom, stage: Stage) -> None:
    """Given a job that Redis forgot, or holds in a form that nobody reads, when its report ends, then that says so."""
    newsroom.add()
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    lost, unreadable = (f"sickbay:jobs:{record.job.id.replace('.', ':')}" for record in stage.jobs())
    stage.redis.delete(lost)
    stage.redis.hset(unreadable, mapping={"state": "done", "job": "?"})

    newsroom.settle()

    said = text(*newsroom.shown())
    assert "gave no answer: its answer is lost; the next report asks again" in said
    assert "cannot be read" in said


def test_a_zone_without_workers_is_told_within_minutes(newsroom: Newsroom) -> None:
    """Given a target whose zone has no worker, when its report waited for one, then that says so."""
    newsroom.add(targets=("prod",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.reports.end()
    assert newsroom.shown() == []

    newsroom.move_to(NINE + WITHOUT_WORKER)
    newsroom.settle()

    assert "prod gave no answer: No worker serves zone eu." in text(*newsroom.shown())


def test_workers_that_were_not_heard_of_for_a_moment_are_waited_for(newsroom: Newsroom, stage: Stage) -> None:
    """Given a job that runs for long, when Redis was away and its worker is not heard of yet, then it may end."""
    newsroom.add(targets=("prod",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.move_to(NINE + 2 * WITHOUT_WORKER)

    for seconds in (0.0, 0.0, 5.0):
        stage.seconds += seconds
        newsroom.reports.end()
        newsroom.reports.begin()
        newsroom.stage.queue.beat("eu", "worker")
    newsroom.answer({})
    newsroom.settle()

    assert "prod: healthy" in text(*newsroom.shown())


def test_a_job_may_wait_its_turn_behind_others(newsroom: Newsroom) -> None:
    """Given workers that are busy with hundreds of reports, when one waits, then it is not ended before its time."""
    newsroom.add(targets=("local",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.move_to(NINE + PATIENCE - timedelta(minutes=1))

    newsroom.reports.end()
    newsroom.answer({})
    newsroom.settle()

    assert "local: healthy" in text(*newsroom.shown())


def test_what_is_due_goes_before_what_is_to_be_shown(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a report to be shown, when another is being put on the queue, then the first waits until that is done."""
    newsroom.add(targets=("local",))
    newsroom.move_to(NINE)
    newsroom.reports.begin()
    newsroom.answer({})
    submit, meanwhile = ReportJobs.submit, []

    def look(jobs: ReportJobs, run: Run) -> tuple[str, ...]:
        for _ in range(3):
            newsroom.reports.end()
            newsroom.stage.seconds += 1
        meanwhile.append(len(newsroom.shown()))
        return submit(jobs, run)

    monkeypatch.setattr(ReportJobs, "submit", look)
    newsroom.add(request_id="1.2.b", targets=("prod",))
    newsroom.move_to(NINE + HOUR)
    newsroom.reports.begin()
    newsroom.answer({})
    newsroom.settle()

    assert meanwhile == [0, 0]
    assert len(newsroom.shown()) == 2
