"""A message as delivery compares and posts it: its key within the thread, its content, its fallback text."""

import hashlib
import json

import msgspec

from handlers.blocks.text import Block, escape

#: Characters of fallback text: longer ones are split or refused by Slack.
LONGEST_FALLBACK = 3000
EVENT_TYPE = "sickbay_message"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a thread. `text` is escaped already; `colour` draws a bar beside the blocks."""

    key: str
    text: str
    blocks: tuple[Block, ...]
    colour: str = ""

    @property
    def hash(self) -> str:
        """Give a fingerprint of the content, to see whether it must be edited."""
        written = json.dumps([self.text, self.blocks, self.colour], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def payload(self) -> Block:
        """Give the arguments of chat.postMessage and chat.update, but for where."""
        body: Block = {
            "text": self.text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": self.key}},
        }
        if self.colour:
            return body | {"attachments": [{"color": self.colour, "blocks": list(self.blocks), "fallback": self.text}]}
        return body | {"blocks": list(self.blocks)}


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """Text too long for a message, sent as a file into the thread."""

    key: str
    filename: str
    title: str
    content: str


def fallback(text: str) -> str:
    """Give the escaped text for notifications and for those who cannot see blocks."""
    return escape(text, LONGEST_FALLBACK)
