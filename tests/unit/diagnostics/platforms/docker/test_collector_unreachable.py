"""What keeps the collector from an engine is told apart: each obstacle has another remedy."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.docker.collector import collect
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler


def _unreachable(host: str, seconds: float = 10) -> Unreachable:
    target = DockerTarget(name="local", host=host)
    snapshot = collect(target, Request(), Budget(seconds), lambda _step: None)
    assert snapshot.unreachable is not None
    assert snapshot.looked_at() == {}
    return snapshot.unreachable


def test_missing_socket(tmp_path: Path) -> None:
    """A socket that is not there is told as such."""
    assert _unreachable(f"unix://{tmp_path}/docker.sock").obstacle is Obstacle.MISSING_SOCKET


def test_permission_denied(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine) -> None:
    """A socket that may not be opened is a matter of permission; root, who runs some tests, is never denied."""

    def denied(_socket: socket.socket, _address: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", denied)

    found = _unreachable(f"unix://{engine.path}")

    assert found == Unreachable(obstacle=Obstacle.PERMISSION, message="Permission denied")


def test_connection_refused(tmp_path: Path) -> None:
    """A socket that nobody listens on any more is refused."""
    left_behind = socket.socket(socket.AF_UNIX)
    left_behind.bind(f"{tmp_path}/s")
    left_behind.close()

    assert _unreachable(f"unix://{tmp_path}/s").obstacle is Obstacle.REFUSED


def test_no_one_on_the_port() -> None:
    """A TCP port that nobody listens on is refused."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert _unreachable(f"tcp://127.0.0.1:{port}").obstacle is Obstacle.REFUSED


def test_accepts_and_never_answers() -> None:
    """An engine that accepts and stays silent ends as a timeout, within the budget."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = _unreachable(f"tcp://127.0.0.1:{server.getsockname()[1]}", seconds=0.3)

    assert found.obstacle is Obstacle.TIMEOUT


def test_unknown_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that does not resolve is told as such."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert _unreachable("tcp://docker.invalid:2375").obstacle is Obstacle.NAME


def _nonsense(handler: Handler) -> None:
    handler.wfile.write(b"220 mail.example ESMTP\r\n")
    handler.close_connection = True


def _website(handler: Handler) -> None:
    handler.send(200, b"<html>welcome</html>")


def _denying(handler: Handler) -> None:
    handler.send(403, b"<html>Request forbidden by administrative rules.</html>")


def _wanting_tls(handler: Handler) -> None:
    handler.send(400, b"Client sent an HTTP request to an HTTPS server.\n")


def _broken(handler: Handler) -> None:
    handler.send(500, b'{"message": "containerd is gone"}')


@pytest.mark.parametrize(
    ("behaviour", "obstacle"),
    [
        (_nonsense, Obstacle.PROTOCOL),
        (_website, Obstacle.PROTOCOL),
        (_denying, Obstacle.PERMISSION),
        (_wanting_tls, Obstacle.TLS),
        (_broken, Obstacle.OTHER),
    ],
)
def test_answers_that_are_no_ping(engine: FakeEngine, behaviour: Callable[[Handler], None], obstacle: Obstacle) -> None:
    """What answers, but not as an engine does, is told apart by what it says."""
    engine.routes["/_ping"] = behaviour

    unreachable = read(engine).unreachable

    assert unreachable is not None
    assert unreachable.obstacle is obstacle


def test_garbage_for_a_version(engine: FakeEngine) -> None:
    """A version that is not JSON is not an engine's."""
    engine.text("/version", b"\xff\xfe{")

    unreachable = read(engine).unreachable

    assert unreachable is not None
    assert unreachable.obstacle is Obstacle.PROTOCOL


@pytest.mark.parametrize(("newest", "oldest"), [("1.23", "1.12"), ("1.70", "1.60")])
def test_no_api_version_in_common(engine: FakeEngine, newest: str, oldest: str) -> None:
    """An engine whose API versions are all too old or too new is told with both ranges, and its version is kept."""
    engine.json("/version", {"Version": "99.0", "ApiVersion": newest, "MinAPIVersion": oldest})

    snapshot = read(engine)

    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.API_VERSION
    assert f"{oldest} to {newest}" in snapshot.unreachable.message
    assert snapshot.version.min_api_version == oldest


@pytest.mark.parametrize(("offered", "agreed"), [("1.41", "1.41"), ("1.54", "1.52"), ("1.9.1", None)])
def test_the_newest_common_api_version_is_used(engine: FakeEngine, offered: str, agreed: str | None) -> None:
    """Calls name the newest version that both sides know; 1.9 is older than 1.41."""
    engine.json("/version", {"ApiVersion": offered})

    snapshot = read(engine)

    assert snapshot.client_api_version == (agreed or "")
    if agreed:
        assert f"/v{agreed}/info" in engine.requests
