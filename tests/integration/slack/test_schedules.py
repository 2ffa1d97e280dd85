"""Scheduled reports as people add and change them: by words, a form, buttons and mentions, through Bolt and Slack."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from handlers.blocks.report_forms import CHANNEL, OPEN, QUIET, TARGETS, WHEN, ZONE
from handlers.blocks.reports_told import EDIT, NOW, PAUSE, REMOVE, RESUME
from sickbay.incidents.schedule import Schedule
from sickbay.incidents.schedules import Schedules
from tests.integration.slack.room import buttons
from tests.integration.slack.stage import Stage
from tests.unit.handlers.blocks.test_views import told

Wire = dict[str, Any]


def schedules(stage: Stage) -> tuple[Schedule, ...]:
    return Schedules(stage.database).listed()


def added(stage: Stage, words: str = "local every weekday at 09:00") -> Schedule:
    stage.say(f"/report add {words}")
    return schedules(stage)[-1]


def press(stage: Stage, action_id: str, user: str = "alice") -> None:
    """Press a button of what this person saw last."""
    stage.click(action_id, stage.workspace.ephemerals(user)[-1]["ts"], user=user)


def filled(stage: Stage, **fields: Wire) -> dict[str, str]:
    """Fill in the form that Alice sees, and submit it."""
    return stage.workspace.submit(
        "alice", {f"report_{name}": {f"report_{name}": value} for name, value in fields.items()}
    )


def typed(value: str) -> Wire:
    return {"type": "plain_text_input", "value": value}


def chosen(*names: str) -> Wire:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in names]
    return {"type": "multi_external_select", "selected_options": options}


def said(stage: Stage, user: str = "alice") -> str:
    """Give what the modal says, and close it."""
    view = stage.workspace.modal(user)
    assert view
    stage.workspace.close_modal(user)
    return told(view)


def test_a_report_is_added_in_words(stage: Stage) -> None:
    """Given `/report add …`, when typed, then its next times are told in the zone that Slack knows of the person."""
    schedule = added(stage, "local, prod every weekday at 09:00 in #general quiet")

    assert (schedule.targets, schedule.channel, schedule.quiet) == (("local", "prod"), "C0GENERAL", True)
    assert (schedule.recurrence.time_zone, schedule.created_by) == ("Europe/London", "U0ALICE")
    (answer,) = stage.told()
    assert (
        f"*Report {schedule.number}*: `local`, `prod` every weekday at 09:00 (Europe/London) in <#C0GENERAL>" in answer
    )
    assert answer.count(" 09:00,") == 2
    assert stage.messages() == []


def test_slack_is_asked_once_for_a_time_zone(stage: Stage) -> None:
    """Given a person who adds two reports, when counted, then Slack was asked for their zone once at most."""
    added(stage)
    added(stage)

    assert len(stage.calls("users.info")) <= 1


@pytest.mark.parametrize("channel", ["#random-without-bot"])
def test_a_channel_without_the_bot_is_refused(stage: Stage, channel: str) -> None:
    """Given a channel in which the bot is not, when a report shall come there, then it is said what to do."""
    stage.say(f"/report add local hourly in {channel}")

    assert "Type `/invite @sickbay` there" in stage.told()[0]
    assert schedules(stage) == ()


@pytest.fixture
def private(stage: Stage) -> Iterator[str]:
    """Give a private channel in which the bot is."""
    channel = stage.workspace.store.channel("#general")
    channel["is_private"] = True
    yield channel["id"]
    channel["is_private"] = False


@pytest.mark.parametrize("words", ["add local hourly in #general", "edit {number} in #general"])
def test_a_private_channel_is_named_only_from_within(stage: Stage, private: str, words: str) -> None:
    """Given a private channel, when a report shall come there, then it does if it is typed there, and else not."""
    number = added(stage).number

    stage.say(f"/report {words.format(number=number)}")
    assert "That channel is private" in stage.told()[-1]
    assert [item.channel for item in schedules(stage)] == ["C0OPS"]

    stage.say(f"/report {words.format(number=number)}", channel="#general")
    assert schedules(stage)[-1].channel == private


def test_the_form_takes_a_private_channel_only_from_within(stage: Stage, private: str) -> None:
    """Given a private channel, when it is chosen in a form, then it is taken if that was opened there, and else not."""
    chosen_there = {"type": "conversations_select", "selected_conversation": private}
    stage.say("/report")
    filled(stage, targets=chosen("local"), when=typed("hourly"), channel=chosen_there)
    assert "That channel is private" in said(stage)
    stage.workspace.close_modal("alice")
    assert schedules(stage) == ()

    stage.say("/report", channel="#general")
    filled(stage, targets=chosen("local"), when=typed("hourly"), channel=chosen_there)
    assert "Next:" in said(stage)
    assert [item.channel for item in schedules(stage)] == [private]


def test_direct_messages_are_named_only_from_within(stage: Stage) -> None:
    """Given somebody's direct messages with the bot, when named from a channel, then no report comes there."""
    stage.say("/report add local hourly in <#D0BOB>")

    assert "is private" in stage.told()[-1]
    assert schedules(stage) == ()


def test_an_archived_channel_is_refused(stage: Stage) -> None:
    """Given an archived channel, when a report shall come there, then it is said to choose another."""
    channel = stage.workspace.store.channel("#general")
    channel["is_archived"] = True
    try:
        stage.say("/report add local hourly in #general")
    finally:
        channel["is_archived"] = False

    assert "is archived" in stage.told()[0]
    assert schedules(stage) == ()


def test_a_scope_that_is_missing_keeps_nobody_from_a_report(stage: Stage) -> None:
    """Given an app without the scope to look at channels, when a report is added, then it is, and may fail when due."""
    stage.workspace.faults.missing_scopes.add("channels:read")
    try:
        added(stage)
    finally:
        stage.workspace.faults.missing_scopes.clear()

    assert len(schedules(stage)) == 1


def test_buttons_go_on_from_the_answer(stage: Stage) -> None:
    """Given a report that was added, when its buttons are pressed, then it is made, paused, resumed and removed."""
    schedule = added(stage)
    assert buttons(stage.workspace.ephemerals("alice")[-1]) == [NOW, EDIT, PAUSE, REMOVE]

    press(stage, PAUSE)
    assert buttons(stage.workspace.ephemerals("alice")[-1]) == [NOW, EDIT, RESUME, REMOVE]
    assert schedules(stage)[0].next_at is None
    press(stage, RESUME)
    assert schedules(stage) == (schedule,)
    ts = stage.workspace.ephemerals("alice")[-1]["ts"]
    stage.click(NOW, ts)
    assert [run.schedule for run in Schedules(stage.database).open_runs()] == [schedule.number]
    stage.click(REMOVE, ts)
    assert schedules(stage) == ()
    assert any("is removed" in text for text in stage.told())


def test_the_command_alone_opens_a_form(stage: Stage) -> None:
    """Given `/report` alone, when the form is filled in, then it says what was understood, with the next times."""
    stage.say("/report")
    view = stage.workspace.modal("alice")
    assert view
    offered = stage.workspace.options(user="alice", action_id=TARGETS, typed="lo", view_id=view["id"])

    errors = filled(stage, targets=chosen(*(item["value"] for item in offered)), when=typed("mondays 8:30"))

    assert errors == {}
    answer = said(stage)
    assert "`local` Mondays at 08:30 (Europe/London) in <#C0OPS>" in answer
    assert "Next: Mon" in answer
    (schedule,) = schedules(stage)
    assert (schedule.targets, schedule.channel, schedule.quiet) == (("local",), "C0OPS", False)


@pytest.mark.parametrize(
    ("fields", "block", "problem"),
    [
        ({"when": typed("fish")}, WHEN, "I do not understand \N{LEFT DOUBLE QUOTATION MARK}fish"),
        ({"when": typed("mondays")}, WHEN, "At what time?"),
        ({"when": typed("hourly"), "zone": typed("Lodnon")}, ZONE, "There is no time zone"),
        ({"when": typed("hourly"), "zone": typed("CET")}, ZONE, "Name a city"),
        ({"when": typed("hourly"), "targets": chosen("local", "incidents")}, TARGETS, "a report of its own"),
    ],
)
def test_the_form_says_beside_a_field_what_is_wrong(
    stage: Stage, fields: dict[str, Wire], block: str, problem: str
) -> None:
    """Given a mistake in the form, when submitted, then it stands beside its field, and the form stays open."""
    stage.say("/report")

    errors = filled(stage, **({"targets": chosen("local")} | fields))

    assert list(errors) == [block]
    assert problem in errors[block]
    assert stage.workspace.modal("alice")
    stage.workspace.close_modal("alice")
    assert schedules(stage) == ()


def test_the_form_keeps_what_was_filled_in_where_it_is_refused(stage: Stage) -> None:
    """Given a channel without the bot, when chosen in the form, then why not stands above the form, which is kept."""
    stage.say("/report")
    elsewhere = {"type": "conversations_select", "selected_conversation": "C0RANDOM"}

    filled(stage, targets=chosen("local"), when=typed("hourly"), channel=elsewhere)

    assert "/invite @sickbay" in said(stage)
    form = stage.workspace.modal("alice")
    assert form
    assert form["title"]["text"] == "New report"
    stage.workspace.close_modal("alice")
    assert schedules(stage) == ()


def test_a_report_is_edited_in_a_form(stage: Stage) -> None:
    """Given a report, when 'Edit…' is pressed, then the form is as the report is, and changes what is changed."""
    schedule = added(stage)
    press(stage, EDIT)
    view = stage.workspace.modal("alice")
    assert view
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert elements[WHEN]["initial_value"] == "every weekday at 09:00"
    assert elements[ZONE]["initial_value"] == "Europe/London"
    assert elements[CHANNEL]["initial_conversation"] == "C0OPS"
    assert [item["value"] for item in elements[TARGETS]["initial_options"]] == ["local"]

    quiet = {"type": "checkboxes", "selected_options": elements[QUIET]["options"]}
    assert filled(stage, zone=typed("new york"), quiet=quiet) == {}

    assert "every weekday at 09:00 (America/New_York) in <#C0OPS>, only when something has changed" in said(stage)
    (edited,) = schedules(stage)
    assert (edited.number, edited.quiet, edited.recurrence.time_zone) == (schedule.number, True, "America/New_York")


def test_a_form_leaves_what_another_has_changed_since(stage: Stage) -> None:
    """Given an open form, when the report is edited meanwhile, then the form changes only what was changed in it."""
    number = added(stage).number
    press(stage, EDIT)
    stage.say(f"/report edit {number} local,prod daily at 8:00 in #general")
    quiet = {"type": "checkboxes", "selected_options": [{"text": {"type": "plain_text", "text": "-"}, "value": QUIET}]}

    assert filled(stage, quiet=quiet) == {}

    assert "only when something has changed" in said(stage)
    (edited,) = schedules(stage)
    assert (edited.targets, edited.words, edited.channel) == (("local", "prod"), "daily at 08:00", "C0GENERAL")
    assert edited.quiet


def test_who_may_not_gets_no_form_and_presses_nothing(stage: Stage) -> None:
    """Given somebody without a rule, when they want a form or change a report, then they are told that they may not."""
    schedule = added(stage)
    stage.say("/report", user="mallory")
    assert stage.workspace.modal("mallory") is None
    stage.say(f"/report show {schedule.number}", user="mallory")
    press(stage, EDIT, user="mallory")
    assert stage.workspace.modal("mallory") is None
    stage.say(f"/report show {schedule.number}", user="mallory")
    press(stage, REMOVE, user="mallory")

    assert len([text for text in stage.told("mallory") if "is not allowed for you" in text]) == 3
    assert schedules(stage) == (schedule,)


def test_a_removal_that_is_refused_leaves_the_message(stage: Stage) -> None:
    """Given a report that somebody sees, when they may not remove it, then they alone are told, below what stands."""
    schedule = added(stage)
    stage.say(f"/report show {schedule.number}", user="mallory")
    shown = stage.workspace.ephemerals("mallory")[-1]

    press(stage, REMOVE, user="mallory")

    before, told_why = stage.workspace.ephemerals("mallory")
    assert before == shown
    assert "is not allowed for you" in told_why["text"]
    assert stage.messages() == []


def test_a_report_is_asked_for_in_a_thread(stage: Stage) -> None:
    """Given a thread, where Slack has no commands, when the bot is mentioned with `report …`, then it is the same."""
    thread = stage.say("anything new?")
    stage.say("@sickbay report add local hourly", thread=thread)

    (schedule,) = schedules(stage)
    assert (schedule.words, schedule.channel) == ("hourly", "C0OPS")
    assert "Next:" in stage.told()[0]


def test_a_form_that_slack_does_not_open_in_time_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given Slack that is slow, when a form is to be opened, then it has less than three seconds, and that is told."""
    waited: list[float] = []

    def slow(client: WebClient, **_arguments: object) -> None:
        waited.append(client.timeout)
        raise TimeoutError("away")

    schedule = added(stage)
    with monkeypatch.context() as away:
        away.setattr(WebClient, "views_open", slow)
        press(stage, EDIT)
        stage.say("/report")

    assert len(waited) == 2
    assert max(waited) + 0.5 < 3
    assert "That failed" in stage.told()[-1]
    assert schedules(stage) == (schedule,)


def test_home_lists_reports_and_opens_the_form(stage: Stage) -> None:
    """Given a report, when Home is opened, then it is listed, and a button opens the form of another."""
    added(stage)
    stage.workspace.open_home("alice")
    home = stage.workspace.home("alice")
    assert home
    assert "Report" in told(home)
    assert "local: every weekday at 09:00" in told(home)

    stage.workspace.click(user="alice", action_id=OPEN, view_id=home["id"])
    elsewhere = {"type": "conversations_select", "selected_conversation": "C0GENERAL"}
    filled(stage, targets=chosen("incidents"), when=typed("fridays 16:00"), channel=elsewhere)

    assert "the digest of incidents Fridays at 16:00" in said(stage)
    assert schedules(stage)[-1].channel == "C0GENERAL"
    stage.workspace.open_home("mallory")
    assert "Report…" not in told(stage.workspace.home("mallory") or {})
