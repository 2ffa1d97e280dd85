"""chat.*Stream: a message that grows while one reads, and the cards of tasks and plans in it.

Sources: docs.slack.dev (chat.startStream, chat.appendStream, chat.stopStream; the plan and task_card blocks), as of
2026. That a stream ends by itself after about five minutes is observed, not documented.
"""

from typing import Any

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import MARKDOWN, check_message
from sickbay.simulator.responses import bot_message, named
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire
from sickbay.simulator.web_api.messages import thread_of, writable
from sickbay.simulator.wire import mapping, sequence, string

_LIFETIME = 300.0
_STATUSES = frozenset({"pending", "in_progress", "complete", "error"})
_CHUNKS = frozenset({"markdown_text", "task_update", "plan_update", "blocks"})


def start(desk: Desk, call: Wire) -> Wire:
    """chat.startStream: in a thread; in a channel the call also says for whom."""
    channel = writable(desk, call)
    thread = thread_of(desk, channel, call)
    if not thread:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: thread_ts"])
    if not channel["is_im"]:
        for name in ("recipient_team_id", "recipient_user_id"):
            if not string(call.get(name)):
                raise SlackError(f"missing_{name}")
    chunks = _chunks(call)
    shown = bot_message(desk.store, {"text": ""}) | thread | {"streaming_state": "in_progress"}
    message = desk.store.post(channel["id"], shown)
    known: Wire = {"started": desk.schedule.clock(), "plan": call.get("task_display_mode") == "plan", "parts": []}
    desk.store.streams[channel["id"], message["ts"]] = known
    _grow(desk, message, known, chunks)
    return {"channel": channel["id"], "ts": message["ts"]}


def append(desk: Desk, call: Wire) -> Wire:
    """chat.appendStream."""
    message, known = _stream(desk, call)
    chunks = _chunks(call)
    if not chunks:
        raise SlackError("no_text")
    _grow(desk, message, known, chunks)
    return {"channel": message["channel"], "ts": message["ts"]}


def stop(desk: Desk, call: Wire) -> Wire:
    """chat.stopStream: with the last of the text, and blocks that stand below it."""
    message, known = _stream(desk, call)
    chunks = _chunks(call)
    if call.get("blocks"):
        check_message({"blocks": call["blocks"]})
        chunks.append({"type": "blocks", "blocks": call["blocks"]})
    if call.get("metadata"):
        message["metadata"] = call["metadata"]
    del desk.store.streams[message["channel"], message["ts"]]
    message["streaming_state"] = "completed"
    _grow(desk, message, known, chunks)
    return {"channel": message["channel"], "ts": message["ts"], "message": message}


def _stream(desk: Desk, call: Wire) -> tuple[Wire, Wire]:
    channel = writable(desk, call)
    message = desk.store.message(channel["id"], call.get("ts"))
    if message.get("user") != BOT_USER:
        raise SlackError("message_not_owned_by_app")
    known = desk.store.streams.get((channel["id"], message["ts"]))
    if known is None or desk.schedule.clock() - known["started"] > _LIFETIME:
        raise SlackError("message_not_in_streaming_state")
    return message, known


def _chunks(call: Wire) -> list[Wire]:
    """Give what a call adds: its text, or its chunks. Raises SlackError."""
    text, chunks = string(call.get("markdown_text")), [mapping(chunk) for chunk in sequence(call.get("chunks"))]
    if text and chunks:
        raise SlackError("cannot_provide_both_markdown_text_and_chunks")
    if len(text) > MARKDOWN:
        raise SlackError("msg_too_long")
    if any(not _is_good(chunk) for chunk in chunks):
        raise SlackError("invalid_chunks")
    return [{"type": "markdown_text", "text": text}] if text else chunks


def _is_good(chunk: Wire) -> bool:
    kind = chunk.get("type")
    if kind == "task_update":
        return bool(chunk.get("id") and chunk.get("title")) and chunk.get("status", "pending") in _STATUSES
    return kind in _CHUNKS


def _grow(desk: Desk, message: Wire, known: Wire, chunks: list[Wire]) -> None:
    """Add chunks to a message and show it."""
    for chunk in chunks:
        _add(known["parts"], chunk)
    message["text"] = "".join(part["text"] for part in known["parts"] if part["type"] == "markdown_text")
    blocks = _blocks(known)
    check_message({"text": message["text"] or " ", "blocks": blocks})
    message["blocks"] = named(desk.store, blocks)
    desk.store.changed(message)


def _add(parts: list[Wire], chunk: Wire) -> None:
    if chunk["type"] == "markdown_text" and parts and parts[-1]["type"] == "markdown_text":
        parts[-1]["text"] += string(chunk.get("text"))
        return
    same = {"task_update": ("type", "id"), "plan_update": ("type",)}.get(chunk["type"], ())
    for part in parts:
        if same and all(part.get(key) == chunk.get(key) for key in same):
            part.update(chunk)
            return
    parts.append(dict(chunk))


def _blocks(known: Wire) -> list[Wire]:
    """Give a stream's parts as blocks: tasks one by one, or in the plan that they belong to."""
    parts: list[Wire] = known["parts"]
    cards = [_card(part) for part in parts if part["type"] == "task_update"]
    title = next((string(part.get("title")) for part in parts if part["type"] == "plan_update"), "")
    blocks: list[Wire] = []
    if known["plan"] and (cards or title):
        blocks.append({"type": "plan", "title": title or "Plan", "tasks": cards})
    for part in parts:
        if part["type"] == "markdown_text" and part["text"]:
            blocks.append({"type": "markdown", "text": part["text"]})
        elif part["type"] == "blocks":
            blocks += sequence(part.get("blocks"))
        elif part["type"] == "task_update" and not known["plan"]:
            blocks.append(_card(part))
    return blocks


def _card(part: Wire) -> Wire:
    card: Wire = {
        "type": "task_card",
        "task_id": part["id"],
        "title": string(part["title"]),
        "status": part.get("status", "pending"),
    }
    card |= {name: _rich(part[name]) for name in ("details", "output") if part.get(name)}
    return card | ({"sources": part["sources"]} if part.get("sources") else {})


def _rich(value: Any) -> Wire:
    if isinstance(value, dict):
        return value
    text = {"type": "text", "text": string(value)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [text]}]}


METHODS = {"chat.startStream": start, "chat.appendStream": append, "chat.stopStream": stop}
