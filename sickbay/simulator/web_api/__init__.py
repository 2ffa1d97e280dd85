"""Slack's Web API, a module a group of methods: functions of what the workspace has and the call's arguments."""

import msgspec

from sickbay.simulator.errors import SlackError
from sickbay.simulator.modals import Modals
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.responses import Responses
from sickbay.simulator.schedule import Schedule
from sickbay.simulator.scopes import Scopes
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import BOT_USER, Store
from sickbay.simulator.wire import Wire, string

__all__ = ["Desk", "Wire", "joined_channel", "known_channel", "open_channel"]


class Desk(msgspec.Struct, frozen=True):
    """What methods work with."""

    store: Store
    responses: Responses
    modals: Modals
    sockets: SocketMode
    schedule: Schedule
    scopes: Scopes
    one_time: OneTime
    base_url: str
    bot_token: str


def known_channel(desk: Desk, call: Wire) -> Wire:
    """Give the channel that a call names, which must be by its id. Raises SlackError."""
    channel = desk.store.channels.get(string(call.get("channel") or call.get("channel_id")))
    if channel is None:
        raise SlackError("channel_not_found")
    return channel


def joined_channel(desk: Desk, call: Wire) -> Wire:
    """Give the channel that a call names, where the bot is a member. Raises SlackError."""
    channel = known_channel(desk, call)
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    return channel


def open_channel(desk: Desk, call: Wire, archived: str = "is_archived") -> Wire:
    """Give the channel that a call names, where it is not archived. Raises SlackError."""
    channel = known_channel(desk, call)
    if channel["is_archived"]:
        raise SlackError(archived)
    return channel
