"""Commands and events through an unmodified Bolt app: what it is told, and what the person sees of its answer."""

from typing import Any

import pytest
from slack_bolt import Ack, Respond, Say

from sickbay.simulator import Workspace
from sickbay.simulator.errors import SlackError
from tests.integration.simulator.conftest import Bolt, wait_until
from tests.integration.simulator.page import next_event, post, stream


def type_command(workspace: Workspace, text: str = "/diagnose local", user: str = "alice") -> None:
    assert workspace.say(user=user, channel="#ops", text=text) == ""


def test_a_command_carries_what_slack_says_of_it(bolt: Bolt, workspace: Workspace) -> None:
    """Given a listening app, when a person types a command, then it has all that Slack sends with one."""
    bolt.app.command("/diagnose")(bolt.acknowledge)

    type_command(workspace, "/diagnose local @bob")
    payload = bolt.heard.wait()

    expected = {
        "command": "/diagnose", "text": "local <@U0BOB|bob>", "user_id": "U0ALICE", "user_name": "alice",
        "channel_id": "C0OPS", "channel_name": "ops", "team_id": "T0LOCAL", "team_domain": "local",
        "api_app_id": "A0SICKBAY", "is_enterprise_install": "false",
    }  # fmt: skip
    assert payload | expected == payload
    assert payload["response_url"].startswith(workspace.address)
    assert payload["trigger_id"].count(".") == 2


def test_an_acknowledgement_with_text_is_for_the_author_alone(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that acknowledges with text, when alice asks, then she sees it and bob does not."""
    bolt.app.command("/diagnose")(lambda ack: ack("looking"))

    type_command(workspace)
    wait_until(lambda: workspace.ephemerals("alice"))

    assert workspace.ephemerals("alice")[0]["text"] == "looking"
    assert (workspace.ephemerals("bob"), workspace.messages("#ops")) == ([], [])


def test_an_acknowledgement_may_be_for_all(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that acknowledges in the channel, when asked, then everyone sees it as the bot's message."""
    bolt.app.command("/diagnose")(lambda ack: ack(text="looking", response_type="in_channel"))

    type_command(workspace)
    wait_until(lambda: workspace.messages("#ops"))

    message = workspace.messages("#ops")[0]
    assert (message["text"], message["user"], message["bot_id"]) == ("looking", "U0SICKBAY", "B0SICKBAY")


@pytest.mark.parametrize("answers", [True, False])
def test_a_command_that_is_not_acknowledged_times_out(bolt: Bolt, workspace: Workspace, answers: bool) -> None:
    """Given an app that does not listen, or breaks before it acknowledges, when asked, then its author is told."""
    if answers:
        bolt.app.command("/silent")(broken)
    workspace.faults.expect_acks_within(0.3)

    with stream(workspace) as page:
        type_command(workspace, "/silent")
        failed = next_event(page, "command_failed")

    assert failed["message"] == '/silent failed with the error "operation_timeout"'


def broken(ack: Ack) -> None:
    raise ValueError("on purpose")


def test_a_command_without_an_app_is_not_dispatched(workspace: Workspace) -> None:
    """Given no app at all, when a person types a command, then they are told at once that nobody is there."""
    with stream(workspace) as page:
        type_command(workspace)
        failed = next_event(page, "command_failed")

    assert failed["message"] == '/diagnose failed with the error "dispatch_failed"'


def test_a_command_in_a_thread_is_not_supported(bolt: Bolt, workspace: Workspace) -> None:
    """Given a thread, when a command is typed there, then Slack's sentence says so and the app hears nothing."""
    root = workspace.say(user="alice", channel="#ops", text="root")

    with pytest.raises(SlackError, match="not_supported_in_threads"):
        workspace.say(user="alice", channel="#ops", text="/diagnose local", thread_ts=root)

    refused = post(workspace, "messages", channel="C0OPS", text="/diagnose local", thread_ts=root)
    assert refused["message"] == "/diagnose is not supported in threads. Sorry!"
    assert not [entry for entry in workspace.log() if entry["kind"] == "envelope"]


def test_a_mention_is_answered_in_its_thread(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that answers mentions, when it is mentioned in a channel, then its answer is in that thread."""

    def listen(event: dict[str, Any], say: Say) -> None:
        say(text=f"you said {event['text']}", thread_ts=event["ts"])

    bolt.app.event("app_mention")(listen)

    ts = workspace.say(user="alice", channel="#ops", text="@sickbay diagnose local")
    wait_until(lambda: len(workspace.messages("#ops", ts)) == 2)

    assert workspace.messages("#ops", ts)[1]["text"] == "you said <@U0SICKBAY> diagnose local"


def test_a_direct_message_needs_no_mention(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that hears direct messages, when a person writes one, then it is told as `im`."""
    bolt.app.event("message")(bolt.hear)

    workspace.say(user="bob", channel="D0BOB", text="diagnose local")

    event = bolt.heard.wait()["event"]
    assert (event["channel_type"], event["channel"], event["user"]) == ("im", "D0BOB", "U0BOB")


def test_bolt_does_not_hear_its_own_messages(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that answers each direct message, when it hears one, then its own answer is sent and passed over."""

    def listen(body: dict[str, Any], say: Say) -> None:
        bolt.heard.add(body)
        say("answer")

    bolt.app.event("message")(listen)

    workspace.say(user="bob", channel="D0BOB", text="question")
    wait_until(lambda: sum(e["kind"] == "envelope" and e["verdict"] == "acked" for e in workspace.log()) == 2)

    assert [message["text"] for message in workspace.messages("D0BOB")] == ["question", "answer"]
    assert len(bolt.heard.all) == 1


def test_a_reaction_and_an_opened_home_are_told(bolt: Bolt, workspace: Workspace) -> None:
    """Given an app that wants them, when a person reacts to a message, then it is told by whom, to what and whose."""
    bolt.app.event("reaction_added")(bolt.hear)
    ts = workspace.say(user="alice", channel="#ops", text="x")

    assert post(workspace, "reactions", "bob", channel="C0OPS", ts=ts, name="eyes", on=True)["ok"]

    event = bolt.heard.wait()["event"]
    assert (event["user"], event["reaction"], event["item_user"]) == ("U0BOB", "eyes", "U0ALICE")
    assert event["item"] == {"type": "message", "channel": "C0OPS", "ts": ts}


def answered(bolt: Bolt, workspace: Workspace, *answers: dict[str, Any]) -> list[int]:
    """Let the app answer a command through its response URL, and give the HTTP status of each answer."""
    statuses: list[int] = []

    def listen(ack: Ack, respond: Respond) -> None:
        ack()
        statuses.extend(respond(**answer).status_code for answer in answers)

    bolt.app.command("/diagnose")(listen)
    type_command(workspace)
    wait_until(lambda: len(statuses) == len(answers))
    return statuses


def test_a_response_url_works_five_times(bolt: Bolt, workspace: Workspace) -> None:
    """Given a command, when the app answers six times, then five are shown to its author and the last is gone."""
    statuses = answered(bolt, workspace, *[{"text": str(number)} for number in range(6)])

    assert statuses == [200] * 5 + [404]
    assert [message["text"] for message in workspace.ephemerals("alice")] == ["0", "1", "2", "3", "4"]


def test_a_response_url_works_for_half_an_hour(bolt: Bolt, workspace: Workspace) -> None:
    """Given a command of half an hour ago, when the app answers, then the URL is gone; the time is moved, not slept."""
    one_time = workspace._people._one_time
    clock = one_time._clock
    urls: list[Respond] = []

    def listen(ack: Ack, respond: Respond) -> None:
        ack()
        urls.append(respond)

    bolt.app.command("/diagnose")(listen)
    type_command(workspace)
    wait_until(lambda: urls)
    assert urls[0]("in time").status_code == 200

    one_time._clock = lambda: clock() + 1801

    late = urls[0]("too late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_a_response_may_be_for_all_and_is_checked(bolt: Bolt, workspace: Workspace) -> None:
    """Given a command, when the app answers in the channel, then all see it; blocks that are wrong nobody sees."""
    answered(
        bolt,
        workspace,
        {"text": "for all", "response_type": "in_channel"},
        {"text": "x", "blocks": [{"type": "headline"}]},
    )

    assert [message["text"] for message in workspace.messages("#ops")] == ["for all"]
    assert workspace.ephemerals("alice") == []
    verdicts = [entry["verdict"] for entry in workspace.log() if entry["kind"] == "response_url"]
    assert verdicts == ["ok", "invalid_blocks"]
