"""Slack's limits on text and Block Kit, refused as Slack refuses them: `invalid_blocks` with a pointer to the place.

Sources: docs.slack.dev (Block Kit reference, chat.postMessage, chat.update), as of 2026.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sickbay.simulator.errors import SlackError

Wire = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS, ATTACHMENTS = 50, 100, 100
TEXT, UPDATE_TEXT = 40_000, 4_000
_SECTION, _FIELD, _HEADER, _CONTEXT, _LABEL, _VALUE, _URL, _ID = 3000, 2000, 150, 10, 75, 2000, 3000, 255
_ACTIONS, _FIELDS, _OPTIONS, _OVERFLOW, _MARKDOWN = 25, 10, 100, 5, 12_000
_KNOWN = frozenset(
    [
        "section",
        "header",
        "context",
        "actions",
        "divider",
        "image",
        "input",
        "rich_text",
        "markdown",
        "table",
        "file",
        "video",
        "context_actions",
    ]
)

#: A complaint: what is wrong, and where, as a JSON pointer.
Complaint = tuple[str, str]


def check_message(body: Wire, *, editing: bool = False) -> None:
    """Refuse a message that Slack would refuse. Raises SlackError."""
    text, blocks, attachments = str(body.get("text") or ""), body.get("blocks") or [], body.get("attachments") or []
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > (UPDATE_TEXT if editing else TEXT):
        raise SlackError("msg_too_long")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    check_blocks(blocks, most=MESSAGE_BLOCKS)
    for attachment in attachments:
        check_blocks(attachment.get("blocks") or [], most=MESSAGE_BLOCKS)


def check_view(view: Wire) -> None:
    """Refuse a view that Slack would refuse. Raises SlackError."""
    messages = [
        f"[ERROR] must be less than 25 characters [json-pointer:/view/{part}/text]"
        for part in ("title", "submit", "close")
        if len((view.get(part) or {}).get("text", "")) > 24
    ]
    if view.get("type") == "modal" and not (view.get("title") or {}).get("text"):
        messages.append("[ERROR] missing required field: title [json-pointer:/view]")
    if len(view.get("private_metadata") or "") > 3000:
        messages.append("[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]")
    found = list(_complaints(view.get("blocks") or [], VIEW_BLOCKS))
    messages += [f"[ERROR] {what} [json-pointer:/view{where}]" for what, where in found]
    if messages:
        raise SlackError("invalid_arguments", messages=messages)


def check_blocks(blocks: Any, *, most: int) -> None:
    """Refuse blocks that Slack would refuse. Raises SlackError."""
    found = list(_complaints(blocks, most))
    if found:
        raise SlackError("invalid_blocks", details=[f"{what} [json-pointer:{where}]" for what, where in found])


def _complaints(blocks: Any, most: int) -> Iterator[Complaint]:
    if not isinstance(blocks, list):
        yield "must be an array", "/blocks"
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed", "/blocks"
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        if not isinstance(block, dict) or block.get("type") not in _KNOWN:
            yield "unsupported type", f"{where}/type"
            continue
        block_id = block.get("block_id", "")
        if len(block_id) > _ID:
            yield f"must be less than {_ID + 1} characters", f"{where}/block_id"
        if block_id and block_id in seen:
            yield "block_id already exists", f"{where}/block_id"
        seen.add(block_id)
        yield from _BLOCKS.get(block["type"], _nothing)(block, where)


def _nothing(_block: Wire, _where: str) -> Iterator[Complaint]:
    return iter(())


def _text(value: Any, where: str, most: int, types: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Iterator[Complaint]:
    if not isinstance(value, dict) or value.get("type") not in types:
        yield f"must be a text object of type {' or '.join(types)}", where
    elif not value.get("text"):
        yield "must be more than 0 characters", f"{where}/text"
    elif len(value["text"]) > most:
        yield f"must be less than {most + 1} characters", f"{where}/text"


def _section(block: Wire, where: str) -> Iterator[Complaint]:
    fields = block.get("fields") or []
    if "text" in block:
        yield from _text(block["text"], f"{where}/text", _SECTION)
    elif not fields:
        yield "missing required field: text or fields", where
    if len(fields) > _FIELDS:
        yield f"no more than {_FIELDS} items allowed", f"{where}/fields"
    for number, item in enumerate(fields):
        yield from _text(item, f"{where}/fields/{number}", _FIELD)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{where}/accessory")


def _header(block: Wire, where: str) -> Iterator[Complaint]:
    yield from _text(block.get("text"), f"{where}/text", _HEADER, ("plain_text",))


def _context(block: Wire, where: str) -> Iterator[Complaint]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= _CONTEXT:
        yield f"must have 1 to {_CONTEXT} items", f"{where}/elements"
    for number, item in enumerate(elements):
        if item.get("type") != "image":
            yield from _text(item, f"{where}/elements/{number}", _SECTION)


def _actions(block: Wire, where: str) -> Iterator[Complaint]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= _ACTIONS:
        yield f"must have 1 to {_ACTIONS} items", f"{where}/elements"
    for number, item in enumerate(elements):
        yield from _element(item, f"{where}/elements/{number}")


def _image(block: Wire, where: str) -> Iterator[Complaint]:
    if not block.get("alt_text") or len(block["alt_text"]) > _VALUE:
        yield "missing or too long: alt_text", where
    if len(block.get("image_url", "")) > _URL:
        yield f"must be less than {_URL + 1} characters", f"{where}/image_url"


def _input(block: Wire, where: str) -> Iterator[Complaint]:
    yield from _text(block.get("label"), f"{where}/label", _VALUE, ("plain_text",))
    yield from _element(block.get("element") or {}, f"{where}/element")


def _markdown(block: Wire, where: str) -> Iterator[Complaint]:
    if not 1 <= len(block.get("text") or "") <= _MARKDOWN:
        yield f"must have 1 to {_MARKDOWN} characters", f"{where}/text"


_RICH_PARTS = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})
_RICH_LEAVES = frozenset(
    ["text", "emoji", "user", "channel", "usergroup", "link", "broadcast", "date", "color", "team"]
)


def _rich_text(block: Wire, where: str) -> Iterator[Complaint]:
    if not block.get("elements"):
        yield "must have at least 1 item", f"{where}/elements"
    for number, part in enumerate(block.get("elements") or []):
        yield from _rich_part(part, f"{where}/elements/{number}")


def _rich_part(part: Wire, where: str) -> Iterator[Complaint]:
    if part.get("type") not in _RICH_PARTS:
        yield "unsupported type", f"{where}/type"
        return
    for number, item in enumerate(part.get("elements") or []):
        place = f"{where}/elements/{number}"
        if part["type"] == "rich_text_list":
            yield from _rich_part(item, place)
        elif item.get("type") not in _RICH_LEAVES:
            yield "unsupported type", f"{place}/type"
        elif item["type"] == "text" and not item.get("text"):
            yield "must be more than 0 characters", f"{place}/text"


def _element(element: Wire, where: str) -> Iterator[Complaint]:
    if len(element.get("action_id", "")) > _ID:
        yield f"must be less than {_ID + 1} characters", f"{where}/action_id"
    kind = element.get("type")
    if kind == "button":
        yield from _text(element.get("text"), f"{where}/text", _LABEL, ("plain_text",))
        if len(element.get("value", "")) > _VALUE:
            yield f"must be less than {_VALUE + 1} characters", f"{where}/value"
        if len(element.get("url", "")) > _URL:
            yield f"must be less than {_URL + 1} characters", f"{where}/url"
        if element.get("style", "primary") not in {"primary", "danger"}:
            yield "must be primary or danger", f"{where}/style"
    elif kind in {"static_select", "overflow", "multi_static_select", "radio_buttons", "checkboxes"}:
        most = _OVERFLOW if kind == "overflow" else _OPTIONS
        options = element.get("options") or []
        if not element.get("option_groups") and not 1 <= len(options) <= most:
            yield f"must have 1 to {most} options", f"{where}/options"
        for number, option in enumerate(options):
            yield from _text(option.get("text"), f"{where}/options/{number}/text", _LABEL)
    elif not kind:
        yield "missing required field: type", where


_BLOCKS: dict[str, Callable[[Wire, str], Iterator[Complaint]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
}
