"""usergroups.*: who belongs together."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.web_api import Desk, Wire
from sickbay.simulator.wire import string, true


def listing(desk: Desk, call: Wire) -> Wire:
    """usergroups.list: with members and their number where the call asks for these."""
    groups = [group for group in desk.store.usergroups.values() if true(call.get("include_disabled")) or _lives(group)]
    left_out = {name for name in ("users", "user_count") if not true(call.get(_ASKED_BY[name]))}
    return {"usergroups": [{key: value for key, value in group.items() if key not in left_out} for group in groups]}


def users(desk: Desk, call: Wire) -> Wire:
    """usergroups.users.list."""
    group = desk.store.usergroups.get(string(call.get("usergroup")))
    if group is None or not (_lives(group) or true(call.get("include_disabled"))):
        raise SlackError("no_such_subteam")
    return {"users": group["users"]}


_ASKED_BY = {"users": "include_users", "user_count": "include_count"}


def _lives(group: Wire) -> bool:
    return not group["date_delete"]


METHODS = {"usergroups.list": listing, "usergroups.users.list": users}
