"""Text for Slack. What comes from a target goes into plain or rich text, where nothing is parsed; mrkdwn is escaped."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sickbay.diagnostics.redaction import redact
from sickbay.incidents.lifecycle import is_person

#: One piece of Block Kit: its shape is Slack's, and the simulator validates it in the tests.
Block = dict[str, Any]

#: Marks that turn the direction of text, or are not seen: they could make a name look like another. And surrogates that
#: stand alone: they cannot be sent.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CUT_ENTITY = re.compile(r"&[a-z]*$")


def clean(text: str, most: int) -> str:
    """Give the text without invisible marks, at most `most` characters, with an ellipsis where it was cut."""
    plain = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def escape(text: str, most: int = 300) -> str:
    """Give text for mrkdwn: no secrets, nothing parsed as a mention or a link, at most `most` characters as sent."""
    written = clean(redact(text), most).translate(_ENTITIES)
    return written if len(written) <= most else _CUT_ENTITY.sub("", written[: most - 1]) + "…"


def code(text: str) -> str:
    """Give mrkdwn code; backticks in it cannot end it."""
    return f"`{escape(text.replace('`', chr(39)))}`"


def date(at: datetime) -> str:
    """Give mrkdwn of a moment, in the reader's own time zone."""
    return f"<!date^{at.timestamp():.0f}^{{date_short_pretty}}, {{time}}|{at.astimezone(UTC):%d %b %H:%M} UTC>"


def plain(text: str, *, bold: bool = False, mono: bool = False, italic: bool = False, most: int = 1000) -> Block:
    """Give a rich text element of literal text on one line. It must not be empty, so a blank stands for nothing."""
    element: Block = {"type": "text", "text": clean(text, most).replace("\n", " ") or " "}
    style = {name: True for name, wanted in (("bold", bold), ("code", mono), ("italic", italic)) if wanted}
    return element | ({"style": style} if style else {})


def sentence(text: str, most: int) -> list[Block]:
    """Give rich text elements of a sentence, in which code stands between backticks; an odd one is only a sign."""
    parts = clean(text, most).split("`")
    if len(parts) % 2 == 0:
        return [plain(text, most=most)]
    return [plain(part, mono=bool(number % 2), most=most) for number, part in enumerate(parts) if part]


def emoji(name: str) -> Block:
    """Give a rich text element of an emoji."""
    return {"type": "emoji", "name": name}


def user(user_id: str) -> Block:
    """Give a rich text element that names a person."""
    return {"type": "user", "user_id": user_id}


def person(name: str) -> Block:
    """Give a rich text element of who did something: a person by their Slack id, or what asked by itself."""
    return user(name) if is_person(name) else plain(name, most=80)


def to_channel(channel_id: str) -> Block:
    """Give a rich text element that leads to a channel."""
    return {"type": "channel", "channel_id": channel_id}


def link(text: str, url: str) -> Block:
    """Give a rich text element that leads to an address of ours or of the team's, never of a target's."""
    return {"type": "link", "text": clean(text, 200) or url, "url": url}


def date_element(at: datetime) -> Block:
    """Give a rich text element of a moment, in the reader's own time zone."""
    fallback = f"{at.astimezone(UTC):%d %b %H:%M} UTC"
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": fallback,
    }


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
    """Give a block of literal text in a fixed width, with its lines."""
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": clean(text, most) or " "}]}


def rich(*elements: Block) -> Block:
    """Give a block of rich text."""
    return {"type": "rich_text", "elements": list(elements)}


def context(text: str) -> Block:
    """Give a small grey line of literal text."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": clean(text, 2000) or " ", "emoji": False}]}


def words(text: str, most: int = 75) -> Block:
    """Give a text object of literal text, for labels, options and headings. It must not be empty."""
    return {"type": "plain_text", "text": clean(text, most).replace("\n", " ") or " ", "emoji": True}


def button(label: str, action_id: str, value: str) -> Block:
    """Give a button; `value` comes back with the click."""
    return {
        "type": "button",
        "text": words(label),
        "action_id": action_id,
        "value": value,
    }


def counted(counts: Mapping[str, int]) -> str:
    """Give `12 containers, 1 image stopped, 1 Compose file`: of a single one the first word in s loses its plural."""
    return ", ".join(f"{count} {_singular(kind) if count == 1 else kind}" for kind, count in counts.items())


def _singular(kind: str) -> str:
    words = kind.split(" ")
    place = next((place for place, word in enumerate(words) if word.endswith("s")), 0)
    noun = words[place]
    one = (
        f"{noun.removesuffix('ies')}y"
        if noun.endswith("ies")
        else noun.removesuffix("es" if noun.endswith("sses") else "s")
    )
    return " ".join((*words[:place], one, *words[place + 1 :]))
