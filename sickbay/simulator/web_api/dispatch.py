"""From an HTTP request to a method's answer: who calls, with which arguments, and what goes wrong."""

import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults import Faults
from sickbay.simulator.journal import Journal
from sickbay.simulator.web_api import Desk, Wire, conversations, files, marks, messages, people, views

_GROUPS = (people, messages, conversations, files, marks, views)
METHODS = {name: method for group in _GROUPS for name, method in group.METHODS.items()}
#: Methods that anybody may call, and those that want the app-level token.
_OPEN, _APP = frozenset({"api.test"}), frozenset({"apps.connections.open"})
_TOO_MANY, _BROKEN = 429, 500


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(self, desk: Desk, faults: Faults, journal: Journal, *, bot_token: str, app_token: str) -> None:
        self._desk = desk
        self._faults = faults
        self._journal = journal
        self._tokens = {"bot": bot_token, "app": app_token}

    async def __call__(self, request: Request) -> Response:
        """Answer one call: HTTP 200 and JSON, except for what `faults` breaks."""
        method = request.path_params["method"]
        call = arguments(await request.body(), request.headers.get("content-type", ""), dict(request.query_params))
        shown = {key: value for key, value in call.items() if key != "token"}
        entry = self._journal.begin("from_app", "api", method, shown)
        if refusal := self._faults.refusal(method):
            error = "ratelimited" if refusal.status == _TOO_MANY else "internal_error"
            self._journal.end(entry, error)
            body = {"ok": False, "error": error}
            return JSONResponse(body, refusal.status, headers={"Retry-After": str(refusal.retry_after)})
        try:
            self._authenticate(method, request, call)
            answer: Wire = {"ok": True} | self._method(method)(self._desk, call)
        except SlackError as error:
            answer = _refused(error)
        self._journal.end(entry, "ok" if answer["ok"] else answer["error"], answer)
        return JSONResponse(answer)

    def _method(self, name: str) -> Any:
        if name not in METHODS:
            raise SlackError("unknown_method")
        return METHODS[name]

    def _authenticate(self, method: str, request: Request, call: Wire) -> None:
        if method in _OPEN:
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or str(call.get("token", ""))
        if not token:
            raise SlackError("not_authed")
        wanted = self._tokens["app" if method in _APP else "bot"]
        if not hmac.compare_digest(token, wanted):
            known = any(hmac.compare_digest(token, item) for item in self._tokens.values())
            raise SlackError("not_allowed_token_type" if known else "invalid_auth")


def arguments(body: bytes, content_type: str, query: dict[str, str]) -> Wire:
    """Read a call's arguments as the SDKs send them: JSON, a form whose nested values are JSON, or the query string."""
    if "json" in content_type:
        try:
            sent = json.loads(body or b"{}")
        except ValueError:
            sent = {}
        return query | (sent if isinstance(sent, dict) else {})
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return {name: _nested(value) for name, value in (query | form).items()}


def _nested(value: str) -> Any:
    if value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _refused(error: SlackError) -> Wire:
    answer: Wire = {"ok": False, "error": error.code}
    if error.details:
        answer["errors"] = list(error.details)
    if error.messages:
        answer["response_metadata"] = {"messages": list(error.messages)}
    return answer
