"""users.*, team.info, bots.info, auth.test: who is who."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import APP_ID, BOT_ID, BOT_USER, TEAM
from sickbay.simulator.web_api import Desk, Wire
from sickbay.simulator.web_api.conversations import known_user, page, told
from sickbay.simulator.wire import string


def auth_test(desk: Desk, _call: Wire) -> Wire:
    """auth.test."""
    return {
        "url": f"{desk.base_url}/",
        "team": TEAM["name"],
        "user": "sickbay",
        "team_id": TEAM["id"],
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(_desk: Desk, call: Wire) -> Wire:
    """api.test."""
    if call.get("error"):
        raise SlackError(string(call["error"]) or "invalid_arguments")
    return {"args": call}


def open_socket(desk: Desk, _call: Wire) -> Wire:
    """apps.connections.open."""
    return {"url": f"{desk.base_url.replace('http', 'ws', 1)}/link/?ticket={desk.sockets.ticket()}&app_id={APP_ID}"}


def info(desk: Desk, call: Wire) -> Wire:
    """users.info."""
    return {"user": known_user(desk, call)}


def listing(desk: Desk, call: Wire) -> Wire:
    """users.list."""
    members, following = page(list(desk.store.users.values()), call)
    return {"members": members} | following


def by_email(desk: Desk, call: Wire) -> Wire:
    """users.lookupByEmail."""
    for user in desk.store.users.values():
        if user["profile"]["email"] == string(call.get("email")).lower():
            return {"user": user}
    raise SlackError("users_not_found")


def channels_of(desk: Desk, call: Wire) -> Wire:
    """users.conversations."""
    user = known_user(desk, {"user": call.get("user") or BOT_USER})["id"]
    channels, following = page(list(desk.store.visible_channels(user)), call)
    return {"channels": [told(channel) for channel in channels]} | following


def team(_desk: Desk, _call: Wire) -> Wire:
    """team.info."""
    return {"team": TEAM}


def bot(_desk: Desk, _call: Wire) -> Wire:
    """bots.info."""
    return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER, "name": "sickbay", "deleted": False}}


METHODS = {
    "auth.test": auth_test,
    "api.test": api_test,
    "apps.connections.open": open_socket,
    "users.info": info,
    "users.list": listing,
    "users.lookupByEmail": by_email,
    "users.conversations": channels_of,
    "team.info": team,
    "bots.info": bot,
}
