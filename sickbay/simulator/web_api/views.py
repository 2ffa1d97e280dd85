"""views.*: modals and Home."""

from typing import Any

from sickbay.simulator.errors import SlackError
from sickbay.simulator.web_api import Desk, Wire
from sickbay.simulator.wire import string


def open_view(desk: Desk, call: Wire) -> Wire:
    """views.open."""
    return {"view": desk.modals.open(string(call.get("trigger_id")), _view(call))}


def push(desk: Desk, call: Wire) -> Wire:
    """views.push."""
    return {"view": desk.modals.push(string(call.get("trigger_id")), _view(call))}


def update(desk: Desk, call: Wire) -> Wire:
    """views.update."""
    view_id, digest, external_id = (string(call.get(name)) for name in ("view_id", "hash", "external_id"))
    return {"view": desk.modals.update(view_id, _view(call), digest, external_id)}


def publish(desk: Desk, call: Wire) -> Wire:
    """views.publish."""
    return {"view": desk.modals.publish(string(call.get("user_id")), _view(call), string(call.get("hash")))}


def _view(call: Wire) -> dict[str, Any]:
    view = call.get("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view"])
    return view


METHODS = {"views.open": open_view, "views.push": push, "views.update": update, "views.publish": publish}
