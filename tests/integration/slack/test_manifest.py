"""The Slack app's manifest: valid, and exactly what the code listens to and calls: nothing missing, nothing more."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App

from bot.app import create_app
from bot.command_line.up import _manifest
from bot.slack import web_client
from handlers.grammar import USAGE
from tests.integration.slack.stage import Stage

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy/slack/manifest.yaml").read_text())

#: What a bot token must be allowed for each method that the code calls (docs.slack.dev, as of 2026). Reading a channel
#: takes the scope of its kind: public, private, direct.
_READING = {"channels:history", "groups:history", "im:history"}
SCOPES: dict[str, set[str]] = {
    "auth.test": set(),
    "apps.connections.open": set(),
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": _READING,
    "conversations.replies": _READING,
    "files.info": {"files:read"},
    "files.upload": {"files:write"},
    "files.upload.v2": {"files:write"},
}
EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history"}
#: What Slack knows in a manifest of an app in Socket Mode, as far as this one needs it.
SHAPE: dict[str, Any] = {
    "_metadata": {"major_version": int},
    "display_information": {"name": str, "description": str},
    "features": {
        "bot_user": {"display_name": str, "always_online": bool},
        "app_home": {"home_tab_enabled": bool, "messages_tab_enabled": bool, "messages_tab_read_only_enabled": bool},
        "slash_commands": [{"command": str, "description": str, "usage_hint": str, "should_escape": bool}],
        "shortcuts": [{"name": str, "type": str, "callback_id": str, "description": str}],
    },
    "oauth_config": {"scopes": {"bot": [str]}},
    "settings": {
        "event_subscriptions": {"bot_events": [str]},
        "interactivity": {"is_enabled": bool},
        "org_deploy_enabled": bool,
        "socket_mode_enabled": bool,
        "token_rotation_enabled": bool,
    },
}


def assert_shape(value: object, shape: object, where: str = "") -> None:
    """Fail where a value is not of the shape, with the place."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        assert set(value) == set(shape), where
        for key, part in shape.items():
            assert_shape(value[key], part, f"{where}/{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        assert value, where
        for number, item in enumerate(value):
            assert_shape(item, shape[0], f"{where}/{number}")
    else:
        assert isinstance(shape, type), where
        assert type(value) is shape, where


def called_methods() -> Iterator[str]:
    """Yield the Web API methods that the code names: as `chat.update` in a text, or as `client.chat_update`."""
    groups = {"apps", "auth", "bookmarks", "chat", "conversations", "emoji", "files", "pins", "reactions",
              "team", "usergroups", "users", "views"}  # fmt: skip
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
            elif isinstance(node, ast.Attribute):
                name = node.attr.replace("_", ".")
            else:
                continue
            group, dot, rest = name.partition(".")
            if group in groups and dot and rest.replace(".", "").isalnum():
                yield name


@pytest.fixture
def registered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What the app's listeners are registered for, by Bolt's word for it."""
    names: dict[str, set[str]] = {}
    kinds = ("command", "event", "action", "shortcut", "view", "options", "message", "function", "step")

    def noting(kind: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def register(app: App, name: str, *arguments: object, **named: object) -> object:
            names.setdefault(kind, set()).add(name)
            return original(app, name, *arguments, **named)

        return register

    for kind in kinds:
        monkeypatch.setattr(App, kind, noting(kind, getattr(App, kind)))
    create_app(web_client(stage.workspace.bot_token, stage.workspace.api_url), stage.desk)
    return names


def test_the_manifest_has_the_shape_that_slack_wants() -> None:
    """Given the manifest, when read, then it has just the keys that an app in Socket Mode needs, of the right types."""
    assert_shape(MANIFEST, SHAPE)


def test_the_manifest_keeps_slacks_limits() -> None:
    """Given Slack's limits on a manifest, when read, then none is passed."""
    about, features = MANIFEST["display_information"], MANIFEST["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert command["command"].startswith("/")
        assert len(command["command"]) <= 32
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert shortcut["type"] in {"message", "global"}


def test_the_app_connects_by_socket_and_can_be_written_to() -> None:
    """Given that the bot opens no port, and people write to it, when read, then Slack lets both happen."""
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"]
    assert not MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"]


def test_its_commands_are_those_that_the_app_listens_to(registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each command of the manifest has one, and none is missing."""
    commands = MANIFEST["features"]["slash_commands"]

    assert {command["command"] for command in commands} == registered["command"]
    assert [command["usage_hint"] for command in commands] == [USAGE]


def test_its_events_are_those_that_the_app_listens_to(registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each event of the manifest has one, and none is missing."""
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]

    assert {event.partition(".")[0] for event in events} == registered["event"]


def test_its_shortcuts_are_those_that_the_app_listens_to(registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each shortcut of the manifest has one, and none is missing."""
    assert {item["callback_id"] for item in MANIFEST["features"]["shortcuts"]} == registered["shortcut"]


def test_nothing_else_is_listened_to(registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when counted, then there is none that the manifest would have to name besides."""
    assert set(registered) == {"command", "event", "action", "shortcut"}


def test_its_scopes_are_those_that_the_code_needs() -> None:
    """Given the methods that the code calls and the events it hears, when summed up, then no scope is too many."""
    needed = {"commands"}
    for method in called_methods():
        needed |= SCOPES[method]
    for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        needed.add(EVENT_SCOPES[event])

    assert MANIFEST["oauth_config"]["scopes"]["bot"] == sorted(needed)


def test_the_local_workspace_offers_the_same() -> None:
    """Given the workspace that `sickbay up` starts, when compared, then it has the manifest's command and events."""
    local = _manifest()

    (command,) = local["features"]["slash_commands"]  # type: ignore[index]  # plain JSON
    (ours,) = MANIFEST["features"]["slash_commands"]
    assert command == {key: ours[key] for key in command}
    assert local["features"]["shortcuts"] == MANIFEST["features"]["shortcuts"]  # type: ignore[index]
    assert local["settings"]["event_subscriptions"] == MANIFEST["settings"]["event_subscriptions"]  # type: ignore[index]
