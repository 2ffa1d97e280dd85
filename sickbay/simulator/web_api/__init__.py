"""Slack's Web API, a module a group of methods: functions of what the workspace has and the call's arguments."""

from typing import Any

import msgspec

from sickbay.simulator.modals import Modals
from sickbay.simulator.responses import Responses
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import Store

#: A call's arguments, and a method's answer without `ok`, in Slack's shapes.
Wire = dict[str, Any]


class Desk(msgspec.Struct, frozen=True):
    """What methods work with."""

    store: Store
    responses: Responses
    modals: Modals
    sockets: SocketMode
    base_url: str
