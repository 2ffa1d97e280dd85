"""The Web API through Slack's own client: JSON, forms, query strings, files in three steps, and errors."""

import asyncio
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sickbay.simulator import Workspace

TEXT = 'a & b = "c" [1] {x} +% 😀'


def test_the_client_knows_itself(client: WebClient) -> None:
    """Given the bot's token, when the client asks who it is, then it is the bot of this workspace."""
    who = client.auth_test()

    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("U0SICKBAY", "B0SICKBAY", "T0LOCAL")


def test_json_arrives_as_it_was_sent(client: WebClient) -> None:
    """Given a message with every sign that a form would change, when it is posted as JSON, then it reads the same."""
    attachments = [{"color": "#a30200", "blocks": [{"type": "divider", "block_id": "d"}]}]
    metadata = {"event_type": "t", "event_payload": {"key": "k&v"}}

    posted = client.chat_postMessage(channel="#ops", text=TEXT, attachments=attachments, metadata=metadata)

    found = client.conversations_history(channel=str(posted["channel"]), include_all_metadata=True)["messages"][0]
    assert (found["text"], found["attachments"], found["metadata"]) == (TEXT, attachments, metadata)


def test_a_form_arrives_as_it_was_sent(client: WebClient) -> None:
    """Given a topic with every sign that a form would change, when it is set by a form, then it reads the same."""
    assert client.conversations_setTopic(channel="C0OPS", topic=TEXT)["channel"]["topic"]["value"] == TEXT
    assert client.conversations_info(channel="C0OPS")["channel"]["topic"]["value"] == TEXT


def test_nested_arguments_of_a_form_arrive(client: WebClient) -> None:
    """Given arguments in a form of which one is nested, when they are sent, then it is JSON again on the other side."""
    blocks: list[dict[str, Any]] = [{"type": "divider", "block_id": "d"}]

    posted = client.api_call(
        "chat.postMessage", params={"channel": "C0OPS", "text": "[1]", "blocks": json.dumps(blocks)}
    )

    assert (posted["message"]["text"], posted["message"]["blocks"]) == ("[1]", blocks)


def test_a_message_lives_and_ends(client: WebClient, workspace: Workspace) -> None:
    """Given a message, when it is edited and then deleted, then the channel shows each in turn."""
    posted = client.chat_postMessage(channel="#ops", text="one")
    channel, ts = str(posted["channel"]), str(posted["ts"])

    client.chat_update(channel=channel, ts=ts, text="two")
    assert [message["text"] for message in workspace.messages("#ops")] == ["two"]

    client.chat_delete(channel=channel, ts=ts)
    assert workspace.messages("#ops") == []


def test_an_ephemeral_is_seen_by_one(client: WebClient, workspace: Workspace) -> None:
    """Given an ephemeral message, when it is posted, then it is for one person and not in the channel."""
    client.chat_postEphemeral(channel="C0OPS", user="U0BOB", text="psst")

    assert [message["text"] for message in workspace.ephemerals("bob")] == ["psst"]
    assert (workspace.ephemerals("alice"), workspace.messages("#ops")) == ([], [])


@pytest.mark.parametrize("content", [b"a=1&b=2\n", bytes(range(256)) * 40])
def test_a_file_goes_up_in_three_steps(client: WebClient, workspace: Workspace, content: bytes) -> None:
    """Given any bytes, when they are uploaded into a thread, then they are there as they were."""
    root = str(client.chat_postMessage(channel="#ops", text="root")["ts"])

    client.files_upload_v2(
        channel="C0OPS", thread_ts=root, filename="tail.log", title="The end", content=content, initial_comment=TEXT
    )

    reply = workspace.messages("#ops", root)[1]
    (file,) = reply["files"]
    assert (reply["text"], file["title"], file["size"]) == (TEXT, "The end", len(content))
    assert workspace.store.contents[file["id"]] == content


def test_two_files_go_up_together(client: WebClient, workspace: Workspace) -> None:
    """Given two files, when the client uploads them at once, then one message carries both."""
    files = [{"filename": name, "content": name} for name in ("a.log", "b.log")]

    client.files_upload_v2(channel="C0OPS", file_uploads=files)

    (message,) = workspace.messages("#ops")
    assert [file["name"] for file in message["files"]] == ["a.log", "b.log"]


def test_marks_come_and_go(client: WebClient) -> None:
    """Given a message, when it gets a reaction, a pin and a bookmark, then each can be listed and taken away."""
    ts = str(client.chat_postMessage(channel="#ops", text="x")["ts"])

    client.reactions_add(channel="C0OPS", timestamp=ts, name="eyes")
    client.pins_add(channel="C0OPS", timestamp=ts)
    client.bookmarks_add(channel_id="C0OPS", title="Runbook", type="link", link="https://example.test/")

    assert client.reactions_get(channel="C0OPS", timestamp=ts)["message"]["reactions"][0]["name"] == "eyes"
    assert len(client.pins_list(channel="C0OPS")["items"]) == 1
    (bookmark,) = client.bookmarks_list(channel_id="C0OPS")["bookmarks"]
    client.reactions_remove(channel="C0OPS", timestamp=ts, name="eyes")
    client.pins_remove(channel="C0OPS", timestamp=ts)
    client.bookmarks_remove(channel_id="C0OPS", bookmark_id=bookmark["id"])
    assert client.reactions_get(channel="C0OPS", timestamp=ts)["message"]["reactions"] == []
    assert client.pins_list(channel="C0OPS")["items"] == client.bookmarks_list(channel_id="C0OPS")["bookmarks"] == []


def test_a_channel_is_made_and_filled(client: WebClient) -> None:
    """Given a new channel, when people are invited, one leaves and it is archived, then it is so."""
    channel = str(client.conversations_create(name="incident-1")["channel"]["id"])

    client.conversations_invite(channel=channel, users=["U0ALICE", "U0BOB"])
    client.conversations_kick(channel=channel, user="U0BOB")

    assert client.conversations_members(channel=channel)["members"] == ["U0SICKBAY", "U0ALICE"]
    client.conversations_archive(channel=channel)
    with pytest.raises(SlackApiError, match="is_archived"):
        client.chat_postMessage(channel=channel, text="x")


def test_people_are_paged_by_the_client_itself(client: WebClient) -> None:
    """Given more people than a page holds, when the client walks through the pages, then it meets each once."""
    names = [user["name"] for page in client.users_list(limit=1) for user in page["members"]]

    assert sorted(names) == ["alice", "bob", "mallory", "sickbay"]


def test_a_home_is_published(client: WebClient, workspace: Workspace) -> None:
    """Given a Home, when it is published and then again by its former hash, then the second time is a conflict."""
    view: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id="U0ALICE", view=view)["view"]
    client.views_publish(user_id="U0ALICE", view=view, hash=first["hash"])

    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_publish(user_id="U0ALICE", view=view, hash=first["hash"])


def test_a_refused_block_is_pointed_to(client: WebClient) -> None:
    """Given a block that is too long, when the client posts it, then its error says what and where."""
    text = {"type": "mrkdwn", "text": "x" * 3001}

    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="#ops", text="x", blocks=[{"type": "section", "text": text}])

    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]


def test_an_unknown_method_is_unknown(client: WebClient) -> None:
    """Given a method that this workspace does not have, when it is called, then it is `unknown_method`."""
    with pytest.raises(SlackApiError, match="unknown_method"):
        client.api_call("chat.shout")


def test_the_clients_own_retry_waits_as_long_as_it_is_told(workspace: Workspace) -> None:
    """Given a client that retries when limited, when a call is limited, then it waits as told, and posts once."""
    waited: list[float] = []
    client = WebClient(workspace.bot_token, base_url=workspace.api_url)
    handler = RateLimitErrorRetryHandler(max_retry_count=1)
    prepare = handler.prepare_for_next_attempt

    def noted(**arguments: Any) -> None:
        waited.append(float(arguments["response"].headers["retry-after"][0]))
        arguments["response"].headers["retry-after"] = ["0"]
        prepare(**arguments)

    handler.prepare_for_next_attempt = noted  # type: ignore[method-assign]  # the wait is noted instead of slept
    client.retry_handlers.append(handler)
    workspace.faults.fail_next("chat.postMessage", status=429, retry_after=30)

    client.chat_postMessage(channel="#ops", text="x")

    assert (waited, len(workspace.messages("#ops"))) == ([30.0], 1)


def test_a_broken_server_is_an_error_to_the_client(client: WebClient, workspace: Workspace) -> None:
    """Given a call that fails, when the client makes it, then it is an error with its status, and nothing is posted."""
    workspace.faults.fail_next("chat.postMessage", status=500)

    with pytest.raises(SlackApiError) as failed:
        client.chat_postMessage(channel="#ops", text="x")

    assert (failed.value.response.status_code, workspace.messages("#ops")) == (500, [])


@pytest.mark.skipif(importlib.util.find_spec("aiohttp") is None, reason="AsyncWebClient needs aiohttp")
def test_the_asynchronous_client_puts_arguments_into_the_query(workspace: Workspace) -> None:
    """Given Slack's asynchronous client, when it calls with arguments, also nested ones, then they arrive the same."""
    client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)

    async def talk() -> tuple[Any, Any, Any]:
        topic = await client.conversations_setTopic(channel="C0OPS", topic=TEXT)
        root = await client.chat_postMessage(channel="C0OPS", text=TEXT)
        file = await client.files_upload_v2(
            channel="C0OPS", thread_ts=root["ts"], filename="a.log", content=b"a=1&b=2", initial_comment=TEXT
        )
        return topic, root, file

    topic, root, file = asyncio.run(talk())

    assert topic["channel"]["topic"]["value"] == TEXT
    assert [message["text"] for message in workspace.messages("#ops", root["ts"])] == [TEXT, TEXT]
    assert workspace.store.contents[file["file"]["id"]] == b"a=1&b=2"


def test_what_was_said_is_there_in_the_next_run(tmp_path: Path) -> None:
    """Given a thread with a picture, when the workspace is started again, then the same token reads the same thread."""
    picture = bytes(range(256))
    with Workspace(data=tmp_path) as workspace:
        client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        root = str(client.chat_postMessage(channel="#ops", text="root")["ts"])
        client.files_upload_v2(channel="C0OPS", thread_ts=root, filename="a.png", content=picture)

    with Workspace(data=tmp_path) as workspace:
        again = WebClient(client.token, base_url=workspace.api_url)
        found = again.conversations_replies(channel="C0OPS", ts=root)["messages"]

        assert [message["text"] for message in found] == ["root", ""]
        assert workspace.store.contents[found[1]["files"][0]["id"]] == picture
        assert client.token == workspace.bot_token
