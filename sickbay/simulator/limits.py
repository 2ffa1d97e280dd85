"""Slack's limits on messages and views, refused as Slack refuses them: by an error code, and a pointer to the place.

Sources: docs.slack.dev (chat.postMessage, chat.update, views.open, the Block Kit reference), as of 2026.
"""

import json
from collections.abc import Iterator
from typing import Any

from sickbay.simulator.blocks import TABLES, complaints
from sickbay.simulator.elements import Complaint, string_part, text
from sickbay.simulator.errors import SlackError
from sickbay.simulator.wire import Wire, mapping, sequence, string

MESSAGE_BLOCKS, VIEW_BLOCKS, ATTACHMENTS = 50, 100, 100
#: What chat.postMessage cuts text to, and what chat.update refuses.
TEXT, UPDATE_TEXT = 40_000, 4_000
MARKDOWN, CHARTS, VIEW_BYTES = 12_000, 2, 250_000
_VIEW_TEXTS = {"title": 24, "submit": 24, "close": 24}
_VIEW_STRINGS = {"private_metadata": 3000, "callback_id": 255, "external_id": 255}


def check_message(body: Wire, *, most_text: int | None = None) -> None:
    """Refuse a message that Slack would refuse. Raises SlackError."""
    markdown = string(body.get("markdown_text"))
    if markdown and (body.get("text") or body.get("blocks")):
        raise SlackError("markdown_text_conflict")
    if not (string(body.get("text")) or markdown or body.get("blocks") or body.get("attachments")):
        raise SlackError("no_text")
    if len(markdown) > MARKDOWN or (most_text is not None and len(string(body.get("text"))) > most_text):
        raise SlackError("msg_too_long")
    _check_metadata(body.get("metadata"))
    attachments = body.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    shown = [block for part in (body, *attachments) for block in _blocks(part)]
    if sum(block.get("type") in TABLES for block in shown) > 1:
        raise SlackError("invalid_attachments", details=["only_one_table_allowed"])
    found: list[Complaint] = []
    for part in (body, *attachments):
        found += complaints(_blocks(part), "message", MESSAGE_BLOCKS)
    if found := [*found, *_together(shown)]:
        raise SlackError("invalid_blocks", details=[f"{what} [json-pointer:{where}]" for what, where in found])


def check_view(view: Wire, *, home: bool = False) -> None:
    """Refuse a view that Slack would refuse. Raises SlackError."""
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    found = list(_view_complaints(view, "home" if home else "modal"))
    if found:
        messages = [f"[ERROR] {what} [json-pointer:/view{where}]" for what, where in found]
        raise SlackError("invalid_arguments", messages=messages)


def _blocks(part: Wire) -> list[Wire]:
    blocks = part.get("blocks") or []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    return blocks


def _together(blocks: list[Wire]) -> Iterator[Complaint]:
    """Complain of what each block may, but not all of them together."""
    if sum(len(string(block.get("text"))) for block in blocks if block.get("type") == "markdown") > MARKDOWN:
        yield f"no more than {MARKDOWN} characters of markdown allowed", "/blocks"
    if sum(block.get("type") == "data_visualization" for block in blocks) > CHARTS:
        yield f"no more than {CHARTS} charts allowed", "/blocks"


def _check_metadata(metadata: Any) -> None:
    if not metadata and metadata in (None, "", {}):
        return
    if not mapping(metadata).get("event_type") or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")


def _view_complaints(view: Wire, kind: str) -> Iterator[Complaint]:
    if view.get("type") != kind:
        yield f"must be {kind}", "/type"
    for name, most in _VIEW_TEXTS.items():
        if view.get(name) is not None:
            yield from text(view[name], f"/{name}", most, plain=True)
    for name, most in _VIEW_STRINGS.items():
        yield from string_part(view, name, "", most)
    blocks = sequence(view.get("blocks"))
    if not isinstance(view.get("blocks"), list):
        yield "missing required field: blocks", ""
    if kind == "modal" and view.get("title") is None:
        yield "missing required field: title", ""
    if kind == "modal" and not view.get("submit") and any(mapping(block).get("type") == "input" for block in blocks):
        yield "missing required field: submit", ""
    yield from complaints(blocks, kind, VIEW_BLOCKS)
