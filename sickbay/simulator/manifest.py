"""An app's manifest, as far as the workspace reads it: its commands, shortcuts, events, scopes and link domains.

Source: docs.slack.dev (app manifest reference, version 1), as of 2026.
"""

from typing import Any, Literal

import msgspec

from sickbay.simulator.wire import Wire


class _Command(msgspec.Struct, frozen=True):
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


class _Shortcut(msgspec.Struct, frozen=True):
    name: str
    callback_id: str
    type: Literal["message", "global"]
    description: str = ""


class _Features(msgspec.Struct, frozen=True):
    slash_commands: tuple[_Command, ...] = ()
    shortcuts: tuple[_Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()


class _Scopes(msgspec.Struct, frozen=True):
    bot: tuple[str, ...] = ()


class _Oauth(msgspec.Struct, frozen=True):
    scopes: _Scopes = _Scopes()


class _Events(msgspec.Struct, frozen=True):
    bot_events: tuple[str, ...] = ()


class _Settings(msgspec.Struct, frozen=True):
    event_subscriptions: _Events = _Events()


class _Manifest(msgspec.Struct, frozen=True):
    features: _Features = _Features()
    oauth_config: _Oauth | None = None
    settings: _Settings = _Settings()


def checked(manifest: Any) -> Wire:
    """Give a manifest that was read from a file. Raises ValueError that says what is wrong, and where."""
    msgspec.convert(manifest, _Manifest)
    found: Wire = manifest
    return found
