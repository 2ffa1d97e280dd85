"""Slack's limits on what stands in blocks: text objects, buttons, selects, inputs, and the parts of rich text.

Sources: docs.slack.dev (Block Kit reference), as of 2026.
"""

from collections.abc import Iterator
from typing import Any

from sickbay.simulator.wire import Wire, mapping, sequence

#: A complaint: what is wrong, and where, as a JSON pointer.
Complaint = tuple[str, str]

ID, URL, LABEL = 255, 3000, 75
_VALUE, _OPTION_VALUE, _PLACEHOLDER, _INPUT = 2000, 150, 150, 3000
_CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
#: How many options an element may have.
_OPTIONS = {"static_select": 100, "multi_static_select": 100, "overflow": 5, "radio_buttons": 10, "checkboxes": 10}
_GROUPS = 100
_OTHERS = frozenset(
    f"{many}{what}_select" for many in ("", "multi_") for what in ("external", "users", "conversations", "channels")
) | {
    "image", "datepicker", "timepicker", "datetimepicker", "plain_text_input", "number_input", "url_text_input",
    "email_text_input", "rich_text_input", "file_input", "workflow_button", "feedback_buttons", "icon_button",
}  # fmt: skip
_RICH_PARTS = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})
_RICH_LEAVES = frozenset(
    ["text", "emoji", "user", "channel", "usergroup", "link", "broadcast", "date", "color", "team"]
)
_PLAIN, _ANY_TEXT = ("plain_text",), ("plain_text", "mrkdwn")


def string_part(part: Wire, name: str, where: str, most: int) -> Iterator[Complaint]:
    """Complain of a string that is none, or too long; it may be missing."""
    value = part.get(name)
    if value is None:
        return
    if not isinstance(value, str):
        yield "must be a string", f"{where}/{name}"
    elif len(value) > most:
        yield f"must be less than {most + 1} characters", f"{where}/{name}"


def text(value: Any, where: str, most: int, *, plain: bool = False) -> Iterator[Complaint]:
    """Complain of a text object: another type, empty, or too long."""
    types = _PLAIN if plain else _ANY_TEXT
    if not isinstance(value, dict) or value.get("type") not in types:
        yield f"must be a text object of type {' or '.join(types)}", where
    elif not isinstance(value.get("text"), str) or not value["text"]:
        yield "must be more than 0 characters", f"{where}/text"
    else:
        yield from string_part(value, "text", where, most)


def items(part: Wire, name: str, where: str, most: int) -> Iterator[Complaint]:
    """Complain of an array that is none, empty, or too long."""
    if not 1 <= len(sequence(part.get(name))) <= most:
        yield f"must have 1 to {most} items", f"{where}/{name}"


def element(value: Any, where: str) -> Iterator[Complaint]:
    """Complain of an interactive element."""
    part = mapping(value)
    kind = part.get("type")
    yield from string_part(part, "action_id", where, ID)
    if "placeholder" in part:
        yield from text(part["placeholder"], f"{where}/placeholder", _PLACEHOLDER, plain=True)
    if "confirm" in part:
        yield from _confirm(mapping(part["confirm"]), f"{where}/confirm")
    if kind == "button":
        yield from _button(part, where)
    elif isinstance(kind, str) and kind in _OPTIONS:
        yield from _select(part, where, _OPTIONS[kind])
    elif kind == "plain_text_input":
        yield from _input(part, where)
    elif not isinstance(kind, str) or kind not in _OTHERS:
        yield "unsupported type", f"{where}/type"


def _button(part: Wire, where: str) -> Iterator[Complaint]:
    yield from text(part.get("text"), f"{where}/text", LABEL, plain=True)
    yield from string_part(part, "value", where, _VALUE)
    yield from string_part(part, "url", where, URL)
    yield from string_part(part, "accessibility_label", where, LABEL)
    if part.get("style", "primary") not in ("primary", "danger"):
        yield "must be primary or danger", f"{where}/style"


def _select(part: Wire, where: str, most: int) -> Iterator[Complaint]:
    if "option_groups" not in part:
        yield from _options(part, where, most)
        return
    yield from items(part, "option_groups", where, _GROUPS)
    for number, group in enumerate(sequence(part["option_groups"])):
        place = f"{where}/option_groups/{number}"
        yield from text(mapping(group).get("label"), f"{place}/label", LABEL, plain=True)
        yield from _options(mapping(group), place, most)


def offered_options(answer: Wire) -> Iterator[Complaint]:
    """Complain of the options or groups that an app offers for an external select; it may offer none."""
    if answer.get("option_groups") or answer.get("options"):
        yield from _select(answer, "", _OPTIONS["static_select"])


def _options(part: Wire, where: str, most: int) -> Iterator[Complaint]:
    yield from items(part, "options", where, most)
    for number, value in enumerate(sequence(part.get("options"))):
        option, place = mapping(value), f"{where}/options/{number}"
        yield from text(option.get("text"), f"{place}/text", LABEL)
        yield from string_part(option, "value", place, _OPTION_VALUE)
        yield from string_part(option, "url", place, URL)


def _input(part: Wire, where: str) -> Iterator[Complaint]:
    yield from string_part(part, "initial_value", where, _INPUT)
    for name in ("min_length", "max_length"):
        length = part.get(name, 0)
        if not isinstance(length, int) or not 0 <= length <= _INPUT:
            yield f"must be 0 to {_INPUT}", f"{where}/{name}"


def _confirm(part: Wire, where: str) -> Iterator[Complaint]:
    for name, most in _CONFIRM.items():
        if name in part:
            yield from text(part[name], f"{where}/{name}", most, plain=name != "text")


def rich_part(value: Any, where: str) -> Iterator[Complaint]:
    """Complain of a part of rich text, and of the parts in it."""
    part = mapping(value)
    if part.get("type") not in tuple(_RICH_PARTS):
        yield "unsupported type", f"{where}/type"
        return
    for number, inner in enumerate(sequence(part.get("elements"))):
        place, leaf = f"{where}/elements/{number}", mapping(inner)
        if part["type"] == "rich_text_list":
            yield from rich_part(inner, place)
        elif leaf.get("type") not in tuple(_RICH_LEAVES):
            yield "unsupported type", f"{place}/type"
        elif leaf["type"] == "text" and not (isinstance(leaf.get("text"), str) and leaf["text"]):
            yield "must be more than 0 characters", f"{place}/text"
