"""What nobody should send, through Bolt's own dispatch: it is answered or refused in words, and breaks nothing."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import BoltRequest, BoltResponse
from structlog.testing import capture_logs

from bot.failures import OUTDATED
from handlers.blocks.form import FORM, SCOPE, TARGET, WINDOW
from handlers.blocks.home import OPEN_FORM, REFRESH
from handlers.blocks.notices import forgotten
from handlers.blocks.offers import CANCEL, COMPARE, DETAILS, EXPLAIN, LOGS, MUTE, RUN_AGAIN
from handlers.blocks.report_forms import ADDING, TARGETS, WHEN
from handlers.blocks.reports_told import PAUSE
from handlers.shortcuts.diagnose import DIAGNOSE
from handlers.shortcuts.lint import LINT
from handlers.shortcuts.timeline import ADD
from sickbay.diagnostics.errors import PermanentError
from sickbay.incidents.schedules import Schedules
from tests.integration.slack.stage import Stage, Wire, text
from tests.integration.slack.test_workbench import answered, block_of, chosen, findings_ts
from tests.unit.command_line.reports import CAUSE, report

#: Words of an exception, none of which a person in Slack should read.
TRACES = ("Traceback", "Error", "Exception", "expected string")
PEOPLE = ("alice", "bob", "mallory")
_NUMBERS = itertools.count()

Path = tuple[str | int, ...]


def dispatched(stage: Stage, payload: Wire) -> BoltResponse | None:
    """Give Bolt's answer to a payload; nothing where Bolt cannot even read it, which ends in its own log."""
    try:
        request = BoltRequest(mode="socket_mode", body=payload)
    except Exception:
        return None
    return stage.app.dispatch(request)


@pytest.fixture(scope="session")
def recorded(connected: Stage) -> Sequence[Wire]:
    """A payload of each kind that people cause, as the workspace sent them."""
    connected.clear()
    stage = connected
    thread = answered(stage)
    reply = findings_ts(stage, thread)
    for button in (DETAILS, EXPLAIN, LOGS, MUTE):
        stage.click(button, reply)
    stage.click(RUN_AGAIN, thread)
    stage.answer(stage.jobs()[-1].job.id, report(CAUSE))
    stage.click(COMPARE, next(item["ts"] for item in stage.messages(thread=thread) if "Compare" in text(item)))
    for command in ("/incident", "/incident open slow sev2 on local"):
        stage.say(command)
    stage.workspace.close_modal("alice", cleared=True)
    have_a_report(stage)
    stage.say("/diagnose")
    stage.workspace.options(user="alice", action_id=TARGET, typed="lo", view_id=form_of(stage)["id"])
    stage.workspace.click(user="alice", action_id=TARGET, view_id=form_of(stage)["id"], chosen=chosen("local"))
    submit_form(stage, form_of(stage))
    said = stage.say("@sickbay again", thread=thread)
    stage.say("local", channel="U0ALICE")
    for shortcut in (DIAGNOSE, LINT, ADD):
        assert stage.workspace.shortcut(user="alice", callback_id=shortcut, channel="#ops", ts=said)
    stage.workspace.open_home("alice")
    for button in (REFRESH, OPEN_FORM):
        home = stage.workspace.home("alice")
        assert home
        stage.workspace.click(user="alice", action_id=button, view_id=home["id"])
    stage.workspace.close_modal("alice", cleared=True)
    return [deepcopy(entry["body"]["payload"]) for entry in stage.envelopes()]


def have_a_report(stage: Stage) -> None:
    """Add one in words, pause it by its button, and add one in the form."""
    stage.say("/report add local hourly")
    stage.click(PAUSE, stage.workspace.ephemerals("alice")[-1]["ts"])
    stage.say("/report")
    view = stage.workspace.modal("alice")
    assert view
    stage.workspace.options(user="alice", action_id=TARGETS, typed="lo", view_id=view["id"])
    target = {"text": {"type": "plain_text", "text": "local"}, "value": "local"}
    what = {"type": "multi_external_select", "selected_options": [target]}
    when = {"type": "plain_text_input", "value": "daily at 9"}
    assert stage.workspace.submit("alice", {TARGETS: {TARGETS: what}, WHEN: {WHEN: when}}) == {}
    stage.workspace.close_modal("alice", cleared=True)


def form_of(stage: Stage) -> Wire:
    """Give the form of a diagnosis that Alice sees, which may be redrawn meanwhile."""
    view = stage.workspace.modal("alice")
    assert view
    assert view["callback_id"] == FORM
    return view


def submit_form(stage: Stage, view: Wire) -> None:
    """Ask for all of `local` in the form."""
    values = {TARGET: {TARGET: chosen("local")}, block_of(view, SCOPE): {SCOPE: {"type": "external_select"}}}
    assert stage.workspace.submit("alice", {**values, WINDOW: {WINDOW: chosen("2h")}}) == {}


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each field and item, at any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("\ud800 \u202e\u200b\x00"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def spoilt(draw: st.DrawFn, payload: Wire) -> Wire:
    """Drop, retype and add fields."""
    body = deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(sorted(places(body), key=str)))
        inner: Any = body
        for key in path:
            inner = inner[key]
        match draw(st.sampled_from(("drop", "retype", "add"))):
            case "drop":
                del inner[last]
            case "retype":
                inner[last] = draw(JUNK)
            case _ if isinstance(inner, dict):
                inner[draw(st.text(max_size=8))] = draw(JUNK)
        if not body:
            break
    return body


def renewed(payload: Wire) -> Wire:
    """Give the payload with an id of its own, else it would count as a repeat."""
    fresh = f"{next(_NUMBERS)}.again"
    return payload | {name: fresh for name in ("trigger_id", "event_id") if isinstance(payload.get(name), str)}


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_payload_is_answered_in_words(stage: Stage, recorded: Sequence[Wire], data: st.DataObject) -> None:
    """Given any payload of Slack with fields dropped, retyped and added, when dispatched, then nothing is harmed."""
    body = data.draw(spoilt(data.draw(st.sampled_from(recorded))))
    stage.workspace.store.ephemerals.clear()

    response = dispatched(stage, renewed(body))

    if response:
        assert response.status in {200, 400, 500}
        assert not any(trace in (response.body or "") for trace in TRACES)
    told = [item for person in PEOPLE for item in stage.told(person)]
    assert [item for item in told if any(trace in item for trace in TRACES)] == []
    stage.jobs()
    assert stage.team.audit.verify(None).problem == ""


LONG = "x" * 40_000


@pytest.mark.parametrize(
    "typed",
    [
        f"/diagnose {LONG}", f"/diagnose local {LONG}", f"/diagnose local --since {LONG}",
        f"/diagnose {'web ' * 10_000}", f"/diagnose explain {LONG}", f"/diagnose logs local {LONG}",
        f"/incident open {LONG}", f"/incident {LONG}", f"@sickbay {LONG}", f"@sickbay logs local {LONG}",
    ],
    ids=lambda typed: typed[:30].strip(),
)  # fmt: skip
def test_forty_thousand_characters_are_answered_shortly(stage: Stage, typed: str) -> None:
    """Given the longest text that a person can type, when typed, then the answer is short, and nothing is started."""
    stage.say(typed)

    (told,) = stage.told()
    assert len(told) < 2_000
    assert stage.jobs() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [("l\u043ecal", "l\u043ecal"), ("lo\u202ecal", "local"), ("lo\u200dcal", "local"), ("lo\ud800cal", "lo?cal"),
     ("\u2066local\u2069", "local"), ("lo\u00adcal", "local"), ("\U000e006cocal", "ocal")],
    ids=["homoglyph", "bidi", "zero width", "surrogate", "isolate", "soft hyphen", "tag"],
)  # fmt: skip
def test_a_name_that_looks_like_another_is_none(stage: Stage, name: str, shown: str) -> None:
    """Given a target's name with what one cannot see in it, when asked for, then it is said that there is none."""
    stage.say(f"/diagnose {name}")

    (told,) = stage.told()
    assert told.startswith(f"There is no target `{shown}`.")
    assert stage.jobs() == []


def test_a_half_character_is_no_failure(stage: Stage) -> None:
    """Given halves of characters wherever people can type, when sent, then each is taken as a sign."""
    stage.say("/diagnose local we\ud800b")
    stage.say("/incident open slow \udfff sev2")
    stage.say("@sickbay local \ud83d")
    stage.say("local \ud83d", channel="U0ALICE")

    assert [record.job.request.scope for record in stage.jobs()] == ["we?b", "?", "?"]
    assert stage.told() == []


def test_a_form_submitted_twice_is_one_job(stage: Stage, recorded: Sequence[Wire]) -> None:
    """Given forms that are submitted twice, when both arrive, with ids of their own, then there is one of each."""
    submissions = [item for item in recorded if item.get("type") == "view_submission"]
    assert [item["view"]["callback_id"] for item in submissions] == [ADDING, FORM]

    answers = [dispatched(stage, renewed(submission)) for submission in submissions for _ in range(2)]

    assert [answer and answer.status for answer in answers] == [200] * 4
    assert len(stage.jobs()) == 1
    assert len(Schedules(stage.database).listed()) == 1


@pytest.mark.parametrize("button", [CANCEL, RUN_AGAIN, COMPARE, DETAILS, LOGS, EXPLAIN, MUTE])
def test_a_button_of_a_forgotten_job_says_so(stage: Stage, button: str) -> None:
    """Given an old message whose job is forgotten, when its buttons are clicked, then the one who clicked is told."""
    answered(stage)
    stage.say("/diagnose local")
    job = stage.jobs()[-1].job.id
    stage.deliver(job)
    if button != CANCEL:
        stage.answer(job, report(CAUSE))
    card = stage.messages()[-1]["ts"]
    place = card if button in {CANCEL, RUN_AGAIN, COMPARE} else findings_ts(stage, card)
    stage.redis.delete(*stage.redis.keys("sickbay:jobs:*"))

    stage.click(button, place, user="bob")

    (told,) = stage.told("bob")
    assert told == forgotten()
    assert stage.workspace.modal("bob") is None


def test_a_button_of_an_older_version_says_so(stage: Stage, recorded: Sequence[Wire]) -> None:
    """Given a button and a form that this version does not know, when used, then the person is told to ask again."""
    click = next(item for item in recorded if item.get("type") == "block_actions" and item.get("response_url"))
    form = next(item for item in recorded if item.get("type") == "view_submission")
    stage.say("/diagnose local")  # An address at which Alice can be told.
    old = {"actions": [click["actions"][0] | {"action_id": "removed"}], "response_url": addressed(stage)}

    clicked = dispatched(stage, renewed(click | old))
    sent = dispatched(stage, renewed(form | {"view": form["view"] | {"private_metadata": '{"of": ["old"]'}}))

    assert clicked
    assert sent
    assert (clicked.status, sent.status) == (200, 200)
    assert stage.told() == [OUTDATED]
    assert OUTDATED in sent.body


def addressed(stage: Stage) -> str:
    """Give the one-time address of the last command."""
    return str(stage.envelopes()[-1]["body"]["payload"]["response_url"])


def test_a_channel_that_was_archived_meanwhile_is_told_to_the_asker(stage: Stage) -> None:
    """Given a channel that is archived before its answer, when delivered, then the asker alone is told so, once."""
    stage.say("/diagnose local")
    with changed(stage.workspace.store.channel("#ops"), is_archived=True):
        stage.answer(stage.job(), report(CAUSE))

    (told,) = stage.told()
    assert "is_archived" in told
    assert stage.messages() == []


def test_a_channel_that_hides_from_the_bot_is_told_to_the_asker(stage: Stage) -> None:
    """Given a private channel without the bot, when asked there, then the asker is told how to let it in."""
    with changed(stage.workspace.store.channel("#random-without-bot"), is_private=True):
        stage.say("/diagnose local", channel="#random-without-bot")
        stage.answer(stage.job(), report(CAUSE))

    (told,) = stage.told()
    assert "`/invite @sickbay`" in told


def test_somebody_who_left_meanwhile_holds_up_nobody(stage: Stage) -> None:
    """Given a person who left the workspace after asking, when delivered, then the channel has its answer."""
    stage.say("/diagnose local", user="bob")
    with changed(stage.workspace.store.user("bob"), deleted=True):
        stage.answer(stage.job(), report(CAUSE))
        stage.say("@sickbay lokal", user="bob")

    assert "High: db exited with code 3." in text(stage.root())


def test_a_workspace_that_removed_the_app_is_in_the_log(stage: Stage) -> None:
    """Given an app that was uninstalled, when a person still clicks and its answers are due, then the log says so."""
    thread = answered(stage)
    stage.click(RUN_AGAIN, thread)
    stage.workspace.faults.uninstalled = True
    try:
        with capture_logs() as logged:
            stage.click(DETAILS, findings_ts(stage, thread))
            with pytest.raises(PermanentError, match="nstall"):
                stage.delivery.sync(stage.jobs()[-1].job.id)
    finally:
        stage.workspace.faults.uninstalled = False

    refused = [item for item in logged if item["event"] == "Slack refuses what a listener asks for"]
    assert "nstall" in refused[0]["error"]
    assert not any("exc_info" in item for item in logged)


@contextmanager
def changed(thing: Wire, **fields: object) -> Iterator[None]:
    """Let something of the workspace be otherwise for a while."""
    before = dict(thing)
    thing.update(fields)
    try:
        yield
    finally:
        thing.update(before)
