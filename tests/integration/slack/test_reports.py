"""Reports come when they are due: each is one message, shown once, and its thread says what changed."""

from datetime import timedelta

import msgspec
import pytest

from handlers.blocks.offers import MUTE
from sickbay.diagnostics.model import Severity
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.policy import Action, Policy, Rule
from tests.integration.slack.newsroom import HOUR, NINE, Newsroom
from tests.integration.slack.stage import TARGETS, Stage, text
from tests.unit.command_line.reports import GAP, finding, report

DB = finding()
WEB = finding(
    id="DKR-C102@container/web", code="DKR-C102", severity=Severity.CRITICAL, subject="container/web",
    summary="web restarts again and again.",
)  # fmt: skip


@pytest.fixture
def newsroom(stage: Stage) -> Newsroom:
    return Newsroom(stage)


def headlines(newsroom: Newsroom) -> list[str]:
    return [text(message).splitlines()[1].strip() for message in newsroom.shown()]


def test_a_report_is_one_message_with_a_table_and_a_picture(newsroom: Newsroom, stage: Stage) -> None:
    """Given a schedule of two targets, when it is due, then one message says how they are, and its picture too."""
    made = newsroom.add()
    newsroom.reports.begin()
    assert stage.jobs() == []

    newsroom.come(answers={"local": report(DB, figures={"restarts": 3.0, "memory_share": 0.5})})

    (message,) = newsroom.shown()
    assert text(message).splitlines()[1:] == [
        "  :large_orange_circle: local, prod: 1 finding",
        "  Target | State | Restarts | Memory of limit",
        "  local | 1 high | 3 | 50 %",
        "  prod | Healthy | 1 | 42 %",
        "  Findings at 09:00: 1 high. Restarts: local 3, prod 1. Memory of limit: local 50 %, prod 42 %.",
        f"  Report {made.number} · every hour · next Mon 2 Mar 10:00 (UTC)",
    ]
    (picture,) = [block for block in message["blocks"] if block["type"] == "image"]
    assert stage.workspace.store.contents[picture["slack_file"]["id"]].startswith(b"\x89PNG")


def test_the_first_report_spells_out_what_was_found(newsroom: Newsroom) -> None:
    """Given a first report, when it finds something, then its thread tells it with evidence and fix."""
    newsroom.add()

    newsroom.come(answers={"local": report(DB)})

    (message,) = newsroom.shown()
    head, found = newsroom.thread(message)
    assert "local: unwell" in text(head)
    assert "DKR-C101" in text(found)
    assert "docker logs db" in text(found)


def test_the_next_report_spells_out_only_what_changed(newsroom: Newsroom) -> None:
    """Given a report before, when one finding appeared, one went away and one stays, then that is what it tells."""
    newsroom.add(targets=("local",))
    other = finding(id="DKR-C103@container/cache", code="DKR-C103", subject="container/cache", summary="cache is slow.")
    newsroom.come(answers={"local": report(DB, other)})

    newsroom.come(NINE + HOUR, answers={"local": report(WEB, other)})

    _, message = newsroom.shown()
    assert ":red_circle: local: 2 findings, 1 new, 1 gone since Mon 2 Mar 09:00" in text(message)
    assert "local | 1 critical, 1 high | 1 | 1" in text(message)
    said = text(*newsroom.thread(message))
    assert "local: 1 new, 1 gone" in said
    assert "container/web" in said
    assert "container/db db exited with code 3." in said
    assert "cache" not in said


def test_nothing_new_is_said_in_one_line(newsroom: Newsroom) -> None:
    """Given a report before, when all is as it was, then the headline says so, and the thread is empty."""
    newsroom.add(targets=("local",))
    newsroom.come(answers={"local": report(DB)})

    newsroom.come(NINE + HOUR, answers={"local": report(DB)})

    _, message = newsroom.shown()
    assert "local: 1 finding, nothing new since Mon 2 Mar 09:00" in text(message)
    assert newsroom.thread(message) == []


def test_a_finding_that_is_explained_now_is_not_gone(newsroom: Newsroom) -> None:
    """Given a finding, when another comes to explain it, then the one is new and the other is not gone."""
    newsroom.add(targets=("local",))
    newsroom.come(answers={"local": report(WEB)})
    cause, symptom = finding(explains=(WEB.id,)), finding(id=WEB.id, explained_by=(DB.id,))

    newsroom.come(NINE + HOUR, answers={"local": report(cause, symptom)})

    assert headlines(newsroom)[1].endswith("local: 1 finding, 1 new since Mon 2 Mar 09:00")


def test_a_target_that_fails_is_named_with_its_reason(newsroom: Newsroom) -> None:
    """Given two targets, when one gives no answer, then the message says which and why, and how the other is."""
    newsroom.add()

    newsroom.come(answers={"prod": "Docker does not answer at prod:2376."})

    (message,) = newsroom.shown()
    assert text(message).splitlines()[1:3] == [
        "  :warning: local, prod: healthy; 1 of 2 gave no answer",
        "  prod gave no answer: Docker does not answer at prod:2376.",
    ]
    assert "prod | No answer | — | —" in text(message)
    assert "Docker does not answer at prod:2376." in message["text"]


def test_what_a_silent_target_had_is_neither_gone_nor_new_later(newsroom: Newsroom) -> None:
    """Given a finding, when its target is silent for a time and then has it still, then it is not new."""
    newsroom.add(targets=("local",))
    newsroom.come(answers={"local": report(DB)})
    newsroom.come(NINE + HOUR, answers={"local": "it is away"})

    newsroom.come(NINE + 2 * HOUR, answers={"local": report(DB)})

    assert headlines(newsroom) == [
        ":large_orange_circle: local: 1 finding",
        ":warning: No answer from local",
        ":large_orange_circle: local: 1 finding, nothing new since Mon 2 Mar 10:00",
    ]
    assert "local: no answer → unwell" in text(*newsroom.thread(newsroom.shown()[2]))


def test_what_could_not_be_read_is_not_healthy(newsroom: Newsroom) -> None:
    """Given a target of which a part could not be read, when nothing is found, then it is not called healthy."""
    newsroom.add(targets=("local",))

    newsroom.come(answers={"local": report(gaps=(GAP,))})

    (message,) = newsroom.shown()
    assert ":grey_question: local: nothing wrong in what could be read" in text(message)
    assert "local | 1 thing not read" in text(message)
    assert "no answer within 10 s" in text(*newsroom.thread(message))


def test_a_target_that_was_removed_is_named(newsroom: Newsroom, stage: Stage) -> None:
    """Given a schedule, when a target of it is no longer configured, then the report says so, and asks the other."""
    newsroom.add()
    newsroom.reports = newsroom.another({"local": TARGETS["local"]})

    newsroom.come()

    assert "prod gave no answer: it is no target of the configuration any more" in text(*newsroom.shown())
    assert [record.job.target for record in stage.jobs()] == ["local"]


def test_who_may_no_longer_have_it_gets_nothing_of_a_target(newsroom: Newsroom, stage: Stage) -> None:
    """Given a schedule of somebody whom the policy does not allow it any more, when it is due, then no job is made."""
    newsroom.add(targets=("local",), created_by="U0BOB")

    newsroom.come()

    assert "local gave no answer: whoever wants this report may not have it here (rule: reports)" in text(
        *newsroom.shown()
    )
    assert stage.jobs() == []


@pytest.mark.parametrize(("reader", "told"), [("U0ALICE", True), ("U0BOB", False)])
def test_logs_are_read_for_a_maker_who_may_read_them_there(
    newsroom: Newsroom, stage: Stage, monkeypatch: pytest.MonkeyPatch, reader: str, told: bool
) -> None:
    """Given logs that one person may read, when a report comes, then they are read if it is theirs, and offered."""
    logs = Rule(name="logs", do=(Action.LOGS,), users=(reader,))
    policy = Policy([Rule(name="reports", do=(Action.REPORT,), users=("U0ALICE",)), logs])
    monkeypatch.setattr(stage, "team", msgspec.structs.replace(stage.team, policy=policy))
    newsroom.reports = newsroom.another()
    newsroom.add(targets=("local",))

    newsroom.come()

    (record,) = stage.jobs()
    assert (record.job.reads_logs, record.job.may) == (told, ("logs",))


def test_what_is_muted_in_the_channel_is_counted_and_not_told(newsroom: Newsroom, stage: Stage) -> None:
    """Given a finding that is muted there, when the report comes, then it is counted as that, and not told as gone."""
    newsroom.add(targets=("local",))
    newsroom.come(answers={"local": report(DB)})
    _, found = newsroom.thread(newsroom.shown()[0])
    stage.click(MUTE, found["ts"])

    newsroom.come(NINE + HOUR, answers={"local": report(DB)})

    _, message = newsroom.shown()
    assert "local: nothing wrong but what is muted here, nothing new" in text(message)
    assert "local | 1 muted" in text(message)


def test_a_quiet_report_comes_only_with_a_change(newsroom: Newsroom) -> None:
    """Given a quiet schedule, when nothing changed, then nothing is said; when something did, then it is."""
    made = newsroom.add(targets=("local",), quiet=True)
    newsroom.come(answers={"local": report(DB)})
    newsroom.come(NINE + HOUR, answers={"local": report(DB)})
    assert len(newsroom.shown()) == 1

    newsroom.come(NINE + 2 * HOUR, answers={"local": report()})
    assert headlines(newsroom)[1:] == [":white_check_mark: local: healthy, 1 gone since Mon 2 Mar 10:00"]

    newsroom.schedules.run_now(made.number, "1.2.now", by="U0ALICE")
    newsroom.come(NINE + 2 * HOUR + timedelta(minutes=30))
    assert headlines(newsroom)[2:] == [":white_check_mark: local: healthy, nothing new since Mon 2 Mar 11:00"]


def test_its_diagnoses_are_remembered_and_nobody_s_own(newsroom: Newsroom, stage: Stage) -> None:
    """Given a report, when it was shown, then the last word on its targets is its, and nobody is said to have asked."""
    newsroom.add()

    newsroom.come(answers={"local": report(DB, figures={"restarts": 3.0})})

    diagnoses = Diagnoses(stage.database)
    latest = diagnoses.latest_of_targets(["local", "prod"])
    (message,) = newsroom.shown()
    assert {past.thread_ts for past in latest.values()} == {message["ts"]}
    assert latest["local"].figures == {"restarts": 3.0}
    assert diagnoses.recent("U0ALICE") == ()
