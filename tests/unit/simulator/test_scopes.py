"""What the app's manifest grants it, and what is refused to an app that lacks a scope."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from sickbay.simulator import Workspace
from sickbay.simulator.scopes import needed
from sickbay.simulator.web_api.dispatch import METHODS
from tests.unit.simulator.asgi import call, request
from tests.unit.simulator.scripted import Scene

#: Methods that any token may call.
_FREE = {
    "api.test", "apps.connections.open", "auth.test", "blocks.validate", "chat.getPermalink",
    "chat.scheduledMessages.list", "oauth.v2.access", "views.open", "views.publish", "views.push", "views.update",
}  # fmt: skip


def granting(*scopes: str) -> dict[str, Any]:
    return {"oauth_config": {"scopes": {"bot": list(scopes)}}}


@pytest.fixture
def limited() -> Iterator[Workspace]:
    """A workspace whose app may write, and read public channels."""
    made = Workspace(manifest=granting("chat:write", "channels:history"))
    yield made
    made.stop()


def test_every_answer_tells_what_was_granted(limited: Workspace) -> None:
    """Given a manifest with scopes, when the app asks who it is, then the header names them."""
    headers = {"authorization": f"Bearer {limited.bot_token}"}

    assert (
        request(limited, "/api/auth.test", headers=headers).headers["x-oauth-scopes"] == "channels:history,chat:write"
    )


def test_a_method_beyond_the_granted_is_refused(limited: Workspace) -> None:
    """Given an app that may only write, when it reads people, then the answer says what it needs and what it has."""
    assert call(limited, "chat.postMessage", channel="C0OPS", text="x")["ok"]
    assert call(limited, "users.list") == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "channels:history,chat:write",
    }


def test_each_kind_of_conversation_has_a_scope_of_its_own(limited: Workspace) -> None:
    """Given an app that reads public channels, when it reads others, then it lacks the scope of their kind."""
    limited.store.add_channel("G0BOARD", "board", ["U0ALICE", "U0SICKBAY"])["is_private"] = True

    assert call(limited, "conversations.history", channel="C0OPS")["ok"]
    assert call(limited, "conversations.history", channel="D0ALICE")["needed"] == "im:history"
    assert call(limited, "conversations.history", channel="G0BOARD")["needed"] == "groups:history"


def test_a_scope_may_be_taken_away(limited: Workspace) -> None:
    """Given a granted scope, when a test takes it away, then its methods are refused."""
    limited.faults.missing_scopes.add("chat:write")

    assert call(limited, "chat.postMessage", channel="C0OPS", text="x")["needed"] == "chat:write"


@pytest.mark.parametrize(("scope", "told"), [("app_mentions:read", 1), ("im:history", 0)])
def test_an_event_takes_its_scope_too(scope: str, told: int) -> None:
    """Given an app that asks for mentions, when it was not granted their scope, then it does not hear of them."""
    settings = {"event_subscriptions": {"bot_events": ["app_mention"]}}
    scene = Scene(settings=settings, **granting(scope))

    asyncio.run(scene.events.of_message(scene.people.message("alice", "#ops", "@sickbay", "")))

    assert len(scene.app.sent) == told


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_takes_a_scope_or_is_free(method: str) -> None:
    """Given each method of the workspace, when its scope is looked up, then it has one, unless Slack asks for none."""
    assert bool(needed(method)) != (method in _FREE)
