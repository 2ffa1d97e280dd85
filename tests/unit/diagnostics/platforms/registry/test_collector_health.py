"""Whether a registry is one, how it is, and what time it has."""

from datetime import UTC, datetime

import pytest

from sickbay.diagnostics.platforms.registry.snapshot import Component, Obstacle
from tests.unit.diagnostics.platforms.registry.conftest import read
from tests.unit.diagnostics.platforms.registry.fake_registry import Behaviour, FakeRegistry


def test_a_harbor_says_how_its_parts_are(fake: FakeRegistry) -> None:
    """Given Harbor's health page, when it is read, then each part and how it is are known."""
    parts = [{"name": "core", "status": "healthy"}, {"name": "redis", "status": "unhealthy", "error": "timeout"}]
    fake.json("/api/v2.0/health", {"status": "unhealthy", "components": parts})

    assert read(fake).components == (
        Component(name="core", well=True, says="healthy"),
        Component(name="redis", well=False, says="unhealthy timeout"),
    )


def test_a_replica_of_dtr_says_how_it_is(fake: FakeRegistry) -> None:
    """Given the ping of a Docker Trusted Registry, when it is read, then how the replica is is known."""
    fake.json("/_ping", {"Healthy": False, "Error": "storage is full"}, status=503)

    assert read(fake).components == (Component(name="replica", well=False, says="storage is full"),)


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"true", b"{}", b"[]", b'{"status": 3}', b"\xff\x00"])
def test_pages_that_are_none_of_health(fake: FakeRegistry, body: bytes) -> None:
    """Given a server that answers every path with a page of its own, then nothing is said of its health."""
    for path in ("/api/v2.0/health", "/_ping"):
        fake.routes[path] = lambda handler: handler.send(200, body)

    snapshot = read(fake)

    assert (snapshot.components, snapshot.gaps, snapshot.unreachable) == ((), (), None)


def test_the_time_that_it_has(fake: FakeRegistry) -> None:
    """Given a Date header, when the root is read, then the registry's own time is known; from a cache it is none."""

    def dated(handler: "object", **more: str) -> None:
        handler.wfile.write(  # type: ignore[attr-defined]
            b"HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 03:00:00 GMT\r\nContent-Length: 2\r\n"
            + b"".join(f"{name}: {value}\r\n".encode() for name, value in more.items())
            + b"\r\n{}"
        )

    fake.routes["/v2/"] = dated
    assert read(fake).clock == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    fake.routes["/v2/"] = lambda handler: dated(handler, Age="3600")
    assert read(fake).clock is None


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (lambda handler: handler.send(200, b"<html>", content_type="text/html; charset=utf-8"), "a page for people"),
        (lambda handler: handler.send(404), "HTTP 404"),
        (lambda handler: handler.send(401), "does not say how"),
        (lambda handler: handler.send(302, location="http://elsewhere.example/"), "redirects to http://elsewhere"),
    ],
)
def test_what_is_no_registry(fake: FakeRegistry, root: Behaviour, message: str) -> None:
    """Given a page, nothing, a login without a way in, or a redirect at the root, then it is no registry."""
    fake.routes["/v2/"] = root

    why = read(fake, "web:1").unreachable

    assert why
    assert why.obstacle is Obstacle.PROTOCOL
    assert message in why.message
    assert not fake.asked(path="/v2/web")


def test_a_registry_that_wants_tls(fake: FakeRegistry) -> None:
    """Given a server that answers plain HTTP by saying that it speaks HTTPS, then that is the obstacle."""
    fake.routes["/v2/"] = lambda handler: handler.send(400, b"Client sent an HTTP request to an HTTPS server.\n")

    why = read(fake).unreachable

    assert why
    assert why.obstacle is Obstacle.WANTS_TLS


def test_a_registry_that_sends_plain_http_to_https(fake: FakeRegistry) -> None:
    """Given a server that redirects plain HTTP to HTTPS, then that is the obstacle."""
    fake.routes["/v2/"] = lambda handler: handler.send(308, location=f"https://{fake.name}/v2/")

    why = read(fake).unreachable

    assert why
    assert why.obstacle is Obstacle.WANTS_TLS


def test_a_root_that_moved_on_the_same_host(fake: FakeRegistry) -> None:
    """Given a root that redirects to another path of the same registry, then it is found there."""
    fake.json("/registry/v2/", {})
    fake.routes["/v2/"] = lambda handler: handler.send(301, location="/registry/v2/")

    assert read(fake).unreachable is None


def test_a_registry_that_speaks_plain_http(fake: FakeRegistry) -> None:
    """Given an https address at which plain HTTP is spoken, then that is the obstacle."""
    why = read(fake, url=f"https://{fake.name}").unreachable

    assert why
    assert why.obstacle is Obstacle.PLAIN_HTTP


def test_a_registry_of_the_first_protocol(fake: FakeRegistry) -> None:
    """Given a server that knows v1 alone, then it is a registry, of another age."""
    del fake.routes["/v2/"]
    fake.json("/v1/_ping", value=True)

    snapshot = read(fake)

    assert snapshot.ping_v1
    assert snapshot.unreachable is None


def test_a_registry_that_fails_is_there(fake: FakeRegistry) -> None:
    """Given a root that answers 503, then the registry is reached, and the answer is kept."""
    fake.error("/v2/", 503, "UNAVAILABLE", "storage is away")

    snapshot = read(fake)

    assert snapshot.unreachable is None
    assert [(told.status, told.message) for told in snapshot.answers] == [(503, "storage is away")]
