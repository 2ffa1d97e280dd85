"""From an HTTP request to a method's answer: who calls, with which arguments, and what goes wrong."""

import asyncio
import contextlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults import TOO_MANY, Faults
from sickbay.simulator.journal import Journal
from sickbay.simulator.scopes import Scopes, kind_of
from sickbay.simulator.web_api import (
    Desk,
    Wire,
    conversations,
    extras,
    files,
    marks,
    messages,
    people,
    scheduled,
    streams,
    usergroups,
    views,
)
from sickbay.simulator.wire import decode, decode_object, string

_GROUPS = (people, messages, conversations, files, marks, views, usergroups, scheduled, streams, extras)
METHODS: dict[str, Callable[[Desk, Wire], Wire]] = {
    name: method for group in _GROUPS for name, method in group.METHODS.items()
}
#: Methods that anybody may call, and those that want the app-level token.
_OPEN, _APP = frozenset({"api.test", "blocks.validate", "oauth.v2.access"}), frozenset({"apps.connections.open"})
#: Arguments that are JSON also where the rest is a form, and may be a string of JSON in JSON.
_STRUCTURED = frozenset(
    {"attachments", "blocks", "chunks", "document_content", "files", "metadata", "prompts", "unfurls", "view"}
)


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(
        self, desk: Desk, faults: Faults, scopes: Scopes, journal: Journal, *, bot_token: str, app_token: str
    ) -> None:
        self._desk = desk
        self._faults = faults
        self._scopes = scopes
        self._journal = journal
        self._tokens = {"bot": bot_token, "app": app_token}

    async def __call__(self, request: Request) -> Response:
        """Answer one call: HTTP 200 and JSON, except for what `faults` breaks."""
        method = request.path_params["method"]
        body, content_type = await request.body(), request.headers.get("content-type", "")
        try:
            call = arguments(body, content_type, dict(request.query_params))
        except SlackError as error:
            return self._told(self._journal.begin("from_app", "api", method, None), _refused(error))
        shown = {key: value for key, value in call.items() if key != "token"}
        entry = self._journal.begin("from_app", "api", method, shown)
        await asyncio.sleep(self._faults.latency)
        if refusal := self._faults.refusal(method, string(call.get("channel"))):
            error_code = "ratelimited" if refusal.status == TOO_MANY else "internal_error"
            self._journal.end(entry, error_code)
            return JSONResponse({"ok": False, "error": error_code}, refusal.status, headers=refusal.headers)
        try:
            answer = self._answer(method, request, call)
        except SlackError as error:
            answer = _refused(error)
        return self._told(entry, answer)

    def reads_files(self, request: Request) -> bool:
        """Say whether a request for a file's bytes has a token that may: in its header, as the bot's."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        return _same(token, self._tokens["bot"]) and "files:read" in self._scopes.granted

    def _told(self, entry: Wire, answer: Wire) -> Response:
        self._journal.end(entry, "ok" if answer["ok"] else answer["error"], answer)
        headers = {"x-oauth-scopes": ",".join(sorted(self._scopes.granted))}
        return JSONResponse(answer, headers=headers)

    def _answer(self, method: str, request: Request, call: Wire) -> Wire:
        if method not in METHODS:
            raise SlackError("unknown_method")
        if method not in _OPEN:
            self._authenticate(method, request.headers.get("authorization", ""), call)
        named = string(call.get("channel") or call.get("channel_id"))
        self._scopes.check(method, kind_of(self._desk.store.channels.get(named)))
        return {"ok": True} | METHODS[method](self._desk, call)

    def _authenticate(self, method: str, header: str, call: Wire) -> None:
        token = header.removeprefix("Bearer ").strip() or string(call.get("token"))
        if not token:
            raise SlackError("not_authed")
        wanted = self._tokens["app" if method in _APP else "bot"]
        if not _same(token, wanted):
            known = any(_same(token, item) for item in self._tokens.values())
            raise SlackError("not_allowed_token_type" if known else "invalid_auth")
        if self._faults.uninstalled and method not in _APP:
            raise SlackError("account_inactive")


def arguments(body: bytes, content_type: str, query: dict[str, str]) -> Wire:
    """Read a call's arguments as the SDKs send them: JSON, a form whose nested values are JSON, or the query string.

    Raises SlackError.
    """
    if "json" in content_type:
        sent = decode_object(body or b"{}")
    else:
        sent = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    call: Wire = query | sent
    return call | {name: _nested(call[name]) for name in _STRUCTURED & call.keys()}


def _nested(value: Any) -> Any:
    """Decode what is JSON in a string; what cannot be decoded stays, for the method to refuse in its own words."""
    if isinstance(value, str):
        with contextlib.suppress(SlackError):
            return decode(value.encode())
    return value


def _same(token: str, wanted: str) -> bool:
    return hmac.compare_digest(token.encode(errors="replace"), wanted.encode())


def _refused(error: SlackError) -> Wire:
    answer: Wire = {"ok": False, "error": error.code} | error.more
    if error.details:
        answer["errors"] = list(error.details)
    if error.messages:
        answer["response_metadata"] = {"messages": list(error.messages)}
    return answer
