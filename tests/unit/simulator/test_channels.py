"""conversations.* and users.*: what is there, in pages, and the codes by which Slack refuses a call."""

from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("conversations.info", {}, "channel_not_found"),
    ("conversations.info", {"channel": "#ops"}, "channel_not_found"),
    ("conversations.history", {"channel": "C0RANDOM"}, "not_in_channel"),
    ("conversations.history", {"channel": "C0OPS", "limit": "many"}, "invalid_limit"),
    ("conversations.history", {"channel": "C0OPS", "limit": 0.5}, "invalid_limit"),
    ("conversations.history", {"channel": "C0OPS", "cursor": "there"}, "invalid_cursor"),
    ("conversations.history", {"channel": "C0OPS", "cursor": "99"}, "invalid_cursor"),
    ("conversations.history", {"channel": "C0OPS", "oldest": "then"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": "C0OPS", "latest": "now"}, "invalid_ts_latest"),
    ("conversations.replies", {"channel": "C0OPS", "ts": "1.0"}, "thread_not_found"),
    ("conversations.replies", {"channel": "C0RANDOM", "ts": "1.0"}, "not_in_channel"),
    ("conversations.members", {"channel": "C0"}, "channel_not_found"),
    ("conversations.list", {"types": "public_channels"}, "invalid_types"),
    ("conversations.create", {}, "invalid_name_required"),
    ("conversations.create", {"name": "x" * 81}, "invalid_name_maxlength"),
    ("conversations.create", {"name": "Ops"}, "invalid_name_specials"),
    ("conversations.create", {"name": "a.b"}, "invalid_name_specials"),
    ("conversations.create", {"name": "_-_"}, "invalid_name_punctuation"),
    ("conversations.create", {"name": "general"}, "name_taken"),
    ("conversations.rename", {"channel": "C0OPS", "name": "general"}, "name_taken"),
    ("conversations.rename", {"channel": "C0RANDOM", "name": "new"}, "not_in_channel"),
    ("conversations.rename", {"channel": "D0ALICE", "name": "new"}, "method_not_supported_for_channel_type"),
    ("conversations.setTopic", {"channel": "C0OPS", "topic": "x" * 251}, "too_long"),
    ("conversations.setPurpose", {"channel": "C0OPS", "purpose": "x" * 251}, "too_long"),
    ("conversations.setTopic", {"channel": "C0RANDOM", "topic": "x"}, "not_in_channel"),
    ("conversations.invite", {"channel": "C0OPS"}, "no_user"),
    ("conversations.invite", {"channel": "C0OPS", "users": "U0NOBODY"}, "user_not_found"),
    ("conversations.invite", {"channel": "C0OPS", "users": "alice"}, "user_not_found"),
    ("conversations.invite", {"channel": "C0OPS", "users": "U0ALICE,U0BOB"}, "already_in_channel"),
    ("conversations.invite", {"channel": "C0OPS", "users": "U0SICKBAY"}, "cant_invite_self"),
    ("conversations.invite", {"channel": "C0RANDOM", "users": "U0ALICE"}, "not_in_channel"),
    ("conversations.kick", {"channel": "C0OPS", "user": "U0SICKBAY"}, "cant_kick_self"),
    ("conversations.kick", {"channel": "C0OPS", "user": "U0NOBODY"}, "user_not_found"),
    ("conversations.unarchive", {"channel": "C0OPS"}, "not_archived"),
    ("conversations.join", {"channel": "D0ALICE"}, "method_not_supported_for_channel_type"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": ",".join(["U0ALICE"] * 9)}, "too_many_users"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("users.info", {"user": "alice"}, "user_not_found"),
    ("users.info", {"user": {}}, "user_not_found"),
    ("users.lookupByEmail", {"email": "nobody@example.test"}, "users_not_found"),
    ("users.list", {"limit": 1001}, "invalid_limit"),
]


@pytest.mark.parametrize(("method", "arguments", "code"), REFUSED)
def test_a_call_is_refused_by_slacks_code(fresh: Workspace, method: str, arguments: dict[str, Any], code: str) -> None:
    """Given a call that Slack would not follow, when it is made, then its code says why."""
    assert call(fresh, method, **arguments)["error"] == code


def test_names_and_topics_at_their_edge_are_taken(fresh: Workspace) -> None:
    """Given a name of 80 characters and a topic of 250, when a channel is made with them, then they are taken."""
    channel = call(fresh, "conversations.create", name="x" * 80)["channel"]["id"]

    assert call(fresh, "conversations.setTopic", channel=channel, topic="x" * 250)["ok"]


def test_a_channel_is_told_without_who_is_in_it(fresh: Workspace) -> None:
    """Given a channel, when the app asks for it, then its members are told by their own method alone."""
    channel = call(fresh, "conversations.info", channel="C0OPS", include_num_members=True)["channel"]

    assert (channel["name"], channel["is_member"], channel["num_members"]) == ("ops", True, 4)
    assert not {"members", "pins", "bookmarks"} & channel.keys()
    assert "U0SICKBAY" in call(fresh, "conversations.members", channel="C0OPS")["members"]


def test_the_bot_joins_and_then_may_write(fresh: Workspace) -> None:
    """Given a channel without the bot, when it joins, then it may read and write there."""
    assert call(fresh, "conversations.join", channel="C0RANDOM")["channel"]["is_member"] is True
    assert call(fresh, "chat.postMessage", channel="C0RANDOM", text="x")["ok"]


def test_an_archived_channel_is_changed_no_more(fresh: Workspace) -> None:
    """Given an archived channel, when it is changed, joined or archived again, then Slack's codes say so."""
    assert call(fresh, "conversations.archive", channel="C0OPS")["ok"]

    assert call(fresh, "conversations.archive", channel="C0OPS")["error"] == "already_archived"
    assert call(fresh, "conversations.setTopic", channel="C0OPS", topic="x")["error"] == "is_archived"
    assert call(fresh, "conversations.join", channel="C0OPS")["error"] == "is_archived"
    assert "C0OPS" not in [c["id"] for c in call(fresh, "conversations.list", exclude_archived=True)["channels"]]
    assert call(fresh, "conversations.unarchive", channel="C0OPS")["channel"]["is_archived"] is False


def test_channels_are_listed_by_their_type(fresh: Workspace) -> None:
    """Given public, private and direct channels, when they are listed by type, then each is in its own list."""
    private = call(fresh, "conversations.create", name="secret", is_private=True)["channel"]["id"]

    def listed(types: str) -> set[str]:
        return {channel["id"] for channel in call(fresh, "conversations.list", types=types)["channels"]}

    assert listed("private_channel") == {private}
    assert listed("im") == {"D0ALICE", "D0BOB", "D0MALLORY"}
    assert listed("public_channel,private_channel") >= {"C0OPS", "C0RANDOM", private}


def test_a_history_is_read_page_by_page(fresh: Workspace) -> None:
    """Given five messages, when they are read two at a time, then each comes once, newest first, and then it ends."""
    for number in range(5):
        call(fresh, "chat.postMessage", channel="C0OPS", text=str(number))
    read: list[str] = []
    cursor = ""
    for more in (True, True, False):
        page = call(fresh, "conversations.history", channel="C0OPS", limit=2, cursor=cursor)
        read += [message["text"] for message in page["messages"]]
        cursor = page["response_metadata"]["next_cursor"]
        assert (page["has_more"], bool(cursor)) == (more, more)

    assert read == ["4", "3", "2", "1", "0"]


def test_a_history_is_read_between_two_messages(fresh: Workspace) -> None:
    """Given three messages, when only what lies between the outer two is read, then these are in it if inclusive."""
    first, _, last = (
        call(fresh, "chat.postMessage", channel="C0OPS", text=text)["ts"] for text in ("first", "middle", "last")
    )
    edges = {"channel": "C0OPS", "oldest": first, "latest": last}

    def texts(**more: Any) -> list[str]:
        found = call(fresh, "conversations.history", **edges, **more)["messages"]
        return [message["text"] for message in found]

    assert texts() == ["middle"]
    assert texts(inclusive=True) == ["last", "middle", "first"]


def test_replies_begin_with_the_root(fresh: Workspace) -> None:
    """Given a thread, when its replies are read, then the root comes first, whatever is asked for of the rest."""
    root = fresh.store.post("C0OPS", {"user": "U0ALICE", "text": "root"})["ts"]
    reply = call(fresh, "chat.postMessage", channel="C0OPS", text="reply", thread_ts=root)["ts"]

    found = call(fresh, "conversations.replies", channel="C0OPS", ts=root)["messages"]
    later = call(fresh, "conversations.replies", channel="C0OPS", ts=root, oldest=reply)["messages"]

    assert [message["text"] for message in found] == ["root", "reply"]
    assert [message["text"] for message in later] == ["root"]


def test_a_person_is_found_by_id_and_address(fresh: Workspace) -> None:
    """Given a person, when they are looked up by id or address, then it is the same person."""
    by_id = call(fresh, "users.info", user="U0BOB")["user"]
    by_address = call(fresh, "users.lookupByEmail", email="Bob@example.test")["user"]

    assert by_id == by_address
    assert by_id["name"] == "bob"


def test_a_conversation_is_opened_with_one_person(fresh: Workspace) -> None:
    """Given a person, when a conversation with them is opened, then it is their direct messages."""
    assert call(fresh, "conversations.open", users="U0BOB")["channel"]["id"] == "D0BOB"
    assert call(fresh, "conversations.open", users=["U0BOB"])["channel"]["id"] == "D0BOB"
