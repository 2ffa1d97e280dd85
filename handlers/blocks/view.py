"""Views: modals, in which one person looks closer, and what all of them are made of."""

from collections.abc import Sequence

from handlers.blocks.text import Block, words

#: Blocks of a view, and characters in it: with every one of them an escape of its own it stays below 250 KB.
BLOCKS, CHARACTERS = 95, 18_000


def modal(title: str, blocks: Sequence[Block]) -> Block:
    """Give a modal to read."""
    return {"type": "modal", "title": words(title, 24), "close": words("Close"), "blocks": list(blocks[:BLOCKS])}


def form(title: str, blocks: Sequence[Block], *, callback_id: str, submit: str, metadata: str) -> Block:
    """Give a modal to fill in; `metadata` comes back with it."""
    asked = {"submit": words(submit), "close": words("Close"), "callback_id": callback_id, "private_metadata": metadata}
    return modal(title, blocks) | asked


def header(text: str) -> Block:
    """Give a heading."""
    return {"type": "header", "text": words(text, 150)}


def field(label: str, block_id: str, element: Block, *, optional: bool = False, dispatch: bool = False) -> Block:
    """Give a field of a form; with `dispatch` the app hears of each choice at once."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": words(label),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
    }


def option(text: str, value: str) -> Block:
    """Give an option; `value` comes back when it is chosen."""
    return {"text": words(text), "value": value}


def said(title: str, mrkdwn: str) -> Block:
    """Give a modal with one sentence for the asker."""
    return modal(title, [{"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:3000]}}])
