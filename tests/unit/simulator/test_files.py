"""Files that a person attaches: told as Slack tells of them, read only with a token, refused where Slack refuses."""

import asyncio
import base64
from typing import Any

import pytest

from sickbay.simulator import Workspace
from sickbay.simulator.errors import SlackError
from sickbay.simulator.files import delete
from tests.unit.simulator.asgi import Answer, call, request
from tests.unit.simulator.scripted import Scene

EVENTS = {"settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im"]}}}
DOCKERFILE = b"FROM busybox:latest\nRUN true\n"


def part(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "content": base64.b64encode(content).decode()}


def shared(workspace: Workspace, name: str = "Dockerfile", content: bytes = DOCKERFILE) -> dict[str, Any]:
    said = workspace._people.message("alice", "#ops", "look", "", [part(name, content)])
    (file,) = said["files"]
    return dict(file)


def fetched(workspace: Workspace, file: dict[str, Any], token: str | None = None) -> Answer:
    path = file["url_private"].removeprefix(workspace.address)
    headers = {"authorization": f"Bearer {workspace.bot_token if token is None else token}"}
    return request(workspace, path, method="GET", headers=headers)


@pytest.mark.parametrize(("channel", "kind"), [("#ops", "app_mention"), ("D0ALICE", "message")])
def test_an_event_tells_of_the_files(channel: str, kind: str) -> None:
    """Given a message with a file, when the app is told, then with the file, and of a message also as a file_share."""
    scene = Scene(**EVENTS)

    said = scene.people.message("alice", channel, "@sickbay lint", "", [part("Dockerfile", DOCKERFILE)])
    asyncio.run(scene.events.of_message(said))

    ((_, payload, _),) = scene.app.sent
    event = payload["event"]
    assert (event["type"], event.get("subtype")) == (kind, "file_share" if kind == "message" else None)
    assert [(file["name"], file["mode"], file["filetype"]) for file in event["files"]] == [
        ("Dockerfile", "snippet", "dockerfile")
    ]
    assert event["upload"] is False


def test_a_shortcut_carries_the_files_of_its_message() -> None:
    """Given a message with a file, when a shortcut is used on it, then the app gets that message with the file."""
    scene = Scene(**EVENTS)
    said = scene.people.message("alice", "#ops", "", "", [part("compose.yml", b"services: {}\n")])

    asyncio.run(scene.people.shortcut("bob", "lint_message", "C0OPS", said["ts"]))

    ((_, payload, _),) = scene.app.sent
    assert (payload["type"], payload["callback_id"], payload["message_ts"]) == (
        "message_action", "lint_message", said["ts"],
    )  # fmt: skip
    assert payload["message"]["files"] == said["files"]
    assert payload["response_url"]


def test_the_bytes_are_for_who_has_the_token(fresh: Workspace) -> None:
    """Given a file, when the bot asks for it by url_private, then it gets the bytes as they came."""
    file = shared(fresh)

    answer = fetched(fresh, file)

    assert (answer.status, answer.body) == (200, DOCKERFILE)
    assert call(fresh, "files.info", file=file["id"])["file"]["size"] == len(DOCKERFILE)


@pytest.mark.parametrize("token", ["", "xoxb-wrong", "app"])
def test_without_the_right_token_slack_shows_its_sign_in_page(fresh: Workspace, token: str) -> None:
    """Given a file, when asked for without the bot's token, then the answer leads to a page, and no byte comes."""
    answer = fetched(fresh, shared(fresh), fresh.app_token if token == "app" else token)

    assert (answer.status, DOCKERFILE in answer.body) == (302, False)
    page = request(fresh, "/signin", method="GET")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_token_without_the_scope_reads_no_file(fresh: Workspace) -> None:
    """Given a token that lacks files:read, when it asks for a file or what is known of it, then it is refused."""
    file = shared(fresh)
    fresh.faults.missing_scopes.add("files:read")

    assert fetched(fresh, file).status == 302
    assert call(fresh, "files.info", file=file["id"])["error"] == "missing_scope"


def test_a_deleted_file_leaves_a_tombstone(fresh: Workspace) -> None:
    """Given a message whose file is deleted, when it is looked for, then it is gone, and its message says so."""
    file = shared(fresh)

    delete(fresh.store, fresh.store.files[file["id"]])

    assert fetched(fresh, file).status == 404
    assert call(fresh, "files.info", file=file["id"])["error"] == "file_deleted"
    assert call(fresh, "files.list")["files"] == []
    (message,) = fresh.store.messages["C0OPS"].values()
    assert message["files"] == [{"id": file["id"], "mode": "tombstone"}]
    query = f"token={fresh.token}"
    assert request(fresh, f"/workspace/files/{file['id']}", method="GET", query=query).status == 404


def test_the_bot_deletes_only_its_own_files(fresh: Workspace) -> None:
    """Given a person's file, when the bot deletes it, then Slack refuses."""
    assert call(fresh, "files.delete", file=shared(fresh)["id"])["error"] == "cant_delete_file"


@pytest.mark.parametrize("content", [b"\x00\x01", b"\xff\xfe", b"FROM x\x00"])
def test_what_is_no_text_is_no_snippet(fresh: Workspace, content: bytes) -> None:
    """Given bytes that are no text, when attached under any name, then they are a file without a preview."""
    file = shared(fresh, "Dockerfile", content)

    assert (file["mode"], file["mimetype"], "preview" in file) == ("hosted", "application/octet-stream", False)


def test_a_preview_is_short(fresh: Workspace) -> None:
    """Given a long text, when attached, then its message holds its first lines, and how many more there are."""
    file = shared(fresh, "app.log", b"line\n" * 50)

    assert (file["preview"], file["lines"], file["lines_more"]) == ("line\n" * 10, 50, 40)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([part("a", b"x")] * 11, "too_many_files"),
        ([part("a", b"x" * 1_000_001)], "file_too_large"),
        ([part("a", b"")], "file_empty"),
        ([{"name": "a", "content": "no base64!"}], "invalid_file"),
        ([{"name": "a", "content": "ä"}], "invalid_file"),
    ],
)
def test_what_slack_would_not_take_is_refused_and_leaves_nothing(
    fresh: Workspace, parts: list[dict[str, Any]], code: str
) -> None:
    """Given files that are too many, too large or none, when attached, then nothing is posted and nothing kept."""
    with pytest.raises(SlackError, match=f"^{code}$"):
        fresh._people.message("alice", "#ops", "", "", parts)

    assert (fresh.store.messages["C0OPS"], fresh.store.files, fresh.store.contents) == ({}, {}, {})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/Dockerfile", "Dockerfile"),
        ("C:\\x\\compose.yml", "compose.yml"),
        ("", "Untitled"),
        ("a/", "Untitled"),
    ],
)
def test_a_files_name_is_no_path(fresh: Workspace, given: str, kept: str) -> None:
    """Given a name with a path in it, when attached, then only its last part is kept."""
    assert shared(fresh, given)["name"] == kept


def test_a_command_with_a_file_is_a_message(fresh: Workspace) -> None:
    """Given a file beside words that begin with a slash, when sent, then it is a message: commands carry no files."""

    async def said() -> dict[str, Any]:
        return fresh._page.say("alice", "#ops", "/diagnose local", "", [part("Dockerfile", DOCKERFILE)])

    assert asyncio.run(said())["text"] == "/diagnose local"
