"""Wait for the bot's answer in the local workspace: until its card is final, or it answered in words alone."""

import json
import time
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from bot.command_line.page_client import Page, PageError, Place
from bot.command_line.rendering.messages import Message, blocks_of
from handlers.blocks.offers import RUN_AGAIN

#: Seconds without anything new after which the thread under a final card is complete: its findings follow the card.
QUIET_SECONDS = 3.0


def await_answer(page: Page, place: Place, stream: ClientConnection, timeout: float) -> list[Message]:
    """Give the finished thread, or the one message that answers in words: an ephemeral one, or one without a card.

    Raises PageError when there is no final answer within `timeout` seconds, or the command failed.
    """
    deadline = time.monotonic() + timeout
    thread = None
    while thread is None:
        frame = _next_frame(stream, deadline - time.monotonic())
        if frame is None:
            raise PageError(f"There was no final answer within {timeout:.0f} s.")
        if frame.get("channel") != place.channel:
            continue
        if frame["type"] == "command_failed":
            raise PageError(frame["message"])
        if frame["type"] == "ephemeral" or (frame["type"] == "message" and _is_in_words(frame["message"])):
            return [frame["message"]]
        if frame["type"] in {"message", "message_changed"} and _is_final_card(frame["message"]):
            thread = frame["message"].get("thread_ts") or frame["message"]["ts"]
    while _next_frame(stream, min(QUIET_SECONDS, deadline - time.monotonic())) is not None:
        pass
    return page.thread(place, thread)


def _next_frame(stream: ClientConnection, seconds: float) -> dict[str, Any] | None:
    """Give the next frame that shows something, or None when none came in time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            frame: dict[str, Any] = json.loads(stream.recv(timeout=max(0.0, deadline - time.monotonic())))
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            raise PageError("The local workspace ended while it was waited for.") from error
        if frame["type"] != "log":
            return frame


def _is_in_words(message: Message) -> bool:
    """Say whether the bot answered without a card, as it does in a direct message, where nothing is ephemeral."""
    return bool(message.get("bot_id")) and not any(True for _ in blocks_of(message))


def _is_final_card(message: Message) -> bool:
    """Say whether the bot's card offers to run again."""
    if not message.get("bot_id"):
        return False
    return any(
        element.get("action_id") == RUN_AGAIN
        for block in blocks_of(message)
        if block["type"] == "actions"
        for element in block["elements"]
    )
