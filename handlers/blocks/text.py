"""Text for Slack. What comes from a target goes into plain or rich text, where nothing is parsed; mrkdwn is escaped."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: One piece of Block Kit: its shape is Slack's, and the simulator validates it in the tests.
Block = dict[str, Any]

#: Marks that turn the direction of text, or are not seen: they could make a name look like another.
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: str, most: int) -> str:
    """Give the text without invisible marks, at most `most` characters, with an ellipsis where it was cut."""
    plain = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def escape(text: str, most: int = 300) -> str:
    """Give text for mrkdwn in which nothing is parsed as a mention or a link."""
    return clean(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Give mrkdwn code; backticks in it cannot end it."""
    return f"`{escape(text.replace('`', chr(39)))}`"


def plain(text: str, *, bold: bool = False, mono: bool = False, italic: bool = False, most: int = 1000) -> Block:
    """Give a rich text element of literal text. It must not be empty, so a blank stands for nothing."""
    element: Block = {"type": "text", "text": clean(text, most) or " "}
    style = {name: True for name, wanted in (("bold", bold), ("code", mono), ("italic", italic)) if wanted}
    return element | ({"style": style} if style else {})


def emoji(name: str) -> Block:
    """Give a rich text element of an emoji."""
    return {"type": "emoji", "name": name}


def user(user_id: str) -> Block:
    """Give a rich text element that names a person."""
    return {"type": "user", "user_id": user_id}


def section(*elements: Block) -> Block:
    """Give a line of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(lines: Sequence[Sequence[Block]], *, indent: int = 0) -> Block:
    """Give a list of lines of rich text."""
    return {
        "type": "rich_text_list",
        "style": "bullet",
        "indent": indent,
        "elements": [section(*line) for line in lines],
    }


def preformatted(text: str, most: int) -> Block:
    """Give a block of literal text in a fixed width."""
    return {"type": "rich_text_preformatted", "elements": [plain(text, most=most)]}


def rich(*elements: Block) -> Block:
    """Give a block of rich text."""
    return {"type": "rich_text", "elements": list(elements)}


def context(text: str) -> Block:
    """Give a small grey line of literal text."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": clean(text, 2000) or " ", "emoji": False}]}


def button(label: str, action_id: str, value: str, *, style: str = "") -> Block:
    """Give a button; `value` comes back with the click."""
    element: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": True},
        "action_id": action_id,
        "value": value,
    }
    return element | ({"style": style} if style else {})


def counted(counts: Mapping[str, int]) -> str:
    """Give `12 containers, 5 images`; a single one loses its plural s."""
    words = [f"{count} {kind[:-1] if count == 1 and kind.endswith('s') else kind}" for kind, count in counts.items()]
    return ", ".join(words)
