"""A real engine behind a real socket that freezes, dies, denies, or whose containers vanish while they are read."""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.docker.collector import collect, connection
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import Lab, remove
from tests.integration.docker.relay import Relay

pytestmark = pytest.mark.docker

_NOBODY = 65534


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory whose path is short enough for a socket in it, and that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="sickbay-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def relayed(engine: DockerTarget, directory: Path) -> Iterator[tuple[Relay, DockerTarget]]:
    """Give a relay on a Unix socket before the engine, and the target that reads through it."""
    path = directory / "docker.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    with Relay(listener, engine.host) as relay:
        yield relay, DockerTarget(name="local", host=f"unix://{path}")


def _read(
    target: DockerTarget, scope: str = "", seconds: float = 20, step: Callable[[str], None] = lambda _step: None
) -> Snapshot:
    return collect(target, Request(scope=scope), Budget(seconds), step)


def test_read_through_a_relay(lab: Lab, directory: Path) -> None:
    """Given a relay that only carries bytes, as a proxy before the socket does, then the engine is read whole."""
    well = lab.run("well", "sleep", "3600", stop_signal="SIGKILL")

    with relayed(lab.target, directory) as (_, target):
        snapshot = _read(target, str(well.name))

    assert snapshot.gaps == ()
    assert len(snapshot.containers[0].samples) == 2


def test_engine_that_is_frozen(engine: DockerTarget, directory: Path) -> None:
    """Given an engine that accepts and never answers, then the diagnosis ends within its budget and says so."""
    began = time.monotonic()

    with relayed(engine, directory) as (relay, target):
        relay.freeze()
        snapshot = _read(target, seconds=1)

    assert time.monotonic() - began < 3
    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.TIMEOUT


def test_engine_that_freezes_half_way(lab: Lab, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an engine that freezes once its containers are listed, then gaps say what is missing, at once."""
    monkeypatch.setattr(connection, "READ_SECONDS", 0.5)
    monkeypatch.setattr(connection, "SECOND_CHANCE_SECONDS", 0.3)
    well = lab.run("well", "sleep", "3600", stop_signal="SIGKILL")
    began = time.monotonic()

    with relayed(lab.target, directory) as (relay, target):
        snapshot = _read(target, str(well.name), step=lambda step: relay.freeze() if step == "Containers" else None)

    assert time.monotonic() - began < 5
    assert snapshot.unreachable is None
    assert well.name in {summary.name for summary in snapshot.summaries}
    gaps = {gap.what: gap.reason for gap in snapshot.gaps}
    assert gaps[f"not inspected: {well.name} (1 of 1 containers)"] == "no answer within 0.5 s"
    assert any("stopped answering half-way" in reason for reason in gaps.values())


def test_engine_that_dies_half_way(lab: Lab, directory: Path) -> None:
    """Given an engine that is killed once its containers are inspected, then what was read is kept, with a gap."""
    well = lab.run("well", "sleep", "3600", stop_signal="SIGKILL")
    began = time.monotonic()

    with relayed(lab.target, directory) as (relay, target):
        snapshot = _read(
            target, str(well.name), step=lambda step: relay.cut() if step == "Logs and statistics" else None
        )

    assert time.monotonic() - began < 10
    assert [container.name for container in snapshot.containers] == [well.name]
    assert any("stopped answering half-way" in gap.reason for gap in snapshot.gaps)


def test_permission_denied(engine: DockerTarget, directory: Path) -> None:
    """Given a socket that only its owner may open, when another user diagnoses, then permission is what is missing."""
    with relayed(engine, directory) as (_, target):
        socket_path = Path(target.host.removeprefix("unix://"))
        socket_path.chmod(0o600)
        assert _read(target).unreachable is None
        socket_path.chmod(0o000)
        with _as_nobody():
            found = _read(target).unreachable

    assert found is not None
    assert found.obstacle is Obstacle.PERMISSION
    assert found.message == "Permission denied"


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Act as a user without rights, which root needs so as to be denied anything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_socket_of_an_engine_that_is_gone(engine: DockerTarget, directory: Path) -> None:
    """Given the socket that a killed engine left behind, then the connection is refused; without it, it is missing."""
    with relayed(engine, directory) as (_, target):
        pass
    refused = _read(target).unreachable
    Path(target.host.removeprefix("unix://")).unlink()
    missing = _read(target).unreachable

    assert refused is not None
    assert refused.obstacle is Obstacle.REFUSED
    assert missing is not None
    assert missing.obstacle is Obstacle.MISSING_SOCKET


def test_container_that_vanishes_before_it_is_inspected(lab: Lab) -> None:
    """Given a container that is removed once it was listed, when it was asked for, then a gap tells it."""
    gone = lab.create("gone", "sleep", "3600")

    snapshot = _read(lab.target, str(gone.name), step=lambda step: remove(gone) if step == "Containers" else None)

    assert snapshot.containers == ()
    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [
        (f"container {gone.name}", "it was removed while it was being read")
    ]


def test_one_of_many_vanishes(lab: Lab) -> None:
    """Given a project of which one container is removed once listed, then the rest is read, and a gap names it."""
    project = lab.name("shop")
    web = lab.compose(project, "web", "sleep", "3600", stop_signal="SIGKILL")
    job = lab.compose(project, "job", "sh", "-c", "exit 1")
    lab.until_exited(job)

    snapshot = _read(lab.target, project, step=lambda step: remove(job) if step == "Containers" else None)

    assert [container.name for container in snapshot.containers] == [web.name]
    assert [gap.what for gap in snapshot.gaps] == [f"container {job.name}"]


def test_container_that_vanishes_before_its_log_is_read(lab: Lab) -> None:
    """Given a container that is removed once it was inspected, then what was read of it is kept and nothing fails."""
    gone = lab.run("gone", "sh", "-c", "exit 1")
    lab.until_exited(gone)

    snapshot = _read(
        lab.target, str(gone.name), step=lambda step: remove(gone) if step == "Logs and statistics" else None
    )

    (container,) = snapshot.containers
    assert container.state.exit_code == 1
    assert container.log is None
    assert snapshot.gaps == ()


def test_container_that_stops_while_it_is_sampled(lab: Lab) -> None:
    """Given a container that is killed while its statistics are read, then the diagnosis does not wait for them."""
    short = lab.run("short", "sleep", "3600")
    began = time.monotonic()

    snapshot = _read(
        lab.target, str(short.name), step=lambda step: _soon(short.kill) if step == "Logs and statistics" else None
    )

    assert time.monotonic() - began < 8
    assert len(snapshot.containers) == 1
    assert snapshot.gaps == ()


def _soon(call: Callable[[], object]) -> None:
    threading.Thread(target=call).start()


def test_scope_that_is_not_there(lab: Lab) -> None:
    """Given a name with a slip, then the nearest name is offered."""
    lab.create("payments", "sleep", "3600")

    with pytest.raises(UnknownScopeError) as caught:
        lab.diagnose(lab.name("paymetns"))

    assert lab.name("payments") in caught.value.nearest


def test_scopes_that_name_a_container(lab: Lab) -> None:
    """Given a Compose service, then its container is found by name, by id, by project and by project/service."""
    project = lab.name("shop")
    web = lab.compose(project, "web", "true")
    lab.until_exited(web)

    for scope in (str(web.name), f"/{web.name}", str(web.id)[:12], project, f"{project}/web"):
        (container,) = _read(lab.target, scope).containers
        assert container.name == web.name
