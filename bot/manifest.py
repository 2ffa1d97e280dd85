"""What Sickbay asks of Slack, in one place: the app's manifest is made of it, and `sickbay doctor` compares with it.

Each interaction is one line here; tests compare these with the listeners that the app registers, and the scopes with
the methods that the code calls. Bolt is not imported for it: `sickbay up` needs the manifest and no Slack.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
import yaml

from handlers.grammar import USAGE
from handlers.incident_grammar import USAGE as INCIDENT_USAGE
from handlers.report_grammar import USAGE as REPORT_USAGE

#: Where Slack sends everything in HTTP mode, below the address that is the bot's from outside.
PATH = "/slack/events"


class Command(msgspec.Struct, frozen=True):
    """A slash command. What people type into it as @user and #channel arrives as ids."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool = True


class Shortcut(msgspec.Struct, frozen=True):
    """An entry in the menu of a message, or, where it is global, of the composer."""

    name: str
    type: Literal["message", "global"]
    callback_id: str
    description: str


COMMANDS = (
    Command("/diagnose", "Find out why containers misbehave", USAGE),
    Command("/incident", "Work on an incident together", INCIDENT_USAGE),
    Command("/report", "Have reports come by themselves", REPORT_USAGE),
)

SHORTCUTS = (
    Shortcut("Diagnose this", "message", "diagnose_message", "Find out what an alert or a name in it is about"),
    Shortcut("Add to timeline", "message", "add_to_timeline", "Keep a message in the timeline of its incident"),
    Shortcut("Lint this", "message", "lint_message", "Find faults in a Dockerfile or Compose file"),
)

EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
)

#: Each scope of the bot's token, and what does not work without it.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "the bot does not hear @sickbay in channels",
    "bookmarks:write": "the channel of an incident has no links above it",
    "channels:history": "in public channels nothing is linted, and a crash may make the bot say things twice",
    "channels:manage": "no incident gets a channel of its own, and each is worked on in a thread",
    "channels:read": "that a report cannot come to a public channel is only found out when it is due",
    "chat:write": "no answer can be written",
    "commands": "there is neither /diagnose nor an entry in the menu of a message",
    "files:read": "attached files cannot be linted, and reports have no chart",
    "files:write": "long evidence and logs cannot be attached, and reports have no chart",
    "groups:history": "in private channels nothing is linted, and a crash may make the bot say things twice",
    "groups:read": "that a report cannot come to a private channel is only found out when it is due",
    "im:history": "the bot does not hear direct messages",
    "pins:write": "the card of an incident is not pinned to its channel",
    "reactions:read": "a 📌 puts no message into a timeline",
    "reactions:write": "a mention is not marked as seen",
    "users:read": "a bot may be given a role, a post-mortem shows people by their ids, and reports come by UTC",
    "usergroups:read": "nobody counts as a member of a user group, so no rule of the policy allows anything by one",
}


def manifest(url: str | None = None) -> dict[str, object]:
    """Give the app's manifest (docs.slack.dev, app manifest reference, version 1).

    Without `url` it is for Socket Mode; with it, such as `https://sickbay.example.com`, for HTTP mode.
    """
    address = url.rstrip("/") + PATH if url else None
    return {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": "Sickbay",
            "description": "Says why your containers misbehave, and what to do about it.",
        },
        "features": {
            "bot_user": {"display_name": "sickbay", "always_online": True},
            "app_home": {
                "home_tab_enabled": "app_home_opened" in EVENTS,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [_at(address, "url") | _plain(command) for command in COMMANDS],
            "shortcuts": [_plain(shortcut) for shortcut in SHORTCUTS],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**_at(address, "request_url"), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **_at(address, "request_url", "message_menu_options_url")},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(url: str | None = None) -> str:
    """Give the manifest as the text to paste at api.slack.com/apps."""
    return yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=120)


def _plain(struct: msgspec.Struct) -> dict[str, object]:
    return msgspec.structs.asdict(struct)


def _at(address: str | None, *names: str) -> dict[str, object]:
    return dict.fromkeys(names, address) if address else {}
