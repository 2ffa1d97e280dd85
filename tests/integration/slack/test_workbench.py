"""What a thread, a form, App Home and a message's menu offer, through Bolt's own dispatch and the local workspace."""

from typing import Any

import pytest

from handlers.blocks.form import AUDIT, CLUE, FORM, SCOPE, TARGET, WINDOW
from handlers.blocks.home import OPEN_FORM, REFRESH
from handlers.blocks.offers import CANCEL, COMPARE, DETAILS, EXPLAIN, LOGS, MUTE, RUN_AGAIN
from handlers.shortcuts.diagnose import DIAGNOSE
from sickbay.diagnostics.model import Log
from sickbay.incidents.audit import Head
from tests.integration.slack.stage import Stage, text
from tests.unit.command_line.reports import CAUSE, SYMPTOM, finding, report
from tests.unit.handlers.blocks.test_views import told

Wire = dict[str, Any]


def answered(stage: Stage, command: str = "/diagnose local") -> str:
    """Have Alice's diagnosis answered; gives its thread."""
    stage.say(command)
    stage.answer(stage.jobs()[-1].job.id, report(CAUSE, SYMPTOM))
    return str(stage.messages()[-1]["ts"])


def findings_ts(stage: Stage, thread: str) -> str:
    return str(stage.messages(thread=thread)[0]["ts"])


def chosen(value: str) -> Wire:
    return {
        "type": "external_select",
        "selected_option": {"text": {"type": "plain_text", "text": value}, "value": value},
    }


def block_of(view: Wire, start: str) -> str:
    return next(str(block["block_id"]) for block in view["blocks"] if str(block.get("block_id")).startswith(start))


def test_details_and_explanation_are_for_the_one_who_clicks(stage: Stage) -> None:
    """Given an answer, when Bob looks closer at its cause, then he alone sees the modals."""
    thread = answered(stage)

    stage.click(DETAILS, findings_ts(stage, thread), user="bob")
    details = stage.workspace.modal("bob")
    stage.workspace.close_modal("bob")
    stage.click(EXPLAIN, findings_ts(stage, thread), user="bob")
    explanation = stage.workspace.modal("bob")
    stage.workspace.close_modal("bob")

    assert details
    assert explanation
    assert "db exited with code 3." in told(details)
    assert "What to do:" in told(explanation)
    assert stage.workspace.modal("alice") is None


def test_the_log_of_a_finding_is_a_file_in_its_thread(stage: Stage) -> None:
    """Given an answer, when Bob clicks 'Logs', then the worker is asked for that log, and it stands in the thread."""
    thread = answered(stage)

    stage.click(LOGS, findings_ts(stage, thread), user="bob")
    job = stage.jobs()[-1].job
    stage.work(job.id)
    stage.queue.finish_logs(job.id, [Log(name="db", text="ready\nFATAL: disk full\n")])
    stage.deliver(job.id)

    assert (job.request.scope, job.request.logs, job.asked_by) == ("db", True, "U0BOB")
    *_, line, file = stage.messages(thread=thread)
    assert "The log of db, asked by @U0BOB" in text(line)
    assert [item["name"] for item in file["files"]] == ["db.log"]


def test_a_muted_finding_is_counted_in_the_channels_next_answer(stage: Stage) -> None:
    """Given a finding that Bob mutes, when the diagnosis is run again, then its card says that something is muted."""
    thread = answered(stage)
    stage.click(MUTE, findings_ts(stage, thread), user="bob")

    stage.click(RUN_AGAIN, thread)
    stage.answer(stage.jobs()[-1].job.id, report(CAUSE, SYMPTOM))

    assert "is muted in this channel until" in stage.told("bob")[0]
    card, findings = stage.messages(thread=thread)[-2:]
    assert "Nothing wrong found but what is muted here: 1 finding" in text(card)
    assert "Muted in this channel" in text(findings)


def test_two_runs_are_compared(stage: Stage) -> None:
    """Given a fault that went while another came, when the second run is compared, then the modal says both."""
    thread = answered(stage)
    assert "Compare" not in text(stage.root())
    stage.click(RUN_AGAIN, thread)
    stage.answer(stage.jobs()[-1].job.id, report(finding(subject="container/new", id="new")))
    card = next(item for item in reversed(stage.messages(thread=thread)) if "Compare" in text(item))

    stage.click(COMPARE, card["ts"], user="bob")

    view = stage.workspace.modal("bob")
    stage.workspace.close_modal("bob")
    assert view
    shown = told(view)
    assert shown.index("Appeared (1)") < shown.index("container/new") < shown.index("Went away (2)")


@pytest.mark.parametrize(
    ("words", "scope", "logs"), [("again", "web-1", False), ("since 2h", "web-1", False), ("logs db", "db", True)]
)
def test_words_in_the_thread_go_on_from_its_diagnosis(stage: Stage, words: str, scope: str, logs: bool) -> None:
    """Given an answer, when somebody mentions the bot in its thread, then it goes on, and marks that it was heard."""
    thread = answered(stage, "/diagnose local web-1")

    said = stage.say(f"@sickbay {words}", user="bob", thread=thread)

    job = stage.jobs()[-1].job
    assert (job.target, job.request.scope, job.request.logs, job.asked_by) == ("local", scope, logs, "U0BOB")
    assert job.destination.thread_ts == thread
    (mention,) = [item for item in stage.workspace.messages("#ops", thread) if item["ts"] == said]
    assert [item["name"] for item in mention["reactions"]] == ["eyes"]


def test_the_command_alone_opens_a_form_that_diagnoses(stage: Stage) -> None:
    """Given `/diagnose` alone, when a target, a scope and the audit are chosen, then that is asked in the channel."""
    stage.queue.remember_scopes("default", "local", ["web-1", "db"])
    stage.say("/diagnose")
    view = stage.workspace.modal("alice")
    assert view
    assert view["callback_id"] == FORM

    targets = stage.workspace.options(user="alice", action_id=TARGET, typed="lo", view_id=view["id"])
    stage.workspace.click(user="alice", action_id=TARGET, view_id=view["id"], chosen=chosen("local"))
    view = stage.workspace.wait_for(lambda now: _form_for(now, "local"))
    scopes = stage.workspace.options(user="alice", action_id=SCOPE, typed="d", view_id=view["id"])
    errors = stage.workspace.submit(
        "alice",
        {
            TARGET: {TARGET: chosen("local")},
            block_of(view, SCOPE): {SCOPE: chosen("db")},
            WINDOW: {WINDOW: chosen("2h")},
            AUDIT: {AUDIT: {"type": "checkboxes", "selected_options": [chosen(AUDIT)["selected_option"]]}},
        },
    )

    assert errors == {}
    assert stage.workspace.modal("alice") is None
    assert [item["value"] for item in targets] == ["local"]
    assert [item["value"] for item in scopes] == ["d", "db"]
    job = stage.jobs()[-1].job
    assert (job.target, job.request.scope, job.request.audit) == ("local", "db", True)
    assert (job.request.window.total_seconds(), job.destination.channel) == (7200, "C0OPS")


def test_an_alert_in_a_message_proposes_what_to_diagnose(stage: Stage) -> None:
    """Given a message that names a container, when 'Diagnose this' is chosen, then it is asked in that thread."""
    stage.queue.remember_scopes("default", "local", ["web-1", "db"])
    alert = stage.workspace.say(user="bob", channel="#ops", text="FIRING: web-1 answers 502")

    assert stage.workspace.shortcut(user="alice", callback_id=DIAGNOSE, channel="#ops", ts=alert)
    view = stage.workspace.modal("alice")
    assert view
    assert "local › web-1" in told(view)
    stage.workspace.submit("alice", {CLUE: {CLUE: chosen("0")}})

    job = stage.jobs()[-1].job
    assert (job.target, job.request.scope, job.destination.thread_ts) == ("local", "web-1", alert)


def test_something_else_than_the_clues_can_be_diagnosed(stage: Stage) -> None:
    """Given the form with clues, when 'something else' is submitted, then the form asks for target and scope."""
    alert = stage.workspace.say(user="bob", channel="#ops", text="local is slow")
    assert stage.workspace.shortcut(user="alice", callback_id=DIAGNOSE, channel="#ops", ts=alert)

    stage.workspace.submit("alice", {CLUE: {CLUE: chosen("else")}})

    view = stage.workspace.modal("alice")
    stage.workspace.close_modal("alice")
    assert view
    assert "Narrow it to" in told(view)


def test_home_shows_what_i_asked_and_how_the_targets_are(stage: Stage) -> None:
    """Given Alice's answer, when she opens Home, then it is there with its target; Bob's has no diagnosis of his."""
    answered(stage)

    for person in ("alice", "bob"):
        stage.workspace.open_home(person)

    mine, his = (stage.workspace.home(person) for person in ("alice", "bob"))
    assert mine
    assert his
    assert told(mine).count("High: db exited with code 3.") == 2
    assert told(his).count("High: db exited with code 3.") == 1
    assert "None yet." in told(his)


def test_an_outsider_is_offered_and_allowed_nothing_of_a_guarded_target(stage: Stage) -> None:
    """Given a target for Alice in #ops, when Mallory lists, types, clicks and opens Home, then she gets none of it."""
    answered(stage, "/diagnose guarded web-1")
    stage.say("/diagnose guarded web-1")
    job = stage.jobs()[-1].job.id
    stage.deliver(job)
    card = str(stage.messages()[-1]["ts"])

    stage.click(CANCEL, card, user="mallory")
    stage.answer(job, report(CAUSE))
    reply = findings_ts(stage, card)
    for button in (DETAILS, LOGS, EXPLAIN):
        stage.click(button, reply, user="mallory")
    for button in (RUN_AGAIN, COMPARE):
        stage.click(button, card, user="mallory")
    stage.say("/diagnose guarded", user="mallory")
    stage.say("@sickbay logs db", user="mallory", thread=card)
    refusals = stage.told("mallory")
    stage.say("/diagnose targets", user="mallory")
    stage.workspace.open_home("mallory")

    assert len(refusals) == 8
    assert [item for item in refusals if not item.startswith("You may not do that here")] == []
    assert "guarded" not in stage.told("mallory")[-1]
    assert "guarded" not in told(stage.workspace.home("mallory") or {})
    assert stage.workspace.modal("mallory") is None
    assert len(stage.jobs()) == 2
    assert stage.team.audit.verify(None).problem == ""


def test_every_request_is_in_the_audit(stage: Stage) -> None:
    """Given a diagnosis, a click and words that are none, when done, then the log has a row for each, and proves it."""
    before = stage.team.audit.verify(None).head
    thread = answered(stage)
    stage.click(DETAILS, findings_ts(stage, thread))
    stage.workspace.close_modal("alice")
    stage.say("/diagnose local --sinze 2h")

    after = stage.team.audit.verify(Head(before.sequence, before.mac) if before.sequence else None)

    assert after.problem == ""
    assert after.head.sequence - before.sequence == 3


def _form_for(workspace: Any, target: str) -> Wire | None:
    view = workspace.modal("alice")
    return view if view and any(block.get("block_id") == f"{SCOPE}:{target}" for block in view["blocks"]) else None


def test_home_opens_the_form_and_draws_itself_anew(stage: Stage) -> None:
    """Given Home, when its buttons are pressed, then the form asks for a channel too, and Home shows what is new."""
    stage.workspace.open_home("alice")
    answered(stage)

    for button in (REFRESH, OPEN_FORM):
        home = stage.workspace.home("alice")
        assert home
        assert stage.workspace.click(user="alice", action_id=button, view_id=home["id"])
    view = stage.workspace.modal("alice")
    stage.workspace.close_modal("alice")

    assert view
    assert "Answer in" in told(view)
    assert "High: db exited with code 3." in told(stage.workspace.home("alice") or {})
