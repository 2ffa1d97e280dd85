"""Clicks, selects, shortcuts and modals through an unmodified Bolt app."""

import threading
from typing import Any

import pytest
from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import Bolt, wait_until
from tests.integration.simulator.page import next_event, post, stream

BUTTON = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}, "value": "v"}
ACTIONS: list[dict[str, Any]] = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


def modal(**parts: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "what"}
    label = {"type": "plain_text", "text": "What"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{"type": "input", "block_id": "b", "label": label, "element": element}],
    } | parts


def posted(client: WebClient, **parts: Any) -> str:
    return str(client.chat_postMessage(channel="C0OPS", text="x", blocks=ACTIONS, **parts)["ts"])


def test_a_click_carries_what_slack_says_of_it(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given a message with a button in a thread, when it is clicked, then the app hears who, what and where."""
    bolt.app.action("press")(bolt.acknowledge)
    root = workspace.say(user="alice", channel="#ops", text="root")
    ts = posted(client, thread_ts=root)

    acked = workspace.click(user="bob", channel="#ops", ts=ts, action_id="press")

    body = bolt.heard.wait()
    (action,) = body["actions"]
    assert acked
    assert (action["block_id"], action["value"], action["type"]) == ("row", "v", "button")
    assert body["container"] == {
        "type": "message", "message_ts": ts, "channel_id": "C0OPS", "is_ephemeral": False, "thread_ts": root,
    }  # fmt: skip
    assert (body["user"]["id"], body["channel"]["name"], body["message"]["ts"]) == ("U0BOB", "ops", ts)


def test_a_click_that_nobody_hears_is_not_acknowledged(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given an app without a listener for it, when a button is clicked, then the page learns that nobody answered."""
    workspace.faults.expect_acks_within(0.3)

    assert workspace.click(user="bob", channel="#ops", ts=posted(client), action_id="press") is False


def test_a_button_in_an_attachment_can_be_clicked(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given blocks behind a colour, beside an attachment without blocks, when clicked, then the app hears it."""
    bolt.app.action("press")(bolt.acknowledge)
    attachments: list[dict[str, Any]] = [{"text": "old"}, {"color": "#a30200", "blocks": ACTIONS}]
    ts = str(client.chat_postMessage(channel="C0OPS", text="x", attachments=attachments)["ts"])

    assert workspace.click(user="bob", channel="#ops", ts=ts, action_id="press")


@pytest.mark.parametrize("hidden", [False, True])
def test_a_response_takes_a_messages_place_and_takes_it_away(
    bolt: Bolt, workspace: Workspace, client: WebClient, hidden: bool
) -> None:
    """Given a message with a button, ephemeral or not, when the app replaces and then deletes it, then it is gone."""
    steps = iter(({"replace_original": True, "text": "replaced"}, {"delete_original": True}))

    def listen(ack: Ack, respond: Respond) -> None:
        ack()
        respond(**next(steps))
        bolt.heard.add({})

    bolt.app.action("press")(listen)
    if hidden:
        ts = str(client.chat_postEphemeral(channel="C0OPS", user="U0BOB", text="x", blocks=ACTIONS)["message_ts"])
    else:
        ts = posted(client)

    def shown() -> list[dict[str, Any]]:
        return workspace.ephemerals("bob") if hidden else workspace.messages("#ops")

    click = {"channel": "C0OPS", "message_ts": ts, "action": BUTTON | {"block_id": "row"}}
    post(workspace, "actions", "bob", **click)
    bolt.heard.wait(1)
    assert [(message["text"], "blocks" in message) for message in shown()] == [("replaced", False)]

    post(workspace, "actions", "bob", **click)
    bolt.heard.wait(2)
    assert shown() == []


def test_a_select_asks_the_app_for_its_options(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given an external select, when a person types in it, then the page gets the app's options for what was typed."""

    def listen(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "v"}])

    bolt.app.options("pick")(listen)
    select = {"type": "external_select", "action_id": "pick"}
    blocks = [{"type": "actions", "block_id": "row", "elements": [select]}]
    ts = str(client.chat_postMessage(channel="C0OPS", text="x", blocks=blocks)["ts"])

    answer = post(workspace, "options", channel="C0OPS", message_ts=ts, action_id="pick", block_id="row", value="check")

    assert [option["text"]["text"] for option in answer["options"]] == ["check"]


def test_shortcuts_are_heard(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given an app with shortcuts, when a person uses one, alone and on a message, then it hears which, and of what."""
    bolt.app.shortcut("shortcut")(bolt.acknowledge)
    ts = workspace.say(user="alice", channel="#ops", text="look at this")

    assert post(workspace, "shortcuts", callback_id="shortcut")["acked"]
    assert post(workspace, "shortcuts", callback_id="shortcut", channel="C0OPS", message_ts=ts)["acked"]

    alone, on_message = bolt.heard.wait(1), bolt.heard.wait(2)
    assert (alone["type"], on_message["type"]) == ("shortcut", "message_action")
    assert (on_message["message"]["text"], on_message["message_ts"]) == ("look at this", ts)


def open_modal(bolt: Bolt, workspace: Workspace, **parts: Any) -> str:
    """Let the app open a modal upon a command, and give its id."""
    opened: list[str] = []

    def listen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        opened.append(str(client.views_open(trigger_id=body["trigger_id"], view=modal(**parts))["view"]["id"]))

    bolt.app.command("/diagnose")(listen)
    workspace.say(user="alice", channel="#ops", text="/diagnose")
    wait_until(lambda: opened)
    return opened[0]


def submit(workspace: Workspace, view_id: str, text: str) -> dict[str, Any]:
    state = {"values": {"b": {"what": {"type": "plain_text_input", "value": text}}}}
    return post(workspace, "views/submit", view_id=view_id, state=state)


def test_a_modals_whole_life(bolt: Bolt, workspace: Workspace) -> None:
    """Given a modal, when it is sent, then the app's errors, update, push and clear are each what the page is told."""
    answers: dict[str, dict[str, Any]] = {
        "short": {"response_action": "errors", "errors": {"b": "Too short"}},
        "update": {"response_action": "update", "view": modal(title={"type": "plain_text", "text": "Updated"})},
        "push": {"response_action": "push", "view": modal(title={"type": "plain_text", "text": "Pushed"})},
        "clear": {"response_action": "clear"},
    }

    def listen(ack: Ack, view: dict[str, Any]) -> None:
        ack(**answers[view["state"]["values"]["b"]["what"]["value"]])

    bolt.app.view("form")(listen)
    with stream(workspace) as page:
        first = open_modal(bolt, workspace)
        assert next_event(page, "view")["stack"] == 1

        assert submit(workspace, first, "short") == {"ok": True, "acked": True, "errors": {"b": "Too short"}}

        submit(workspace, first, "update")
        updated = next_event(page, "view")
        assert (updated["view"]["id"], updated["view"]["title"]["text"]) == (first, "Updated")

        submit(workspace, first, "push")
        pushed = next_event(page, "view")
        assert (pushed["stack"], pushed["view"]["root_view_id"]) == (2, first)

        submit(workspace, pushed["view"]["id"], "clear")
        assert {next_event(page, "view_closed")["view_id"] for _ in range(2)} == {first, pushed["view"]["id"]}


def test_a_closed_modal_is_told(bolt: Bolt, workspace: Workspace) -> None:
    """Given a modal that asks to know, when a person closes it, then the app hears it."""
    bolt.app.view_closed("form")(bolt.acknowledge)
    view_id = open_modal(bolt, workspace, notify_on_close=True)

    assert post(workspace, "views/close", view_id=view_id)["ok"]

    body = bolt.heard.wait()
    assert (body["type"], body["is_cleared"], "trigger_id" in body) == ("view_closed", False, False)


def test_a_trigger_opens_one_modal_and_not_after_three_seconds(
    bolt: Bolt, workspace: Workspace, client: WebClient
) -> None:
    """Given a trigger, when it is used twice or too late, then Slack's codes say so; the time is moved, not slept."""
    bolt.app.command("/diagnose")(bolt.acknowledge)
    for _ in range(2):
        workspace.say(user="alice", channel="#ops", text="/diagnose")
    used, late = bolt.heard.wait(1)["trigger_id"], bolt.heard.wait(2)["trigger_id"]

    client.views_open(trigger_id=used, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=used, view=modal())

    one_time = workspace._people._one_time
    clock = one_time._clock
    one_time._clock = lambda: clock() + 3.5
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=late, view=modal())


def test_many_clicks_at_once_are_each_acknowledged(bolt: Bolt, workspace: Workspace, client: WebClient) -> None:
    """Given a crowd that clicks at the same moment, when the app answers, then each click has its own answer."""
    bolt.app.action("press")(bolt.acknowledge)
    ts = posted(client)
    acked: list[bool] = []
    crowd = [
        threading.Thread(
            target=lambda: acked.append(workspace.click(user="bob", channel="#ops", ts=ts, action_id="press"))
        )
        for _ in range(20)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(20)

    assert acked == [True] * 20
