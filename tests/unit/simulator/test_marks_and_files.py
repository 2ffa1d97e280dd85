"""reactions.*, pins.*, bookmarks.* and files.*: the codes by which Slack refuses a call, and what is kept."""

from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call, request


def posted(workspace: Workspace) -> str:
    return str(call(workspace, "chat.postMessage", channel="C0OPS", text="x")["ts"])


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("reactions.add", {"name": "eyes"}, "no_item_specified"),
        ("reactions.add", {"timestamp": "1.0", "name": "eyes"}, "message_not_found"),
        ("reactions.add", {"channel": "C0", "timestamp": "1.0", "name": "eyes"}, "channel_not_found"),
        ("pins.add", {}, "no_item_specified"),
        ("pins.add", {"channel": "C0RANDOM", "timestamp": "1.0"}, "not_in_channel"),
        ("bookmarks.add", {"title": "x"}, "invalid_arguments"),
        ("bookmarks.remove", {"bookmark_id": "Bk1"}, "bookmark_not_found"),
        ("files.getUploadURLExternal", {}, "missing_argument"),
        ("files.getUploadURLExternal", {"filename": "a.log", "length": 0}, "missing_argument"),
        ("files.getUploadURLExternal", {"filename": "a.log", "length": "long"}, "invalid_arguments"),
        (
            "files.getUploadURLExternal",
            {"filename": "a.log", "length": 1_000_001, "snippet_type": "text"},
            "snippet_too_large",
        ),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ("files.completeUploadExternal", {}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "F1"}], "channel_id": "C0RANDOM"}, "not_in_channel"),
        ("files.info", {"file": "F1"}, "file_not_found"),
        ("files.delete", {"file": "F1"}, "file_not_found"),
    ],
)
def test_a_call_is_refused_by_slacks_code(fresh: Workspace, method: str, arguments: dict[str, Any], code: str) -> None:
    """Given a call that Slack would not follow, when it is made, then its code says why."""
    assert call(fresh, method, **({"channel": "C0OPS"} | arguments))["error"] == code


@pytest.mark.parametrize("name", ["", ":eyes:", "Eyes", "a b", "<!channel>"])
def test_a_reaction_has_an_emojis_name(fresh: Workspace, name: str) -> None:
    """Given a message, when it gets a reaction that names no emoji, then the name is invalid."""
    assert call(fresh, "reactions.add", channel="C0OPS", timestamp=posted(fresh), name=name)["error"] == "invalid_name"


def test_a_reaction_comes_and_goes_once(fresh: Workspace) -> None:
    """Given a reaction, when it is added or taken twice, then the second time is refused."""
    where = {"channel": "C0OPS", "timestamp": posted(fresh), "name": "+1"}

    assert call(fresh, "reactions.add", **where)["ok"]
    assert call(fresh, "reactions.add", **where)["error"] == "already_reacted"
    assert call(fresh, "reactions.get", **where)["message"]["reactions"][0]["users"] == ["U0SICKBAY"]
    assert call(fresh, "reactions.remove", **where)["ok"]
    assert call(fresh, "reactions.remove", **where)["error"] == "no_reaction"


def test_a_message_is_pinned_once_and_a_deleted_one_no_more(fresh: Workspace) -> None:
    """Given a pinned message, when it is pinned again, then not; when it is deleted, then its pin goes."""
    ts = posted(fresh)
    assert call(fresh, "pins.add", channel="C0OPS", timestamp=ts)["ok"]

    assert call(fresh, "pins.add", channel="C0OPS", timestamp=ts)["error"] == "already_pinned"
    assert [item["message"]["ts"] for item in call(fresh, "pins.list", channel="C0OPS")["items"]] == [ts]
    call(fresh, "chat.delete", channel="C0OPS", ts=ts)
    assert call(fresh, "pins.list", channel="C0OPS")["items"] == []


def test_a_channel_has_room_for_a_hundred_pins(fresh: Workspace) -> None:
    """Given a hundred pins, when another is added, then there are too many."""
    fresh.store.channels["C0OPS"]["pins"] = [f"{number}.0" for number in range(100)]

    assert call(fresh, "pins.add", channel="C0OPS", timestamp=posted(fresh))["error"] == "too_many_pins"


def uploaded(workspace: Workspace, content: bytes, name: str = "tail.log") -> str:
    asked = call(workspace, "files.getUploadURLExternal", filename=name, length=len(content))
    path = asked["upload_url"].removeprefix(workspace.address)
    sent = request(workspace, path, content, headers={"content-type": "application/x-www-form-urlencoded"})
    assert sent.body == f"OK - {len(content)}".encode()
    return str(asked["file_id"])


@pytest.mark.parametrize("content", [b"a=1&b=%00&a=2", bytes(range(256)), b"\xff\xfe\n\r\n"])
def test_the_bytes_of_a_file_are_kept_as_they_came(fresh: Workspace, content: bytes) -> None:
    """Given bytes called a form, as Slack's client calls them, when they are uploaded, then they are kept."""
    file_id = uploaded(fresh, content)

    kept = request(fresh, f"/workspace/files/{file_id}", method="GET", query=f"token={fresh.token}")
    assert kept.body == content


def test_bytes_for_no_file_are_not_kept(fresh: Workspace) -> None:
    """Given no file, when bytes are sent for one, then they are refused and take no room."""
    assert request(fresh, "/upload/F0NONE", b"x").status == 404
    assert fresh.store.contents == {}


def test_a_file_without_bytes_is_not_shared(fresh: Workspace) -> None:
    """Given a file of which no bytes came, when it is completed, then nothing is posted."""
    file_id = call(fresh, "files.getUploadURLExternal", filename="a.log", length=1)["file_id"]

    done = call(fresh, "files.completeUploadExternal", files=[{"id": file_id}], channel_id="C0OPS")

    assert (done["error"], fresh.store.messages["C0OPS"]) == ("file_not_found", {})


def test_a_file_goes_into_a_thread_of_each_channel(fresh: Workspace) -> None:
    """Given an uploaded file, when it is completed for a thread, then it is a reply there with title and preview."""
    root = posted(fresh)
    file_id = uploaded(fresh, b"line\n")

    call(
        fresh,
        "files.completeUploadExternal",
        files=[{"id": file_id, "title": "web-1's end"}],
        channels="C0OPS",
        thread_ts=root,
        initial_comment="here",
    )

    reply = fresh.store.thread("C0OPS", root)[1]
    assert (reply["text"], reply["subtype"]) == ("here", "file_share")
    assert [(file["title"], file["preview"]) for file in reply["files"]] == [("web-1's end", "line\n")]


def test_a_file_for_a_thread_that_is_none_is_not_posted(fresh: Workspace) -> None:
    """Given an uploaded file, when its thread does not exist, then it is refused and nothing is posted."""
    file_id = uploaded(fresh, b"x")

    done = call(
        fresh, "files.completeUploadExternal", files=[{"id": file_id}], channel_id="C0OPS", thread_ts="1.000000"
    )

    assert (done["error"], fresh.store.messages["C0OPS"]) == ("thread_not_found", {})


def test_a_picture_without_a_channel_is_shown_once_it_was_looked_at(fresh: Workspace) -> None:
    """Given a picture in no message, when one shows it at once, then it is refused; after a look it is taken."""
    file_id = uploaded(fresh, b"\x89PNG\r\n\x1a\n", name="chart.png")
    call(fresh, "files.completeUploadExternal", files=[{"id": file_id}])
    shown = [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "Findings"}]
    posting = {"channel": "C0OPS", "text": "x", "blocks": shown}

    early = call(fresh, "chat.postMessage", **posting)
    looks = [call(fresh, "files.info", file=file_id)["file"]["mimetype"] for _ in range(2)]

    assert (early["error"], early["errors"]) == (
        "invalid_blocks",
        ["invalid slack file [json-pointer:/blocks/0/slack_file]"],
    )
    assert looks == ["", "image/png"]
    posted_ts = call(fresh, "chat.postMessage", **posting)["ts"]
    assert call(fresh, "chat.update", ts=posted_ts, **posting)["ok"]


@pytest.mark.parametrize("name", ["tail.log", "chart.svg"])
def test_what_is_no_picture_is_shown_in_no_block(fresh: Workspace, name: str) -> None:
    """Given a text, and a drawing that Slack shows in no block, when a message shows it, then it is refused."""
    file_id = uploaded(fresh, b"<svg/>", name=name)
    call(fresh, "files.completeUploadExternal", files=[{"id": file_id}])
    call(fresh, "files.info", file=file_id)
    block = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a"}
    bar = [{"color": "#aaaaaa", "blocks": [block]}]

    assert call(fresh, "chat.postMessage", channel="C0OPS", text="x", blocks=[block])["error"] == "invalid_blocks"
    assert call(fresh, "chat.postMessage", channel="C0OPS", text="x", attachments=bar)["error"] == "invalid_blocks"
