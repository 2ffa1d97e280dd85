"""The shape of Slack's payloads, as far as listeners read them: what is not of it is refused before any listener runs.

Ids and texts end in the queue, the database and the audit, where anything but text would be found out too late. Fields
that are not named here may be missing and may hold anything. Source: docs.slack.dev (interactivity, Events API), 2026.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

Text = str | None


class _Person(msgspec.Struct, frozen=True):
    id: str


class _Command(msgspec.Struct, frozen=True):
    channel_id: str
    user_id: str
    trigger_id: str
    response_url: str
    text: str = ""


class _Choice(msgspec.Struct, frozen=True):
    value: str


class _Action(msgspec.Struct, frozen=True):
    action_id: str
    value: Text = None
    selected_option: _Choice | None = None


class _Container(msgspec.Struct, frozen=True):
    channel_id: Text = None
    message_ts: Text = None
    thread_ts: Text = None


class _View(msgspec.Struct, frozen=True):
    id: str
    private_metadata: str = ""


class _Click(msgspec.Struct, frozen=True):
    user: _Person
    trigger_id: str
    container: _Container
    actions: tuple[_Action, ...]
    response_url: Text = None
    view: _View | None = None


class _Search(msgspec.Struct, frozen=True):
    user: _Person
    action_id: str
    value: Text = None
    view: _View | None = None


class _Field(msgspec.Struct, frozen=True):
    """What a control of a form holds."""

    value: Text = None
    selected_option: _Choice | None = None
    selected_options: tuple[_Choice, ...] | None = None
    selected_conversation: Text = None
    selected_user: Text = None


class _State(msgspec.Struct, frozen=True):
    values: Mapping[str, Mapping[str, _Field]]


class _FilledIn(_View, frozen=True, kw_only=True):
    state: _State


class _Address(msgspec.Struct, frozen=True):
    channel_id: str
    response_url: str


class _Submission(msgspec.Struct, frozen=True):
    user: _Person
    view: _FilledIn
    response_urls: tuple[_Address, ...] | None = None


class _Message(msgspec.Struct, frozen=True):
    ts: str
    thread_ts: Text = None
    text: Text = None


class _Shortcut(msgspec.Struct, frozen=True):
    user: _Person
    channel: _Person
    message: _Message
    trigger_id: str
    response_url: str


class _Said(msgspec.Struct, frozen=True):
    """A message or a mention; of one that was edited or deleted, and of another app's, less is told."""

    channel: str
    ts: Text = None
    user: Text = None
    text: str = ""
    thread_ts: Text = None
    message: _Message | None = None
    deleted_ts: Text = None


class _Item(msgspec.Struct, frozen=True):
    channel: Text = None
    ts: Text = None


class _Reaction(msgspec.Struct, frozen=True):
    user: str
    item: _Item


class _Opened(msgspec.Struct, frozen=True):
    user: str


_INTERACTIONS: Mapping[object, type[msgspec.Struct]] = {
    "block_actions": _Click,
    "block_suggestion": _Search,
    "view_submission": _Submission,
    "message_action": _Shortcut,
}
_EVENTS: Mapping[object, type[msgspec.Struct]] = {
    "app_mention": _Said,
    "message": _Said,
    "app_home_opened": _Opened,
    "reaction_added": _Reaction,
    "reaction_removed": _Reaction,
}


def whole(body: dict[str, Any]) -> dict[str, Any]:
    """Give the payload with a question mark for each half of a character, which JSON can hold and nothing else can."""
    try:
        msgspec.json.encode(body)
    except UnicodeEncodeError:
        return dict(json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace")))
    return body


def misshapen(body: Mapping[str, Any]) -> str:
    """Say where a payload is not of its kind's shape; nothing where it is, or where nobody listens to its kind."""
    kind = body.get("type")
    part: object = body
    wanted: type[msgspec.Struct] | None
    if "command" in body:
        wanted = _Command
    elif kind == "event_callback":
        part = body.get("event")
        event = part.get("type") if isinstance(part, Mapping) else None
        wanted = _EVENTS.get(event) if isinstance(event, str) else None
    else:
        wanted = _INTERACTIONS.get(kind) if isinstance(kind, str) else None
    try:
        if wanted:
            msgspec.convert(part, wanted)
    except msgspec.ValidationError as error:
        return str(error)
    return ""
