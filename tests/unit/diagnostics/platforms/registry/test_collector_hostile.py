"""Registries that answer badly: too much, too slowly, nonsense. Each costs its own answer, no more than its time."""

import socket
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sickbay.diagnostics import engine
from sickbay.diagnostics.model import ReportTarget, Subject
from sickbay.diagnostics.platforms.registry.collector.transport import CONNECTIONS, LARGEST_ANSWER
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle
from sickbay.diagnostics.pulls import Pull
from tests.unit.diagnostics.platforms.registry.conftest import read
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry, Handler
from tests.unit.diagnostics.platforms.registry.registries import DIGEST

GIGABYTE = 1024**3


def test_a_manifest_of_a_gigabyte(fake: FakeRegistry) -> None:
    """Given a manifest that does not end, when it is read, then it is left after what manifests have at most."""
    sent = 0

    def endless(handler: Handler) -> None:
        nonlocal sent
        handler.send(200, promised=GIGABYTE, docker_content_digest=DIGEST)
        while handler.command == "GET" and sent < GIGABYTE:
            sent += handler.wfile.write(b" " * 65536)

    fake.routes["/v2/web/manifests/1"] = endless

    snapshot = read(fake, "web:1")

    assert snapshot.images[0].digest == DIGEST
    assert [gap.reason for gap in snapshot.gaps] == [f"it is larger than the {LARGEST_ANSWER} bytes that are read"]
    assert sent < 10 * LARGEST_ANSWER


def test_a_server_that_answers_all_with_a_gigabyte(fake: FakeRegistry) -> None:
    """Given answers that are all too long, when each is left, then none keeps a connection from those that follow."""

    def endless(handler: Handler) -> None:
        handler.send(200, promised=GIGABYTE)
        sent = 0
        while handler.command == "GET" and sent < 2 * LARGEST_ANSWER:
            sent += handler.wfile.write(b" " * 65536)

    web, tags = Subject("container", "web"), range(2 * CONNECTIONS)
    fake.routes.update({f"/v2/web/manifests/{tag}": endless for tag in tags})
    pulls = tuple(Pull(image=f"{fake.name}/web:{tag}", subject=web, failed=True) for tag in tags)

    snapshot = read(fake, pulls=pulls, seconds=8)

    reasons = [gap.reason for gap in snapshot.gaps]
    assert reasons == [f"it is larger than the {LARGEST_ANSWER} bytes that are read"] * len(tags)


def test_a_manifest_that_cannot_be_read_is_not_asked_for_its_signature(fake: FakeRegistry) -> None:
    """Given a manifest whose digest is not known, when it is read, then no signature is asked for under no name."""
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(200, b"<html>Login</html>")

    assert read(fake, "web:1", audit=True).images[0].signatures is None

    assert not fake.asked(path="/v2/web/manifests/-")
    assert not fake.asked(path="/v2/web/referrers")


@pytest.mark.parametrize("body", [b"<html>Login</html>", b"", b"[1]", b"\xff\xfe", b"{" * 100_000])
def test_a_manifest_that_is_none(fake: FakeRegistry, body: bytes) -> None:
    """Given a page or nonsense in place of a manifest, when it is read, then that is a gap."""
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(200, body)

    snapshot = read(fake, "web:1")

    assert snapshot.gaps[0].reason.startswith("it is no manifest: ")


def test_an_error_that_is_a_page(fake: FakeRegistry) -> None:
    """Given a proxy's page in place of an error, when it is read, then its text is what is told."""
    page = b"<html><title>403</title> <b>Blocked</b> by policy</html>"
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(403, page)

    assert read(fake, "web:1").images[0].accesses[0].told.message == "403 Blocked by policy"


@pytest.mark.parametrize("path", ["/v2/", "/v2/web/manifests/1"])
def test_an_answer_that_trickles_in(fake: FakeRegistry, path: str) -> None:
    """Given an answer of which a byte comes now and then, when it is read, then the diagnosis ends in its time."""

    def trickle(handler: Handler) -> None:
        handler.send(200, promised=GIGABYTE)
        for _ in range(400):
            handler.wfile.write(b" ")
            time.sleep(0.05)

    fake.routes[path] = trickle
    began = time.monotonic()

    snapshot = read(fake, "web:1", seconds=0.5)

    assert time.monotonic() - began < 8
    assert snapshot.unreachable or snapshot.gaps


def test_headers_that_trickle_in(fake: FakeRegistry) -> None:
    """Given headers that never end, when they are read, then the diagnosis ends in its time."""

    def trickle(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(400):
            handler.wfile.write(f"x-{number}: y\r\n".encode())
            time.sleep(0.05)

    fake.routes["/v2/"] = trickle
    began = time.monotonic()

    why = read(fake, seconds=0.5).unreachable

    assert time.monotonic() - began < 8
    assert why
    assert why.obstacle is Obstacle.TIMEOUT


def test_what_is_no_http(fake: FakeRegistry) -> None:
    """Given a server that speaks something else, then it is no registry."""

    def other(handler: Handler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    fake.routes["/v2/"] = other

    why = read(fake).unreachable

    assert why
    assert why.obstacle in {Obstacle.PROTOCOL, Obstacle.OTHER}


def test_one_image_that_fails_leaves_the_health_known(fake: FakeRegistry) -> None:
    """Given a connection that ends in the middle of an image, then that is a gap, and the health is known."""
    fake.json("/api/v2.0/health", {"status": "healthy", "components": [{"name": "core", "status": "healthy"}]})
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)

    snapshot = read(fake, "web:1")

    assert len(snapshot.components) == 1
    assert len(snapshot.gaps) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), status=st.sampled_from([200, 204, 301, 401, 403, 404, 429, 500, 599]))
def test_any_bytes_anywhere(fake: FakeRegistry, body: bytes, status: int) -> None:
    """Given any bytes with any status at every path, when it is read and judged, then there is a report, in no time."""
    for path in ("/v2/web/manifests/1", "/v2/web/tags/list", "/v2/_catalog", "/api/v2.0/health", "/_ping"):
        fake.routes[path] = lambda handler: handler.send(status, b"" if status == 204 else body)

    report = engine.judge(read(fake, "web:1"), ReportTarget(name="lan", platform="registry", zone="default"))

    assert not [gap for gap in report.gaps if gap.what.startswith("check ")]
