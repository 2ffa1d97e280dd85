"""What arrives from outside may be anything: JSON decoded so that any answer can repeat it, and read without trust."""

from typing import Any

import msgspec

from sickbay.simulator.errors import SlackError

#: An object of Slack's, in Slack's own shape.
Wire = dict[str, Any]

#: How deep JSON may nest: far more than any block does, far less than what Python's stack takes.
DEEPEST = 64


def decode(body: bytes) -> Any:
    """Decode JSON. Raises SlackError, also for what could be read but not sent on: endless numbers, half characters."""
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if _deeper_than(value, DEEPEST):
        raise SlackError("invalid_json")
    return value


def decode_object(body: bytes) -> Wire:
    """Decode a JSON object. Raises SlackError."""
    value = decode(body)
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def mapping(value: Any) -> Wire:
    """Give an object, an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Give an array, an empty one where there is something else."""
    return value if isinstance(value, list) else []


def string(value: Any) -> str:
    """Give text: numbers as they are written, and nothing where there is something else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def true(value: Any) -> bool:
    """Say whether an argument means yes, in JSON or in a form."""
    return str(value).lower() in {"true", "1"}


def number(call: Wire, name: str, usual: float, *, wrong: str) -> float:
    """Give an argument as a number, as Slack takes it: also as text. Raises SlackError with the code `wrong`."""
    value = call.get(name)
    if value is None or value == "":
        return usual
    try:
        return float(string(value))
    except ValueError:
        raise SlackError(wrong) from None


def _deeper_than(value: Any, most: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return most < 1 or any(_deeper_than(item, most - 1) for item in inner)
