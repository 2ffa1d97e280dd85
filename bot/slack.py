"""Slack's Web API for delivery: errors become ours, whose type decides the retry, and calls are counted."""

from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from prometheus_client import Counter
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from handlers.blocks.message import Message, Snippet
from sickbay.diagnostics.errors import PermanentError, TemporaryError

CALLS = Counter("sickbay_slack_calls", "Calls of Slack's Web API, by method and verdict.", ["method", "verdict"])

#: Seconds until a call is tried again that met an error on Slack's side or no answer.
_SLACK_ILL = 2.0
_SECONDS = 10
_NO_ENTRY = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "access_denied"})
_GONE = frozenset({"message_not_found", "cant_update_message", "thread_not_found"})


class NoEntryError(PermanentError):
    """Raised when the bot may not write in the channel."""


class GoneError(PermanentError):
    """Raised when the message to change is not there any more."""


class Slack:
    """The few calls that delivery makes."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, thread_ts: str | None, message: Message) -> str:
        """Post a message and give its ts."""
        arguments = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **message.payload()}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        return str(self._call("chat.postMessage", arguments)["ts"])

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace what a message says."""
        self._call("chat.update", {"channel": channel, "ts": ts, **message.payload()})

    def find(self, channel: str, thread_ts: str | None, key: str) -> str | None:
        """Give the ts of the message that carries the key, among the latest of the channel or in the thread."""
        where = {"channel": channel, "include_all_metadata": True, "limit": 100}
        method = "conversations.replies" if thread_ts else "conversations.history"
        answer = self._call(method, where | ({"ts": thread_ts} if thread_ts else {}))
        for message in answer["messages"]:
            if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                return str(message["ts"])
        return None

    def upload(self, channel: str, thread_ts: str, snippet: Snippet) -> None:
        """Send a file into the thread."""
        self._counted(
            "files.upload",
            lambda: self._client.files_upload_v2(
                channel=channel,
                thread_ts=thread_ts,
                content=snippet.content,
                filename=snippet.filename,
                title=snippet.title,
                snippet_type="text",
            ),
        )

    def _call(self, method: str, arguments: dict[str, Any]) -> SlackResponse:
        if method.startswith("conversations."):
            return self._counted(method, lambda: self._client.api_call(method, params=arguments))
        return self._counted(method, lambda: self._client.api_call(method, json=arguments))

    def _counted(self, method: str, call: Callable[[], SlackResponse]) -> SlackResponse:
        try:
            answer = call()
        except SlackApiError as error:
            raise _understood(method, error) from error
        except (URLError, OSError, ValueError) as error:
            CALLS.labels(method, "no answer").inc()
            raise TemporaryError(f"Slack does not answer: {error}", delay=_SLACK_ILL) from error
        CALLS.labels(method, "ok").inc()
        return answer


def _understood(method: str, error: SlackApiError) -> TemporaryError | PermanentError:
    response = error.response
    name = str(response.get("error", "")) if isinstance(response.data, dict) else f"http {response.status_code}"
    CALLS.labels(method, name or "error").inc()
    if response.status_code == 429 or name == "ratelimited":
        return TemporaryError("Slack asks to wait", delay=float(response.headers.get("Retry-After", 1)))
    if response.status_code >= 500 or name in {"internal_error", "fatal_error", "service_unavailable"}:
        return TemporaryError(f"Slack answers {response.status_code} {name}", delay=_SLACK_ILL)
    if name in _NO_ENTRY:
        return NoEntryError(f"{method}: {name}")
    if name in _GONE:
        return GoneError(f"{method}: {name}")
    return PermanentError(f"{method}: {name}")
