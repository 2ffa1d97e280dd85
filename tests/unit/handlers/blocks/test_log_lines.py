"""What logs say as a person on call reads it: one line each, under the cause that it belongs to."""

from datetime import timedelta

from msgspec.structs import replace

from bot.command_line.rendering.markdown import markdown
from handlers.blocks.findings import findings
from handlers.blocks.log_lines import facts
from handlers.blocks.muted import shown
from handlers.blocks.offers import Offers
from sickbay.diagnostics.model import LogTemplate, Report
from sickbay.jobs.model import Mute
from tests.unit.command_line.reports import AT, CAUSE, EVIL, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import assert_slack_takes, parts, text_of

SAID = LogTemplate(
    finding=CAUSE.id,
    names=("db-1", "db-2", "db-3", "db-4", "db-5"),
    template="FATAL: no route to <*>",
    sample="FATAL: no route to 10.0.0.7",
    count=1546,
    first=AT,
    last=AT + timedelta(minutes=30),
    new=True,
    only_unwell=True,
)


def thread(given: Report, offers: Offers = Offers()) -> str:  # noqa: B008 - it is frozen
    return "\n".join(text_of(message) for message in findings("default.abc", given, offers))


def test_a_line_says_how_often_when_and_whose() -> None:
    """Given what a cause's logs say, then a line of the thread has a sample, the count, both times and the logs."""
    (message,) = findings("default.abc", report(CAUSE, log_templates=(SAID,)))

    assert_slack_takes(message)
    told = text_of(message)
    assert "What the logs say" in told
    assert "FATAL: no route to 10.0.0.7" in told
    assert "1,546 times" in told
    assert "new, only in db-1, db-2, db-3 and 2 more" in told
    dates = [part["timestamp"] for part in parts(list(message.blocks)) if part.get("type") == "date"]
    assert dates == [int(AT.timestamp()), int(AT.timestamp()) + 1800]


def test_what_a_symptoms_logs_say_stands_once_under_its_first_cause() -> None:
    """Given a symptom of two causes, then what its logs say is told under the first of them, and not again."""
    other = finding(id="DKR-C103@container/x", code="DKR-C103", subject="container/x", explains=CAUSE.explains)
    told = thread(report(CAUSE, other, SYMPTOM, log_templates=(replace(SAID, finding=SYMPTOM.id),)))

    assert told.count("no route to 10.0.0.7") == 1
    assert told.index("no route to 10.0.0.7") < told.index("DKR-C103")


def test_of_what_is_muted_nothing_is_told() -> None:
    """Given a finding that is muted in the channel, then what its logs say is not told either."""
    mute = Mute(code=CAUSE.code, subject=CAUSE.subject, until=AT + timedelta(days=1), by="U1")
    given = report(CAUSE, log_templates=(SAID,))

    assert shown(given, (mute,)).muted
    assert "no route" not in thread(given, Offers(mutes=(mute,)))


def test_a_thread_without_words_of_logs_has_no_place_for_them() -> None:
    """Given logs that say nothing of this cause, then there is no heading either."""
    assert "What the logs say" not in thread(report(CAUSE))


def test_facts_are_short_where_little_is_known() -> None:
    """Given something that was said once, or of which no time is known, then that is all that is told."""
    once = replace(SAID, count=1, last=AT, names=("db-1",), new=False, only_unwell=False)

    assert facts(once, lambda at: f"{at:%H:%M}") == "once, at 20:41, in db-1"
    assert facts(replace(once, first=None, last=None), str) == "once, in db-1"
    assert facts(SAID, lambda at: f"{at:%H:%M}") == (
        "1,546 times, from 20:41 to 21:11, new, only in db-1, db-2, db-3 and 2 more"
    )


def test_what_an_attacker_logs_is_no_markup() -> None:
    """Given a log that holds markup, then in a thread and in Markdown it is only text."""
    hostile = report(CAUSE, log_templates=(replace(SAID, sample=EVIL, template=EVIL, names=(EVIL,)),))

    for message in findings("default.abc", hostile):
        assert_slack_takes(message)
        assert all(part.get("type") != "broadcast" for part in parts(list(message.blocks)))
    told = markdown(hostile)
    assert "\x1b" not in told
    assert "`` web" in told or "``web" in told
