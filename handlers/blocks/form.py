"""The form of a diagnosis: target, scope, window, audit, and where the answer goes when it is not known yet."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from handlers.blocks.text import Block, context, words
from handlers.blocks.view import field, form, option
from handlers.clues import Clue
from sickbay.diagnostics.targets import DEFAULT_WINDOW

FORM = "diagnosis_form"
#: Block ids, each with an action of the same name in it. A scope belongs to the target that it was chosen for.
TARGET, SCOPE, WINDOW, AUDIT, CHANNEL, CLUE = "target", "scope", "window", "audit", "channel", "clue"
#: The value of the clue that is none: the form is filled in by hand.
ELSE = "else"
#: Clues from which one can choose.
MOST_CLUES = 9
#: Characters of an option's value.
_VALUE = 150
_WINDOWS = {"30 minutes": "30m", "2 hours": "2h", "24 hours": "24h", "7 days": "7d"}


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a form carries along: where the answer goes, for which target scopes are offered, and the clues."""

    channel: str = ""
    thread_ts: str | None = None
    response_url: str | None = None
    target: str = ""
    clues: tuple[Clue, ...] = ()

    @property
    def written(self) -> str:
        """Give it as a view's metadata."""
        return msgspec.json.encode(self).decode()


def diagnosis_form(place: Place) -> Block:
    """Give the modal. With clues one is chosen; only 'something else' shows the fields."""
    if place.clues:
        blocks = [_clues(place.clues), _window(), _audit()]
    else:
        blocks = [_target(place.target), _scope(place.target), _window(), _audit()]
    if not place.channel:
        blocks.append(_channel())
    blocks.append(context("Sickbay only reads: nothing is changed. The answer is a thread that the channel sees."))
    return form("Diagnose", blocks, callback_id=FORM, submit="Diagnose", metadata=place.written)


def options(names: Sequence[str]) -> list[Block]:
    """Give options whose values are their names; the longest ones have to be typed."""
    return [option(name, name) for name in names if len(name) <= _VALUE]


def _target(chosen: str) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": TARGET,
        "min_query_length": 0,
        "placeholder": words("Which host, cluster or registry"),
    }
    if chosen and len(chosen) <= _VALUE:
        element["initial_option"] = option(chosen, chosen)
    return field("Target", TARGET, element, dispatch=True)


def _scope(target: str) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": SCOPE,
        "min_query_length": 0,
        "placeholder": words("All of it; or type a name"),
    }
    return field("Narrow it to", f"{SCOPE}:{target}"[:255], element, optional=True)


def _window() -> Block:
    choices = {text: option(text, value) for text, value in _WINDOWS.items()}
    hours = f"{DEFAULT_WINDOW / timedelta(hours=1):.0f} hours"
    element = {
        "type": "static_select",
        "action_id": WINDOW,
        "options": list(choices.values()),
        "initial_option": choices[hours],
    }
    return field("Look back", WINDOW, element)


def _audit() -> Block:
    element = {
        "type": "checkboxes",
        "action_id": AUDIT,
        "options": [option("Hygiene too: what is built to fail some day", AUDIT)],
    }
    return field("Audit", AUDIT, element, optional=True)


def _channel() -> Block:
    element = {
        "type": "conversations_select",
        "action_id": CHANNEL,
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "placeholder": words("Where the answer goes"),
    }
    return field("Answer in", CHANNEL, element)


def _clues(clues: Sequence[Clue]) -> Block:
    choices = [option(clue.told, str(number)) for number, clue in enumerate(clues[:MOST_CLUES])]
    element = {
        "type": "radio_buttons",
        "action_id": CLUE,
        "options": [*choices, option("Something else…", ELSE)],
        "initial_option": choices[0],
    }
    return field("Found in the message", CLUE, element, dispatch=True)
