"""The Slack app's manifest: valid, and exactly what the code listens to and calls: nothing missing, nothing more."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from slack_bolt import App
from slack_sdk import WebClient

from bot.app import create_app
from bot.manifest import manifest
from bot.seen import Seen
from bot.slack import web_client
from handlers.grammar import USAGE
from tests.integration.slack.stage import TARGETS, Stage

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "tests/fixtures/slack/manifest.schema.json").read_text())
ADDRESS = "https://bot.example.com/slack/events"

#: What a bot token must be allowed for each method that the code calls (docs.slack.dev, as of 2026). Reading a channel
#: takes the scope of its kind: public, private, direct.
_READING = {"channels:history", "groups:history", "im:history"}
SCOPES: dict[str, set[str]] = {
    "apps_connections_open": set(),  # of the app's token
    "auth_test": set(),
    "bookmarks_add": {"bookmarks:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_create": {"channels:manage"},
    "conversations_history": _READING,
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_invite": {"channels:manage"},
    "conversations_replies": _READING,
    "conversations_setTopic": {"channels:manage"},
    "files_info": {"files:read"},
    "files_upload": {"files:write"},
    "files_upload_v2": {"files:write"},
    "pins_add": {"pins:write"},
    "reactions_add": {"reactions:write"},
    "reactions_remove": {"reactions:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
}
METHODS = frozenset(name for name in vars(WebClient) if not name.startswith("_"))


def called_methods() -> Iterator[str]:
    """Yield the Web API methods that the code names: as `chat.update` in a text, or as `client.chat_update`."""
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            name = ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value.replace(".", "_") if "." in node.value else ""
            elif isinstance(node, ast.Attribute):
                name = node.attr
            if name in METHODS:
                yield name


@pytest.fixture
def offered() -> Any:
    """The manifest for Socket Mode."""
    return manifest()


@pytest.fixture
def registered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What the app's listeners are registered for, by Bolt's word for it."""
    names: dict[str, set[str]] = {}
    kinds = ("command", "event", "action", "shortcut", "global_shortcut", "message_shortcut", "view", "view_submission",
             "view_closed", "options", "message", "function", "step", "block_action", "block_suggestion")  # fmt: skip

    def noting(kind: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def register(app: App, name: str | dict[str, str], *arguments: object, **named: object) -> object:
            names.setdefault(kind, set()).add(name["type"] if isinstance(name, dict) else name)
            return original(app, name, *arguments, **named)

        return register

    for kind in kinds:
        monkeypatch.setattr(App, kind, noting(kind, getattr(App, kind)))
    web = web_client(stage.workspace.bot_token, stage.workspace.api_url)
    create_app(web, stage.queue, Seen(stage.redis), TARGETS, stage.team, budget_s=60)
    return names


@pytest.mark.parametrize("url", [None, "https://bot.example.com"])
def test_slack_accepts_the_manifest(url: str | None) -> None:
    """Given the manifest for either mode, when held against Slack's schema, then nothing is wrong with it."""
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(manifest(url))] == []


def test_a_manifest_that_slack_refuses_is_found() -> None:
    """Given a shortcut with a name that is too long, when held against Slack's schema, then that is what is wrong."""
    wrong: Any = manifest()
    wrong["features"]["shortcuts"][0]["name"] = "n" * 25

    (error,) = Draft7Validator(SCHEMA).iter_errors(wrong)
    assert list(error.absolute_path) == ["features", "shortcuts", 0, "name"]


@pytest.mark.parametrize(("name", "socket_mode"), [("manifest.yaml", True), ("manifest-http.yaml", False)])
def test_the_files_for_people_are_the_manifest(name: str, *, socket_mode: bool) -> None:
    """Given a file under deploy/slack, when read, then it is the manifest of its mode, with no address but a sample."""
    written = yaml.safe_load((ROOT / "deploy/slack" / name).read_text())

    assert written == manifest(None if socket_mode else "https://sickbay.example.com")
    assert written["settings"]["socket_mode_enabled"] is socket_mode


def test_the_app_can_be_written_to(offered: Any) -> None:
    """Given that people write to the bot and use its buttons, when read, then Slack lets both happen."""
    assert offered["settings"]["interactivity"]["is_enabled"]
    assert offered["features"]["app_home"]["messages_tab_enabled"]
    assert not offered["features"]["app_home"]["messages_tab_read_only_enabled"]


def test_in_socket_mode_there_is_no_address(offered: Any) -> None:
    """Given that the bot opens no port in Socket Mode, when its manifest is read, then it names no address."""
    assert offered["settings"]["socket_mode_enabled"]
    assert "http" not in json.dumps(offered)


@pytest.mark.parametrize("url", ["https://bot.example.com", "https://bot.example.com/"])
def test_in_http_mode_all_goes_to_one_address(url: str) -> None:
    """Given the bot's address, when the manifest is made, then commands, events, interactions, options go below it."""
    made: Any = manifest(url)

    settings = made["settings"]
    assert not settings["socket_mode_enabled"]
    assert {command["url"] for command in made["features"]["slash_commands"]} == {ADDRESS}
    assert settings["event_subscriptions"]["request_url"] == ADDRESS
    assert settings["interactivity"]["request_url"] == ADDRESS
    assert settings["interactivity"]["message_menu_options_url"] == ADDRESS


def test_the_modes_ask_for_the_same(offered: Any) -> None:
    """Given both modes, when compared, then scopes and events are the same."""
    other: Any = manifest("https://bot.example.com")

    assert other["oauth_config"] == offered["oauth_config"]
    assert (
        other["settings"]["event_subscriptions"]["bot_events"]
        == offered["settings"]["event_subscriptions"]["bot_events"]
    )


def test_its_commands_are_those_that_the_app_listens_to(offered: Any, registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each command of the manifest has one, and none is missing."""
    commands = {command["command"]: command for command in offered["features"]["slash_commands"]}

    assert set(commands) == registered["command"]
    assert commands["/diagnose"]["usage_hint"] == USAGE


def test_its_events_are_those_that_the_app_listens_to(offered: Any, registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each event of the manifest has one, and none is missing."""
    events = offered["settings"]["event_subscriptions"]["bot_events"]

    assert {event.partition(".")[0] for event in events} == registered["event"]
    assert offered["features"]["app_home"]["home_tab_enabled"] == ("app_home_opened" in events)


def test_its_shortcuts_are_those_that_the_app_listens_to(offered: Any, registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when compared, then each shortcut of the manifest has one, and none is missing."""
    shortcuts = offered["features"]["shortcuts"]
    listened = (
        registered["shortcut"] | registered.get("global_shortcut", set()) | registered.get("message_shortcut", set())
    )

    assert {item["callback_id"] for item in shortcuts} == listened


def test_nothing_else_is_listened_to(registered: dict[str, set[str]]) -> None:
    """Given the app's listeners, when counted, then there is none that the manifest would have to name besides."""
    assert registered.keys().isdisjoint({"message", "function", "step"})


def test_its_scopes_are_those_that_the_code_needs(offered: Any) -> None:
    """Given the methods that the code calls and the events it hears, when summed up, then no scope is too many."""
    needed = {"commands"}
    for method in called_methods():
        needed |= SCOPES[method]
    for event in offered["settings"]["event_subscriptions"]["bot_events"]:
        needed |= EVENT_SCOPES[event]

    assert offered["oauth_config"]["scopes"]["bot"] == sorted(needed)
