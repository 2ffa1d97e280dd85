"""Messages for later and messages that grow: chat.scheduleMessage and chat.*Stream, on a clock that the test moves."""

import time
from functools import partial
from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call

Wire = dict[str, Any]

NOW = 1_800_000_000


@pytest.fixture
def later(fresh: Workspace) -> Workspace:
    """A workspace whose clock stands still."""
    fresh._schedule.clock = lambda: NOW
    return fresh


def scheduled(workspace: Workspace, seconds: float, **arguments: Any) -> Wire:
    return call(workspace, "chat.scheduleMessage", channel="C0OPS", text="later", post_at=NOW + seconds, **arguments)


def test_a_message_comes_at_its_time(later: Workspace) -> None:
    """Given a message for a minute later, when the time comes, then it is posted once, and not a second before."""
    answer = scheduled(later, 60)
    assert (answer["post_at"], answer["message"]["text"]) == (str(NOW + 60), "later")

    for clock in (NOW + 59, NOW + 60, NOW + 61):
        later._schedule.clock = partial(float, clock)
        later._schedule.post_due()
        if clock < NOW + 60:
            assert later.store.messages["C0OPS"] == {}

    assert [message["text"] for message in later.store.messages["C0OPS"].values()] == ["later"]
    assert call(later, "chat.scheduledMessages.list")["scheduled_messages"] == []


def test_what_is_to_come_is_listed_in_its_order(later: Workspace) -> None:
    """Given two messages, when they are listed, then the sooner comes first, each with its channel and text."""
    second, first = scheduled(later, 600), scheduled(later, 300)

    listed = call(later, "chat.scheduledMessages.list", channel="C0OPS")["scheduled_messages"]

    assert [item["id"] for item in listed] == [first["scheduled_message_id"], second["scheduled_message_id"]]
    assert (listed[0]["channel_id"], listed[0]["text"], listed[0]["post_at"]) == ("C0OPS", "later", NOW + 300)
    assert call(later, "chat.scheduledMessages.list", channel="C0GENERAL")["scheduled_messages"] == []


@pytest.mark.parametrize(("seconds", "taken_back"), [(61, True), (59, False)])
def test_a_message_is_taken_back_in_time(later: Workspace, seconds: int, taken_back: bool) -> None:
    """Given a message for later, when it is deleted, then it does not come, unless it was due within a minute."""
    answer = scheduled(later, seconds)

    arguments = {"channel": "C0OPS", "scheduled_message_id": answer["scheduled_message_id"]}
    assert call(later, "chat.deleteScheduledMessage", **arguments)["ok"] is taken_back


@pytest.mark.parametrize(
    ("seconds", "error"),
    [(-1, "time_in_past"), (0, "time_in_past"), (121 * 86_400, "time_too_far"), (float("inf"), "invalid_json")],
)
def test_a_time_must_be_to_come_and_within_a_season(later: Workspace, seconds: float, error: str) -> None:
    """Given a time that is past or too far, when a message is scheduled, then Slack's code says so."""
    assert scheduled(later, seconds)["error"] == error


@pytest.mark.parametrize("post_at", ["", "soon", 0, None])
def test_a_time_must_be_one(later: Workspace, post_at: object) -> None:
    """Given what is no time, when a message is scheduled, then Slack's code says so."""
    answer = call(later, "chat.scheduleMessage", channel="C0OPS", text="x", post_at=post_at)

    assert answer["error"] == "invalid_time"


def test_a_channel_takes_thirty_in_five_minutes(later: Workspace) -> None:
    """Given thirty messages of one moment, when one more is scheduled, then it is too many there, not elsewhere."""
    assert all(scheduled(later, 600)["ok"] for _ in range(30))

    assert scheduled(later, 700)["error"] == "restricted_too_many"
    assert scheduled(later, 1000)["ok"]


def stream(workspace: Workspace, **arguments: Any) -> tuple[Wire, Wire]:
    """Start a stream for Alice; gives where it is, and the workspace's message."""
    root = workspace.store.post("C0OPS", {"user": "U0ALICE", "text": "why?"})["ts"]
    for_whom = {"recipient_user_id": "U0ALICE", "recipient_team_id": "T0LOCAL"}
    answer = call(workspace, "chat.startStream", channel="C0OPS", thread_ts=root, **for_whom, **arguments)
    assert answer["ok"], answer
    where = {"channel": answer["channel"], "ts": answer["ts"]}
    return where, workspace.store.message("C0OPS", answer["ts"])


def test_a_stream_grows_and_ends(later: Workspace) -> None:
    """Given a stream, when text is added and it is stopped with blocks, then one message has all of it."""
    where, message = stream(later, markdown_text="one ")

    assert call(later, "chat.appendStream", **where, markdown_text="*two*")["ok"]
    stopped = call(later, "chat.stopStream", **where, blocks=[{"type": "divider"}])

    assert stopped["message"]["text"] == message["text"] == "one *two*"
    assert [block["type"] for block in message["blocks"]] == ["markdown", "divider"]
    assert message["streaming_state"] == "completed"
    assert call(later, "chat.appendStream", **where, markdown_text="x")["error"] == "message_not_in_streaming_state"


@pytest.mark.parametrize(("mode", "types"), [("timeline", ["task_card", "markdown"]), ("plan", ["plan", "markdown"])])
def test_tasks_are_cards_of_their_own_or_of_a_plan(later: Workspace, mode: str, types: list[str]) -> None:
    """Given a task that moves on, when it is updated, then its card shows the last of it, in the plan where asked."""
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "in_progress"}
    where, message = stream(later, task_display_mode=mode, chunks=[task])
    done = task | {"status": "complete", "output": "12 containers"}

    call(later, "chat.appendStream", **where, chunks=[done, {"type": "markdown_text", "text": "Done."}])

    assert [block["type"] for block in message["blocks"]] == types
    (card,) = message["blocks"][0].get("tasks", message["blocks"][:1])
    assert (card["title"], card["status"], card["output"]["type"]) == ("Read", "complete", "rich_text")


def test_a_stream_ends_by_itself_after_five_minutes(later: Workspace) -> None:
    """Given a stream of five minutes ago, when it is added to, then it is none any more."""
    where, _ = stream(later)
    later._schedule.clock = lambda: NOW + 301

    assert call(later, "chat.stopStream", **where)["error"] == "message_not_in_streaming_state"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"chunks": [{"type": "song"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "1"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update", "title": "x"}], "markdown_text": "y"}, "cannot_provide_both"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({}, "no_text"),
    ],
)
def test_what_a_stream_does_not_take(later: Workspace, arguments: Wire, error: str) -> None:
    """Given nonsense, when it is added to a stream, then Slack's code says so."""
    where, _ = stream(later)

    assert call(later, "chat.appendStream", **where, **arguments)["error"].startswith(error)


def test_a_stream_is_for_somebody_in_a_thread(later: Workspace) -> None:
    """Given no thread, or a channel and nobody named, when a stream is started, then it is refused."""
    root = later.store.post("C0OPS", {"user": "U0ALICE", "text": "why?"})["ts"]

    assert call(later, "chat.startStream", channel="C0OPS")["error"] == "invalid_arguments"
    assert call(later, "chat.startStream", channel="C0OPS", thread_ts=root)["error"] == "missing_recipient_team_id"


def test_a_started_workspace_posts_what_is_due() -> None:
    """Given a running workspace, when the time of a message comes, then it posts it by itself."""
    with Workspace() as running:
        in_a_minute = int(time.time()) + 60
        assert call(running, "chat.scheduleMessage", channel="C0OPS", text="later", post_at=in_a_minute)["ok"]

        running._schedule.clock = lambda: in_a_minute

        (posted,) = running.wait_for(lambda now: now.messages("#ops"))
        assert posted["text"] == "later"
