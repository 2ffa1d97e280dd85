"""Who may reach the workspace: this machine by its loopback names, no other page, and its own page with the token."""

import asyncio
from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import request

PATHS = [
    "/",
    "/api/auth.test",
    "/hooks/key",
    "/upload/F1",
    "/files-pri/T0LOCAL-F1/Dockerfile",
    "/page/index.html",
    "/workspace/state",
    "/workspace/messages",
]


def own(workspace: Workspace) -> str:
    return f"127.0.0.1:{workspace.port}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:{port}", "127.0.0.1:1", "", "0.0.0.0:{port}"])
def test_another_host_is_refused_everywhere(workspace: Workspace, path: str, host: str) -> None:
    """Given a name that resolves to this machine, as in DNS rebinding, when anything is asked, then it is refused."""
    for method in ("GET", "POST"):
        headers = {"host": host.format(port=workspace.port), "x-workspace-token": workspace.token}

        assert request(workspace, path, method=method, headers=headers).status == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", ""]
)
def test_another_origin_is_refused_everywhere(workspace: Workspace, path: str, origin: str) -> None:
    """Given another page in the same browser, when it asks for anything, then it is refused."""
    headers = {"origin": origin.format(port=workspace.port), "x-workspace-token": workspace.token}

    assert request(workspace, path, headers=headers).status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:{port}", "localhost:{port}"])
def test_loopback_is_let_in(workspace: Workspace, host: str) -> None:
    """Given a loopback name, with or without the port as Slack's clients send it, when asked, then it is answered."""
    headers = {"host": host.format(port=workspace.port)}

    assert request(workspace, "/api/api.test", headers=headers).json["ok"] is True


def test_the_pages_own_origin_is_let_in(workspace: Workspace) -> None:
    """Given the page itself, when it calls the workspace, then it is answered."""
    headers = {"origin": f"http://{own(workspace)}", "x-workspace-token": workspace.token}

    assert request(workspace, "/workspace/state", method="GET", headers=headers).status == 200


@pytest.mark.parametrize("token", ["", "wrong", "tökén"])
@pytest.mark.parametrize(
    "path", ["/", "/workspace/state", "/workspace/messages", "/workspace/files/F1", "/workspace/log"]
)
def test_the_page_and_its_api_need_the_token(workspace: Workspace, path: str, token: str) -> None:
    """Given no token or a wrong one, when the page or what it reads is asked for, then it is refused."""
    refused = request(workspace, path, method="GET", headers={"x-workspace-token": token})

    assert refused.status == 403
    assert workspace.token not in refused.body.decode()


@pytest.mark.parametrize(
    "path", ["messages", "actions", "options", "views/submit", "views/close", "shortcuts", "reactions"]
)
def test_nothing_can_be_done_without_the_token(workspace: Workspace, path: str) -> None:
    """Given no token, when the page's API is told to do something, then it is refused."""
    assert request(workspace, f"/workspace/{path}", b"{}").status == 403


def test_the_token_in_the_address_opens_the_page(workspace: Workspace) -> None:
    """Given the address that is printed, when it is opened, then it is the page, with headers that keep others out."""
    page = request(workspace, "/", method="GET", query=f"token={workspace.token}")

    assert page.status == 200
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_an_uploaded_picture_cannot_act_as_the_page(workspace: Workspace) -> None:
    """Given a picture that holds a script, when it is opened by itself, then it runs in a sandbox of its own."""
    workspace.store.files["F1"] = {"id": "F1", "mimetype": "image/svg+xml"}
    workspace.store.contents["F1"] = b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>"

    file = request(workspace, "/workspace/files/F1", method="GET", query=f"token={workspace.token}")

    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["/link/", "/workspace/stream"])
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"host": "evil.example"}])
def test_a_socket_of_another_page_is_refused(workspace: Workspace, path: str, headers: dict[str, str]) -> None:
    """Given a good ticket or token, when another page opens a socket with it, then it is closed before it opens."""
    ticket = workspace._sockets.ticket()
    named = {"host": own(workspace)} | headers
    scope = {
        "type": "websocket",
        "path": path,
        "root_path": "",
        "scheme": "ws",
        "query_string": f"ticket={ticket}&token={workspace.token}&user=alice".encode(),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "subprotocols": [],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(workspace._site.application()(scope, receive, send))  # type: ignore[arg-type]  # plain dicts will do

    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]


def test_it_listens_on_loopback_alone(workspace: Workspace) -> None:
    """Given a workspace, when it has bound its socket, then that is this machine's loopback."""
    assert workspace._server.listening.getsockname() == ("127.0.0.1", workspace.port)
