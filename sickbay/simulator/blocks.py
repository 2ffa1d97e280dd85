"""Slack's limits on blocks: each by its type, and which may stand where.

Sources: docs.slack.dev (Block Kit reference), as of 2026.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sickbay.simulator.elements import ID, URL, Complaint, element, items, rich_part, string_part, text
from sickbay.simulator.wire import Wire, mapping, sequence, string

_SECTION, _FIELD, _FIELDS, _HEADER, _CONTEXT, _ACTIONS = 3000, 2000, 10, 150, 10, 25
_ALT, _INPUT_LABEL, _MARKDOWN, _CHILDREN = 2000, 2000, 12_000, 10
_ROWS, _COLUMNS, _DATA_ROWS, _DATA_TEXT = 100, 20, 201, 20_000
_TITLE, _CARD_BODY, _CONTEXT_ACTIONS = 150, 200, 5
_TASK_STATES = ("pending", "in_progress", "complete", "error")
_LEVELS = ("default", "info", "warning", "error", "success")
#: Where a block may stand; what is not named here may stand anywhere.
_ONLY_IN = dict.fromkeys(["markdown", "plan", "task_card", "file", "context_actions"], ("message",)) | {
    "alert": ("modal",),
    "table": ("message", "home"),
    "data_table": ("message", "home"),
    "container": ("message", "home"),
    "carousel": ("message", "home"),
}
TABLES = ("table", "data_table")


def complaints(blocks: list[Any], surface: str, most: int, where: str = "/blocks") -> Iterator[Complaint]:
    """Complain of the blocks of a `message`, `modal` or `home`."""
    if len(blocks) > most:
        yield f"no more than {most} items allowed", where
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place, kind = f"{where}/{number}", mapping(block).get("type")
        if not isinstance(kind, str) or kind not in _BLOCKS:
            yield "unsupported type", f"{place}/type"
            continue
        if surface not in _ONLY_IN.get(kind, (surface,)):
            yield f"{kind} is not supported in a {surface}", f"{place}/type"
        yield from string_part(block, "block_id", place, ID)
        block_id = str(block.get("block_id") or "")
        if block_id and block_id in seen:
            yield "block_id already exists", f"{place}/block_id"
        seen.add(block_id)
        yield from _BLOCKS[kind](block, place)


def _nothing(_block: Wire, _where: str) -> Iterator[Complaint]:
    return iter(())


def _section(block: Wire, where: str) -> Iterator[Complaint]:
    fields = sequence(block.get("fields"))
    if "text" in block:
        yield from text(block["text"], f"{where}/text", _SECTION)
    elif not fields:
        yield "missing required field: text or fields", where
    if len(fields) > _FIELDS:
        yield f"no more than {_FIELDS} items allowed", f"{where}/fields"
    for number, item in enumerate(fields):
        yield from text(item, f"{where}/fields/{number}", _FIELD)
    if "accessory" in block:
        yield from element(block["accessory"], f"{where}/accessory")


def _header(block: Wire, where: str) -> Iterator[Complaint]:
    yield from text(block.get("text"), f"{where}/text", _HEADER, plain=True)


def _context(block: Wire, where: str) -> Iterator[Complaint]:
    yield from items(block, "elements", where, _CONTEXT)
    for number, item in enumerate(sequence(block.get("elements"))):
        if mapping(item).get("type") == "image":
            yield from _image(item, f"{where}/elements/{number}")
        else:
            yield from text(item, f"{where}/elements/{number}", _SECTION)


def _actions(block: Wire, where: str) -> Iterator[Complaint]:
    yield from items(block, "elements", where, _ACTIONS)
    for number, item in enumerate(sequence(block.get("elements"))):
        yield from element(item, f"{where}/elements/{number}")


def _image(block: Wire, where: str) -> Iterator[Complaint]:
    if not (block.get("image_url") or block.get("slack_file")):
        yield "missing required field: image_url or slack_file", where
    if not block.get("alt_text"):
        yield "missing required field: alt_text", where
    yield from string_part(block, "alt_text", where, _ALT)
    yield from string_part(block, "image_url", where, URL)


def _input(block: Wire, where: str) -> Iterator[Complaint]:
    yield from text(block.get("label"), f"{where}/label", _INPUT_LABEL, plain=True)
    if "hint" in block:
        yield from text(block["hint"], f"{where}/hint", _INPUT_LABEL, plain=True)
    yield from element(block.get("element"), f"{where}/element")


def _markdown(block: Wire, where: str) -> Iterator[Complaint]:
    if not block.get("text"):
        yield "must be more than 0 characters", f"{where}/text"
    yield from string_part(block, "text", where, _MARKDOWN)


def _rich_text(block: Wire, where: str) -> Iterator[Complaint]:
    parts = sequence(block.get("elements"))
    if not parts:
        yield "must have at least 1 item", f"{where}/elements"
    for number, part in enumerate(parts):
        yield from rich_part(part, f"{where}/elements/{number}")


def _table(block: Wire, where: str) -> Iterator[Complaint]:
    yield from _rows(block, where, 1, _ROWS, ("raw_text", "raw_number", "rich_text"))
    if len(sequence(block.get("column_settings"))) > _COLUMNS:
        yield f"no more than {_COLUMNS} items allowed", f"{where}/column_settings"


def _data_table(block: Wire, where: str) -> Iterator[Complaint]:
    yield from _rows(block, where, 2, _DATA_ROWS, ())
    cells = [mapping(cell) for row in sequence(block.get("rows")) for cell in sequence(row)]
    if sum(len(string(cell.get("text", cell.get("value")))) for cell in cells) > _DATA_TEXT:
        yield f"no more than {_DATA_TEXT} characters allowed", f"{where}/rows"


def _rows(block: Wire, where: str, least: int, most: int, cells: tuple[str, ...]) -> Iterator[Complaint]:
    """Complain of rows: too few, too many, too wide; with `cells`, of any other kind of cell."""
    rows = sequence(block.get("rows"))
    if not least <= len(rows) <= most:
        yield f"must have {least} to {most} items", f"{where}/rows"
    for number, row in enumerate(rows):
        if not 1 <= len(sequence(row)) <= _COLUMNS:
            yield f"must have 1 to {_COLUMNS} items", f"{where}/rows/{number}"
        for place, cell in enumerate(sequence(row)):
            if cells and mapping(cell).get("type") not in cells:
                yield "unsupported type", f"{where}/rows/{number}/{place}/type"


def _container(block: Wire, where: str) -> Iterator[Complaint]:
    if "title" in block:
        yield from text(block["title"], f"{where}/title", _TITLE, plain=True)
    elif "rich_text_title" not in block:
        yield "missing required field: title or rich_text_title", where
    yield from items(block, "child_blocks", where, _CHILDREN)
    for number, child in enumerate(sequence(block.get("child_blocks"))):
        place, kind = f"{where}/child_blocks/{number}", mapping(child).get("type")
        if not isinstance(kind, str) or kind not in _BLOCKS or kind == "container":
            yield "unsupported type", f"{place}/type"
        else:
            yield from _BLOCKS[kind](child, place)


def _alert(block: Wire, where: str) -> Iterator[Complaint]:
    yield from text(block.get("text"), f"{where}/text", _SECTION)
    if block.get("level", "default") not in _LEVELS:
        yield f"must be one of {', '.join(_LEVELS)}", f"{where}/level"


def _card(block: Wire, where: str) -> Iterator[Complaint]:
    for name, most in (("title", _TITLE), ("subtitle", _TITLE), ("body", _CARD_BODY)):
        if name in block:
            yield from text(block[name], f"{where}/{name}", most)
    for number, item in enumerate(sequence(block.get("actions"))):
        yield from element(item, f"{where}/actions/{number}")


def _context_actions(block: Wire, where: str) -> Iterator[Complaint]:
    yield from items(block, "elements", where, _CONTEXT_ACTIONS)
    for number, item in enumerate(sequence(block.get("elements"))):
        if mapping(item).get("type") not in ("feedback_buttons", "icon_button"):
            yield "must be feedback_buttons or icon_button", f"{where}/elements/{number}/type"


def _task_card(block: Wire, where: str) -> Iterator[Complaint]:
    for name in ("task_id", "title"):
        if not string(block.get(name)):
            yield f"missing required field: {name}", where
    if block.get("status") not in _TASK_STATES:
        yield f"must be one of {', '.join(_TASK_STATES)}", f"{where}/status"


def _plan(block: Wire, where: str) -> Iterator[Complaint]:
    if not string(block.get("title")):
        yield "missing required field: title", where
    for number, task in enumerate(sequence(block.get("tasks"))):
        yield from _task_card(mapping(task), f"{where}/tasks/{number}")


_BLOCKS: dict[str, Callable[[Wire, str], Iterator[Complaint]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
    "data_table": _data_table,
    "container": _container,
    "alert": _alert,
    "card": _card,
    "context_actions": _context_actions,
    "task_card": _task_card,
    "plan": _plan,
    **dict.fromkeys(
        ["divider", "file", "video", "carousel", "data_visualization"],
        _nothing,
    ),
}  # fmt: skip
