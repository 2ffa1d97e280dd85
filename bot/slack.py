"""Slack's Web API for what is shown there: errors become ours, whose type decides the retry, and calls are counted."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import Counter
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.download import fetch
from bot.slack_errors import ADVICE
from handlers.blocks.message import Message, Snippet
from sickbay.diagnostics.errors import PermanentError, TemporaryError

CALLS = Counter("sickbay_slack_calls", "Calls of Slack's Web API, by method and verdict.", ["method", "verdict"])

Wire = dict[str, Any]

#: Seconds until a call is tried again that met an error on Slack's side or no answer.
_SLACK_ILL = 2.0
#: Seconds that one call may take.
_SECONDS = 10
#: The pages in which a message is looked for, and the messages of one.
_PAGES, _PAGE = 5, 200
#: Where Slack's one-time addresses lie.
_RESPONSES = "https://hooks.slack.com/"
_CODE = re.compile(r"[a-z_]+")
_NO_ENTRY = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "access_denied"})
_GONE = frozenset({"message_not_found", "cant_update_message", "thread_not_found", "file_not_found", "file_deleted"})
_ALREADY = frozenset({"already_pinned", "already_in_channel"})
_ILL = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})


class SlackWaitsError(TemporaryError):
    """Raised when Slack refused a call for now: it surely did nothing of it."""


class NoEntryError(PermanentError):
    """Raised when the bot may not write in the channel; `code` is Slack's reason."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class NameRefusedError(PermanentError):
    """Raised when a channel cannot have a name: another has it, or Slack takes no such name."""


class AlreadyError(PermanentError):
    """Raised when it was so already."""


class PictureRefusedError(PermanentError):
    """Raised when a message shows a picture that Slack does not have, or has not looked at yet."""


class GoneError(PermanentError):
    """Raised when the message to change or to read, the thread to answer in, or the file is not there any more."""


def web_client(token: str, api_url: str) -> WebClient:
    """Make the client. It tries nothing again by itself: a post whose answer was lost may stand in the thread."""
    return WebClient(token=token, base_url=api_url, timeout=_SECONDS, retry_handlers=[])


class Slack:
    """The few calls that delivery, linting and incidents make."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def respond(self, url: str, text: str) -> int:
        """Tell the asker alone, by Slack's one-time address, and give the answer's HTTP status.

        The address comes out of Redis, where a worker's zone could have changed it: only Slack's own is called. Raises
        PermanentError for another, TemporaryError where there is no answer.
        """
        parts, api = urlsplit(url), urlsplit(self._client.base_url)
        ours = (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
        if not (ours or url.startswith(_RESPONSES)):
            raise PermanentError("the one-time address is not Slack's")
        try:
            return WebhookClient(url, timeout=_SECONDS).send(text=text).status_code
        except (HTTPException, OSError) as error:
            raise TemporaryError(f"Slack does not answer: {error}", delay=_SLACK_ILL) from error

    def post(self, channel: str, thread_ts: str | None, message: Message) -> str:
        """Post a message and give its ts."""
        arguments = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **message.payload()}
        if thread_ts and message.broadcast:
            arguments["reply_broadcast"] = True
        return str(self._call("chat.postMessage", _in(thread_ts, "thread_ts", arguments))["ts"])

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace what a message says."""
        self._call("chat.update", {"channel": channel, "ts": ts, **message.payload()})

    def message(self, channel: str, thread_ts: str, ts: str) -> Wire:
        """Give a message of a thread as it is now. Raises GoneError where it is not there any more."""
        window = {"oldest": ts, "latest": ts, "inclusive": True, "limit": _PAGE}
        answer = self._call("conversations.replies", {"channel": channel, "ts": thread_ts, **window})
        found: list[Wire] = [message for message in answer["messages"] if message.get("ts") == ts]
        if not found:
            raise GoneError("conversations.replies: message_not_found")
        return found[0]

    def create_channel(self, name: str) -> str:
        """Create a public channel and give its id. Raises NameRefusedError."""
        return str(self._call("conversations.create", {"name": name})["channel"]["id"])

    def invite(self, channel: str, user: str) -> None:
        """Have somebody in a channel."""
        with suppress(AlreadyError):
            self._call("conversations.invite", {"channel": channel, "users": user})

    def set_topic(self, channel: str, topic: str) -> None:
        """Say above a channel what it is about; at most 250 characters."""
        self._call("conversations.setTopic", {"channel": channel, "topic": topic})

    def pin(self, channel: str, ts: str) -> None:
        """Pin a message to its channel."""
        with suppress(AlreadyError):
            self._call("pins.add", {"channel": channel, "timestamp": ts})

    def bookmark(self, channel: str, title: str, url: str) -> None:
        """Put a link above a channel."""
        self._call("bookmarks.add", {"channel_id": channel, "title": title, "type": "link", "link": url})

    def file(self, file_id: str) -> Wire:
        """Give what Slack knows of a file."""
        found: Wire = self._call("files.info", {"file": file_id})["file"]
        return found

    def download(self, url: str, *, most: int, seconds: float) -> bytes:
        """Give the bytes of a file by its `url_private`, at most so many of them. Raises as `bot.download.fetch`."""
        token, api_url = str(self._client.token), self._client.base_url
        return fetch(url, token=token, api_url=api_url, most=most, seconds=min(seconds, _SECONDS))

    def members(self, group: str) -> frozenset[str]:
        """Give the ids of the people in a user group. Raises PermanentError where there is no such group any more."""
        answer = self._call("usergroups.users.list", {"usergroup": group})
        return frozenset(str(user) for user in answer.get("users") or ())

    def find(self, channel: str, thread_ts: str | None, key: str, *, since: float) -> str | None:
        """Give the ts of the message that carries the key, among those in the channel or the thread since then."""
        for message in self._said(channel, thread_ts, since):
            if (message.get("metadata") or {}).get("event_payload", {}).get("key") == key:
                return str(message["ts"])
        return None

    def has_file(self, channel: str, thread_ts: str, snippet: Snippet, *, since: float) -> bool:
        """Say whether the file stands in the thread."""
        return any(
            (file.get("name"), file.get("title")) == (snippet.filename, snippet.title)
            for message in self._said(channel, thread_ts, since)
            for file in message.get("files", ())
        )

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

    def upload_picture(self, filename: str, content: bytes) -> str:
        """Send a PNG that stands nowhere yet, and give its file's id: messages show it by that, once it `is_ready`."""
        answer = self._counted(
            "files.upload",
            lambda: self._client.files_upload_v2(content=content, filename=filename, title=filename),
        )
        return str(answer["files"][0]["id"])

    def is_ready(self, file_id: str) -> bool:
        """Say whether Slack has looked at a file: until then it is of no known type, and no message may show it."""
        return bool(self.file(file_id).get("mimetype"))

    def _said(self, channel: str, thread_ts: str | None, since: float) -> Iterator[Wire]:
        """Yield what was said, page by page."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        where = {"channel": channel, "include_all_metadata": True, "limit": _PAGE, "oldest": f"{since:.6f}"}
        arguments = _in(thread_ts, "ts", where)
        for _ in range(_PAGES):
            answer = self._call(method, arguments)
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments = arguments | {"cursor": cursor}

    def _call(self, method: str, arguments: Wire) -> SlackResponse:
        if method.startswith(("conversations.", "files.", "usergroups.")):
            return self._counted(method, lambda: self._client.api_call(method, params=arguments))
        return self._counted(method, lambda: self._client.api_call(method, json=arguments))

    def _counted(self, method: str, call: Callable[[], SlackResponse]) -> SlackResponse:
        try:
            answer = call()
        except SlackApiError as error:
            raise understood(method, error) from error
        except (SlackRequestError, HTTPException, OSError, ValueError) as error:
            CALLS.labels(method, "no answer").inc()
            raise TemporaryError(f"Slack does not answer: {error}", delay=_SLACK_ILL) from error
        CALLS.labels(method, "ok").inc()
        return answer


def _in(thread_ts: str | None, name: str, arguments: Wire) -> Wire:
    return arguments | ({name: thread_ts} if thread_ts else {})


def understood(method: str, error: SlackApiError) -> TemporaryError | PermanentError:
    """Give the error of ours; an answer without one of Slack's codes came from something in between."""
    response = error.response
    status = response.status_code
    name = str(response.data.get("error", "")) if isinstance(response.data, dict) else ""
    name = name if _CODE.fullmatch(name) else f"http {status}"
    CALLS.labels(method, name).inc()
    if status == 429 or name == "ratelimited":
        return SlackWaitsError("Slack asks to wait", delay=_retry_after(response))
    if status >= 500 or name in _ILL or name.startswith("http "):
        return TemporaryError(f"{method}: Slack answers {status} {name}", delay=_SLACK_ILL)
    if name in _NO_ENTRY:
        return NoEntryError(f"{method}: {name}", name)
    if name == "name_taken" or name.startswith("invalid_name"):
        return NameRefusedError(f"{method}: {name}")
    if name == "invalid_blocks" and "slack_file" in str(response.data):
        return PictureRefusedError(f"{method}: {name}")
    if name in _ALREADY:
        return AlreadyError(f"{method}: {name}")
    if name in _GONE:
        return GoneError(f"{method}: {name}")
    return PermanentError(f"{method}: {name}. {ADVICE[name]}" if name in ADVICE else f"{method}: {name}")


def _retry_after(response: SlackResponse) -> float:
    """Give the seconds that Slack asks for; one where it does not say."""
    try:
        return max(1.0, float(response.headers.get("Retry-After", 1)))
    except ValueError:
        return 1.0
