"""Who may call what: a token of the right kind, or Slack's own code for what is wrong with it."""

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import request


def called(workspace: Workspace, method: str, token: str | None, **more: str) -> dict[str, object]:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return request(workspace, f"/api/{method}", headers=headers | more).json


@pytest.mark.parametrize("method", ["auth.test", "chat.postMessage", "apps.connections.open"])
@pytest.mark.parametrize(
    ("token", "code"),
    [(None, "not_authed"), ("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("tökén", "invalid_auth")],
)
def test_without_the_right_token_nothing_is_done(workspace: Workspace, method: str, token: str, code: str) -> None:
    """Given no token or a wrong one, when a method is called, then Slack's code says which of both."""
    assert called(workspace, method, token) == {"ok": False, "error": code}


def test_a_socket_needs_the_app_level_token(workspace: Workspace) -> None:
    """Given the bot's token, which has no `connections:write`, when it asks for a socket, then it is the wrong kind."""
    assert called(workspace, "apps.connections.open", workspace.bot_token)["error"] == "not_allowed_token_type"
    assert called(workspace, "apps.connections.open", workspace.app_token)["ok"] is True


def test_the_app_level_token_posts_nothing(workspace: Workspace) -> None:
    """Given the app-level token, when a message is posted with it, then it is of a wrong kind."""
    assert called(workspace, "chat.postMessage", workspace.app_token)["error"] == "not_allowed_token_type"


def test_the_token_may_stand_among_the_arguments(workspace: Workspace) -> None:
    """Given the token as an argument and not as a header, when it calls, then it counts, and is not logged."""
    body = f"token={workspace.bot_token}".encode()

    answer = request(workspace, "/api/auth.test", body, headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.json["user"] == "sickbay"
    assert workspace.bot_token not in str(list(workspace._journal.entries))


def test_a_method_that_slack_does_not_have_is_unknown(workspace: Workspace) -> None:
    """Given a method of no name, when it is called, then it is `unknown_method`, and stands in the log as that."""
    assert called(workspace, "chat.shout", workspace.bot_token) == {"ok": False, "error": "unknown_method"}
    assert (workspace._journal.entries[-1]["name"], workspace._journal.entries[-1]["verdict"]) == (
        "chat.shout",
        "unknown_method",
    )
