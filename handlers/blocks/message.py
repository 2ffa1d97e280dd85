"""A message as delivery compares and posts it: its key within the thread, its content, its fallback text."""

import hashlib
import json
import re

import msgspec

from handlers.blocks.text import Block, clean, escape

#: Characters of fallback text: longer ones are split or refused by Slack.
LONGEST_FALLBACK = 3000
EVENT_TYPE = "sickbay_message"
#: Bytes of a file: Slack takes no larger snippet.
SNIPPET_BYTES = 1_000_000

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a thread. `text` is escaped already.

    `blocks` stand in the message itself, so that Slack takes `text` for notifications alone; `barred` stand below them
    beside a bar of the `colour`. `clock` is the one of them that time alone changes: it is no reason for an edit.
    A reply that is `broadcast` is shown in the channel too.
    """

    key: str
    text: str
    blocks: tuple[Block, ...]
    barred: tuple[Block, ...] = ()
    colour: str = ""
    clock: Block | None = None
    broadcast: bool = False

    @property
    def hash(self) -> str:
        """Give a fingerprint of the content, to see whether it must be edited."""
        told = [block for block in (*self.blocks, *self.barred) if block is not self.clock]
        return hashlib.sha256(json.dumps([self.text, told, self.colour], sort_keys=True).encode()).hexdigest()[:16]

    def payload(self) -> Block:
        """Give the arguments of chat.postMessage and chat.update, but for where."""
        body: Block = {
            "text": self.text,
            "blocks": list(self.blocks),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": self.key}},
        }
        bar = [{"color": self.colour, "blocks": list(self.barred), "fallback": self.text}]
        return body | ({"attachments": bar} if self.barred else {})


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """Text too long for a message, sent as a file into the thread; its name and title find it there again."""

    key: str
    filename: str
    title: str
    content: str


def snippet(key: str, *, name: str, title: str, text: str) -> Snippet:
    """Give a file of text, named after what it is of; of what is too large, the end."""
    return Snippet(
        key=key,
        filename=f"{_UNSAFE.sub('_', name)[:60].strip('._') or 'evidence'}.log",
        title=clean(title, 200),
        content=text.encode()[-SNIPPET_BYTES:].decode(errors="ignore"),
    )


def fallback(text: str) -> str:
    """Give the escaped text for notifications and for those who cannot see blocks."""
    return escape(text, LONGEST_FALLBACK)
