"""chat.*: what becomes of a message, and the codes by which Slack refuses one."""

from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call

DIVIDER: list[dict[str, Any]] = [{"type": "divider", "block_id": "d"}]


def posted(workspace: Workspace, **arguments: Any) -> dict[str, Any]:
    answer = call(workspace, "chat.postMessage", **({"channel": "C0OPS", "text": "x"} | arguments))
    assert answer["ok"], answer
    return dict(answer["message"])


def said(workspace: Workspace, text: str = "hello") -> str:
    return str(workspace.store.post("C0OPS", {"user": "U0ALICE", "text": text})["ts"])


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("chat.postMessage", {}, "channel_not_found"),
        ("chat.postMessage", {"channel": ""}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#nowhere"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0RANDOM"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "#random-without-bot"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "C0OPS", "text": ""}, "no_text"),
        ("chat.postMessage", {"channel": "C0OPS", "thread_ts": "1.000000"}, "thread_not_found"),
        ("chat.postEphemeral", {"channel": "C0OPS", "user": "U0NOBODY"}, "user_not_found"),
        ("chat.postEphemeral", {"channel": "C0RANDOM", "user": "U0ALICE"}, "not_in_channel"),
        ("chat.postEphemeral", {"channel": "D0ALICE", "user": "U0BOB"}, "user_not_in_channel"),
        ("chat.postEphemeral", {"channel": "C0OPS", "user": "U0ALICE", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.update", {"channel": "C0NOWHERE", "ts": "1.0"}, "channel_not_found"),
        ("chat.update", {"channel": "#ops", "ts": "1.0"}, "channel_not_found"),
        ("chat.update", {"channel": "C0OPS", "ts": "1.0"}, "message_not_found"),
        ("chat.update", {"channel": "C0OPS"}, "message_not_found"),
        ("chat.delete", {"channel": "C0OPS", "ts": "1.0"}, "message_not_found"),
        ("chat.getPermalink", {"channel": "C0OPS", "message_ts": "1.0"}, "message_not_found"),
    ],
)
def test_a_call_is_refused_by_slacks_code(fresh: Workspace, method: str, arguments: dict[str, Any], code: str) -> None:
    """Given a call that Slack would not follow, when it is made, then its code says why."""
    assert call(fresh, method, **({"text": "x"} | arguments))["error"] == code


def test_a_message_goes_by_id_name_or_person(fresh: Workspace) -> None:
    """Given a channel's id, its name or a person's id, when a message is posted, then it stands there."""
    found = [call(fresh, "chat.postMessage", channel=name, text="x")["channel"] for name in ("C0OPS", "#ops", "U0BOB")]

    assert found == ["C0OPS", "C0OPS", "D0BOB"]


def test_long_text_is_cut(fresh: Workspace) -> None:
    """Given text over 40,000 characters, when it is posted, then it is cut, as Slack cuts it without a word."""
    assert len(posted(fresh, text="x" * 50_000)["text"]) == 40_000


def test_markdown_text_becomes_a_block(fresh: Workspace) -> None:
    """Given Markdown instead of text, when it is posted, then the message has it as a block."""
    message = call(fresh, "chat.postMessage", channel="C0OPS", markdown_text="**x**")["message"]

    assert [(block["type"], block["text"]) for block in message["blocks"]] == [("markdown", "**x**")]


def test_a_block_without_an_id_gets_one(fresh: Workspace) -> None:
    """Given blocks of which one has no id, when they are posted, then that one gets its own and the other keeps its."""
    first, second = posted(fresh, blocks=[*DIVIDER, {"type": "divider"}])["blocks"]

    assert first["block_id"] == "d"
    assert second["block_id"] not in {"", "d"}


def test_text_that_looks_like_json_stays_text(fresh: Workspace) -> None:
    """Given text in brackets, when it is posted, then it is not taken for JSON."""
    assert posted(fresh, text='["not", "a list"]')["text"] == '["not", "a list"]'


def test_blocks_may_be_json_in_a_string(fresh: Workspace) -> None:
    """Given blocks as a string of JSON, when they are posted, then they are blocks."""
    assert posted(fresh, blocks='[{"type": "divider", "block_id": "d"}]')["blocks"] == DIVIDER


def test_a_reply_counts_on_its_root(fresh: Workspace) -> None:
    """Given a root, when two reply, one of them to the other's reply, then both are in the root's thread."""
    root = posted(fresh)
    reply = posted(fresh, thread_ts=root["ts"])
    posted(fresh, thread_ts=reply["ts"])

    kept = fresh.store.message("C0OPS", root["ts"])
    assert (kept["reply_count"], kept["reply_users"]) == (2, ["U0SICKBAY"])


def test_a_deleted_reply_counts_no_more(fresh: Workspace) -> None:
    """Given a root with one reply, when that is deleted, then the root has no thread any more."""
    root = posted(fresh)
    reply = posted(fresh, thread_ts=root["ts"])

    assert call(fresh, "chat.delete", channel="C0OPS", ts=reply["ts"])["ok"]

    kept = fresh.store.message("C0OPS", root["ts"])
    assert not {"reply_count", "thread_ts", "latest_reply"} & kept.keys()


def test_a_persons_message_is_not_the_bots_to_change(fresh: Workspace) -> None:
    """Given a person's message, when the bot edits or deletes it, then it may not."""
    ts = said(fresh)

    assert call(fresh, "chat.update", channel="C0OPS", ts=ts, text="y")["error"] == "cant_update_message"
    assert call(fresh, "chat.delete", channel="C0OPS", ts=ts)["error"] == "cant_delete_message"


@pytest.mark.parametrize(("length", "error"), [(4000, None), (4001, "msg_too_long")])
def test_an_edit_has_less_room_than_a_message(fresh: Workspace, length: int, error: str | None) -> None:
    """Given a message, when it is edited to more than 4,000 characters, then that is refused."""
    ts = posted(fresh)["ts"]

    assert call(fresh, "chat.update", channel="C0OPS", ts=ts, text="x" * length).get("error") == error


def test_text_alone_takes_the_blocks_away(fresh: Workspace) -> None:
    """Given a message with blocks, when it is edited to text alone, then they are gone and it is marked edited."""
    ts = posted(fresh, blocks=DIVIDER)["ts"]

    message = call(fresh, "chat.update", channel="C0OPS", ts=ts, text="y")["message"]

    assert "blocks" not in message
    assert message["edited"]["user"] == "U0SICKBAY"


def test_new_blocks_keep_the_metadata_and_mark_nothing_edited(fresh: Workspace) -> None:
    """Given a message with metadata, when it gets other blocks, then it keeps the metadata and is not called edited."""
    metadata = {"event_type": "t", "event_payload": {"key": "k"}}
    ts = posted(fresh, blocks=DIVIDER, metadata=metadata)["ts"]

    message = call(fresh, "chat.update", channel="C0OPS", ts=ts, blocks=[{"type": "divider", "block_id": "e"}])[
        "message"
    ]

    assert (message["metadata"], message["blocks"][0]["block_id"], "edited" in message) == (metadata, "e", False)


def test_an_empty_part_takes_that_part_away(fresh: Workspace) -> None:
    """Given a message with attachments and metadata, when it is edited to none of either, then both are gone."""
    metadata = {"event_type": "t", "event_payload": {}}
    ts = posted(fresh, attachments=[{"text": "a"}], metadata=metadata)["ts"]

    message = call(fresh, "chat.update", channel="C0OPS", ts=ts, text="y", attachments=[], metadata={})["message"]

    assert not {"attachments", "metadata"} & message.keys()


def test_an_archived_channel_is_closed(fresh: Workspace) -> None:
    """Given an archived channel, when something is posted, edited or marked there, then Slack's codes say so."""
    ts = posted(fresh)["ts"]
    assert call(fresh, "conversations.archive", channel="C0OPS")["ok"]

    assert call(fresh, "chat.postMessage", channel="C0OPS", text="x")["error"] == "is_archived"
    assert call(fresh, "chat.postEphemeral", channel="C0OPS", user="U0ALICE", text="x")["error"] == "is_archived"
    assert call(fresh, "chat.update", channel="C0OPS", ts=ts, text="y")["error"] == "is_inactive"
    assert call(fresh, "reactions.add", channel="C0OPS", timestamp=ts, name="eyes")["error"] == "is_archived"


def test_an_ephemeral_is_no_message(fresh: Workspace) -> None:
    """Given an ephemeral message, when it is edited as a message, then there is none: only a response URL can."""
    ts = call(fresh, "chat.postEphemeral", channel="C0OPS", user="U0ALICE", text="x")["message_ts"]

    assert call(fresh, "chat.update", channel="C0OPS", ts=ts, text="y")["error"] == "message_not_found"
    assert fresh.store.messages["C0OPS"] == {}


def test_metadata_is_told_only_where_it_is_asked_for(fresh: Workspace) -> None:
    """Given a message with metadata, when the channel is read, then it is there only with `include_all_metadata`."""
    posted(fresh, metadata={"event_type": "t", "event_payload": {"key": "k"}})

    plain = call(fresh, "conversations.history", channel="C0OPS")["messages"][0]
    full = call(fresh, "conversations.history", channel="C0OPS", include_all_metadata=True)["messages"][0]

    assert ("metadata" in plain, full["metadata"]["event_payload"]) == (False, {"key": "k"})
