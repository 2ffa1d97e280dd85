"""Whatever is sent, the workspace answers with JSON of its own and stays well: nothing that arrives can break it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sickbay.simulator import Workspace
from sickbay.simulator.errors import SlackError
from sickbay.simulator.web_api.dispatch import METHODS
from sickbay.simulator.wire import DEEPEST, decode
from tests.unit.simulator.asgi import Answer, call, request

#: What a method has use for, so that hypothesis gets past the first look.
NAMES = [
    "channel", "channel_id", "channels", "text", "blocks", "attachments", "metadata", "markdown_text", "thread_ts",
    "ts", "timestamp", "name", "user", "users", "user_id", "limit", "cursor", "oldest", "latest", "inclusive", "types",
    "view", "trigger_id", "view_id", "hash", "external_id", "files", "file", "filename", "length", "topic",
    "purpose", "title", "link", "email", "status", "message_ts", "bookmark_id", "error", "initial_comment",
]  # fmt: skip
VALUES = [
    "C0OPS", "C0RANDOM", "D0ALICE", "U0ALICE", "U0SICKBAY", "alice", "#ops", "1", "0", "-1", "nan", "inf", "1e999", "",
    "[", "{}", "[]", '[{"type": "section"}]', "thumbsup", "public_channel", "{\"type\": \"modal\"}",
]  # fmt: skip
TYPES = [
    "section",
    "header",
    "actions",
    "input",
    "rich_text",
    "table",
    "context",
    "image",
    "container",
    "modal",
    "home",
]
PARTS = [
    "type",
    "text",
    "elements",
    "fields",
    "rows",
    "element",
    "options",
    "block_id",
    "child_blocks",
    "blocks",
    "title",
]

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20) | st.sampled_from(VALUES) | st.sampled_from(TYPES)
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
arguments = st.dictionaries(st.sampled_from(NAMES), anything, max_size=8)
methods = st.sampled_from(sorted(METHODS))


def is_slacks_answer(answer: Answer) -> bool:
    return (
        answer.status == 200 and isinstance(answer.json["ok"], bool) and (answer.json["ok"] or "error" in answer.json)
    )


@settings(max_examples=600, deadline=None)
@given(method=methods, sent=arguments, as_app=st.booleans(), named=st.booleans())
def test_any_arguments_are_answered(method: str, sent: dict[str, Any], as_app: bool, named: bool) -> None:
    """Given any arguments to any method, when it is called, then it is answered as Slack answers, never with a 500."""
    workspace = Workspace()
    ts = workspace.store.post("C0OPS", {"user": "U0SICKBAY", "text": "x"})["ts"]
    where = {"channel": "C0OPS", "ts": ts, "timestamp": ts} if named else {}
    token = workspace.app_token if as_app else workspace.bot_token
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    answer = request(workspace, f"/api/{method}", json.dumps(where | sent).encode(), headers=headers)

    workspace.stop()
    assert is_slacks_answer(answer)


@settings(max_examples=300, deadline=None)
@given(
    method=methods | st.just("no.such"),
    body=st.binary(max_size=200) | arguments.map(lambda value: json.dumps(value).encode()),
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "", "text/plain"]
    ),
    query=st.sampled_from(["", "channel=C0OPS&limit=x", "%ff=%00&blocks=[[", "view={&files=["]),
)
def test_any_bytes_are_answered(workspace: Workspace, method: str, body: bytes, kind: str, query: str) -> None:
    """Given any bytes under any content type, when they are posted, then the answer is JSON."""
    headers = {"content-type": kind, "authorization": f"Bearer {workspace.bot_token}"}

    assert is_slacks_answer(request(workspace, f"/api/{method}", body, query=query, headers=headers))


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=100) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_to_a_response_url_are_answered(workspace: Workspace, body: bytes) -> None:
    """Given any bytes, when they are posted to a response URL, then they are shown, or refused, and nothing breaks."""
    key = workspace._people._one_time.response("C0OPS", "U0ALICE", message_ts="1.000000", ephemeral=True)

    answer = request(workspace, f"/hooks/{key}", body)

    assert answer.status in {200, 400}
    assert answer.body == b"ok" or answer.json["ok"] is False


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(["messages", "actions", "options", "views/submit", "views/close", "shortcuts", "reactions"]),
    body=st.binary(max_size=50)
    | arguments.map(lambda sent: json.dumps({"user": "alice", "channel": "C0OPS"} | sent).encode()),
)
def test_any_bytes_to_the_page_api_are_answered(workspace: Workspace, path: str, body: bytes) -> None:
    """Given any bytes from the page, when they are posted, then they are answered or refused, never with a 500."""
    answer = request(workspace, f"/workspace/{path}", body, headers={"x-workspace-token": workspace.token})

    assert answer.status in {200, 400}
    assert isinstance(answer.json["ok"], bool)


@settings(max_examples=100, deadline=None)
@given(text=st.text(min_size=1, max_size=50))
def test_what_was_taken_can_be_read_again(text: str) -> None:
    """Given any text, when it is posted, then the page reads it as it was, and so does the next run."""
    workspace = Workspace()
    posted = call(workspace, "chat.postMessage", channel="C0OPS", text=text)

    page = request(workspace, "/workspace/messages", method="GET", query=f"channel=C0OPS&token={workspace.token}")

    workspace.stop()
    assert [message["text"] for message in page.json["messages"]] == [text]
    assert json.loads(b"".join(workspace.store.dump()))["messages"]["C0OPS"][posted["ts"]]["text"] == text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": "\\ud800"}',
        b"NaN",
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'"\xed\xa0\x80"',
        b"1" * 5000,
    ],
)
def test_json_that_no_answer_could_repeat_is_refused(body: bytes) -> None:
    """Given JSON with half a character, an endless number or none, when it is decoded, then it is refused."""
    with pytest.raises(SlackError, match=r"^invalid_json$"):
        decode(body)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 100_000])
def test_json_that_nests_absurdly_is_refused(depth: int) -> None:
    """Given JSON deeper than any block, when it is decoded, then it is refused, and the stack is not used up."""
    with pytest.raises(SlackError, match=r"^invalid_json$"):
        decode(b"[" * depth + b"]" * depth)

    assert decode(b"[" * DEEPEST + b"]" * DEEPEST)


@given(value=anything)
def test_json_within_reason_is_read_as_python_reads_it(value: Any) -> None:
    """Given any JSON within reason, when it is decoded, then it is what Python's own decoder makes of it."""
    text = json.dumps(value)

    assert decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b'"x"', "json_not_object")]
)
def test_a_broken_body_is_named(workspace: Workspace, body: bytes, code: str) -> None:
    """Given a body that is said to be JSON, when it is none or no object, then Slack's code says which."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {workspace.bot_token}"}

    assert request(workspace, "/api/auth.test", body, headers=headers).json == {"ok": False, "error": code}
