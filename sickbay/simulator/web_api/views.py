"""views.*: modals and Home."""

from typing import Any

from sickbay.simulator.errors import SlackError
from sickbay.simulator.web_api import Desk, Wire


def open_view(desk: Desk, call: Wire) -> Wire:
    """views.open."""
    return {"view": desk.modals.open(str(call.get("trigger_id") or ""), _view(call))}


def push(desk: Desk, call: Wire) -> Wire:
    """views.push."""
    return {"view": desk.modals.push(str(call.get("trigger_id") or ""), _view(call))}


def update(desk: Desk, call: Wire) -> Wire:
    """views.update."""
    return {"view": desk.modals.update(str(call.get("view_id") or ""), _view(call), str(call.get("hash") or ""))}


def publish(desk: Desk, call: Wire) -> Wire:
    """views.publish."""
    return {"view": desk.modals.publish(str(call.get("user_id") or ""), _view(call))}


def _view(call: Wire) -> dict[str, Any]:
    view = call.get("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view"])
    return view


METHODS = {"views.open": open_view, "views.push": push, "views.update": update, "views.publish": publish}
