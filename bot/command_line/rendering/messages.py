"""A thread as text: what its messages say, without how Slack lays it out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sickbay.terminal import printable

Message = dict[str, Any]

#: Keys of blocks and elements that hold what a reader sees, in reading order.
_CONTENT = ("title", "text", "fields", "elements", "rows", "accessory", "blocks", "child_blocks", "alt_text")
#: Elements of rich text that run on within a line.
_INLINE = {"text", "link", "user", "channel", "emoji", "usergroup", "broadcast", "date"}
_PERSON = re.compile(r"\bU[A-Z0-9]+\b")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def thread_as_text(messages: list[Message], names: Mapping[str, str] | None = None) -> str:
    """Give the thread: each message's author and what it says, the replies indented; `names` are those of ids."""
    text = "\n".join(line for message in messages for line in _message_lines(message)) + "\n"
    return _PERSON.sub(lambda id_: (names or {}).get(id_[0], id_[0]), text)


def _message_lines(message: Message) -> Iterator[str]:
    reply = message.get("thread_ts") not in {None, message.get("ts")}
    indent = "  " if reply else ""
    author = message.get("username") or message.get("user") or message.get("bot_id") or "?"
    only_you = " (only visible to you)" if message.get("is_ephemeral") else ""
    yield f"{indent}{printable(author)}{only_you}:"
    for line in _content(message):
        yield from (f"{indent}  {part}" for part in printable(line).split("\n"))
    for file in message.get("files", ()):
        yield f"{indent}  [file: {printable(file.get('title') or file.get('name', ''))}]"


def _content(message: Message) -> Iterator[str]:
    """Give a message's lines; its plain text stands for its blocks only where it has none."""
    shown = [line for block in blocks_of(message) for line in _lines(block)]
    yield from shown or [_unescaped(message.get("text", ""))]


def blocks_of(message: Message) -> Iterator[Any]:
    """Give a message's blocks, those of its attachments included."""
    yield from message.get("blocks", ())
    for attachment in message.get("attachments", ()):
        yield from attachment.get("blocks", ())


def _lines(part: Any) -> Iterator[str]:
    """Give the lines of a block, an element, a text object, or a list of them."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        yield from _list_lines(part)
    elif isinstance(part, dict):
        if part.get("type") == "divider":
            yield "---"
        elif part.get("type") == "button":
            yield f"[{_unescaped(part['text']['text'])}]"
        elif part.get("type") == "mrkdwn":
            yield _unescaped(part["text"])
        elif part.get("type") in _INLINE:
            yield _inline(part)
        elif part.get("type") == "table":
            yield from (" | ".join(" ".join(_lines(cell)) for cell in row) for row in part["rows"])
        else:
            for key in _CONTENT:
                yield from _lines(part.get(key, ()))


def _list_lines(parts: list[Any]) -> Iterator[str]:
    """Join what runs on within a line; give each of the rest lines of its own."""
    run = ""
    for part in parts:
        if isinstance(part, dict) and part.get("type") in _INLINE:
            run += _inline(part)
            continue
        if run:
            yield run.strip("\n")
            run = ""
        yield from _lines(part)
    if run:
        yield run.strip("\n")


def _inline(part: dict[str, Any]) -> str:
    kind = part["type"]
    if kind == "emoji":
        return f":{part['name']}:"
    if kind == "link":
        return str(part.get("text") or part["url"])
    if kind == "date":
        return str(part.get("fallback", ""))
    if kind == "text":
        return str(part["text"])
    return f"@{next((str(part[key]) for key in (f'{kind}_id', 'range') if key in part), kind)}"


def _unescaped(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text
