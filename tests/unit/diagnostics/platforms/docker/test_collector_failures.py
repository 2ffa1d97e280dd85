"""An engine that fails half-way costs gaps, never the diagnosis, and never a timeout for each container."""

import threading
import time
from collections.abc import Callable

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError
from sickbay.diagnostics.platforms.docker.collector import collect, connection
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler, exited, inspection


def _gaps(engine: FakeEngine, **request: object) -> dict[str, str]:
    return {gap.what: gap.reason for gap in read(engine, **request).gaps}  # type: ignore[arg-type]


def test_error_of_one_call(engine: FakeEngine) -> None:
    """A call that the engine answers with an error is a gap with the engine's own words; the rest is read."""
    engine.json("/system/df", {"message": "a disk usage operation is already running"}, status=500)

    snapshot = read(engine)

    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [
        ("GET /system/df", "a disk usage operation is already running")
    ]
    assert snapshot.info.name == "host-7"


def test_half_a_body(engine: FakeEngine) -> None:
    """An answer that ends before its promised length is a gap."""

    def break_off(handler: Handler) -> None:
        handler.send(200, b'{"Name": ', promised=900)
        _hang_up(handler)

    engine.routes["/info"] = break_off

    assert "GET /info" in _gaps(engine)


def _frozen_until(thawed: threading.Event) -> Callable[[Handler], None]:
    """Give a route that answers nothing, for 20 s at the most."""

    def freeze(_handler: Handler) -> None:
        thawed.wait(20)

    return freeze


def _hang_up(handler: Handler) -> None:
    handler.close_connection = True


def test_garbage(engine: FakeEngine) -> None:
    """An answer that is not JSON is a gap that says so."""
    engine.text("/info", b"\x00\xffnot json")

    assert "not JSON" in _gaps(engine)["GET /info"]


def test_an_engine_without_a_clock(engine: FakeEngine) -> None:
    """An engine that gives Go's zero time for its clock has its events read by ours."""
    engine.json("/info", {"Name": "host-7", "SystemTime": "0001-01-01T00:00:00Z"})

    snapshot = read(engine)

    assert snapshot.info.name == "host-7"
    assert snapshot.gaps == ()


def test_another_shape_than_documented(engine: FakeEngine) -> None:
    """A container that cannot be decoded is a gap that names the field; the others are read."""
    odd = inspection("odd", HostConfig={"Memory": "a lot"})
    engine.containers(inspection("fine"), odd)

    snapshot = read(engine)

    assert [container.name for container in snapshot.containers] == ["fine"]
    assert "odd" in snapshot.gaps[0].what
    assert "$.HostConfig.Memory" in snapshot.gaps[0].reason


def test_same_failure_of_many_is_one_gap(engine: FakeEngine) -> None:
    """Containers that fail for the same reason share a gap that names the first few and counts all."""
    engine.containers(*(inspection(f"web-{number}") for number in range(9)))
    for route in [route for route in engine.routes if route.startswith("/containers/7")]:
        if route.endswith("/stats"):
            engine.json(route, {"message": "forbidden by the proxy"}, status=403)

    gaps = _gaps(engine)

    assert gaps == {"not sampled: web-0, web-1, web-2, … (9 of 9 containers)": "forbidden by the proxy"}


def test_vanished_between_list_and_inspection(engine: FakeEngine) -> None:
    """A container that is gone when it is inspected is not there: no gap."""
    gone = inspection("gone")
    engine.containers(inspection("web"), gone)
    del engine.routes[f"/containers/{gone['Id']}/json"]
    del engine.routes[f"/containers/{gone['Id']}/stats"]

    snapshot = read(engine)

    assert [container.name for container in snapshot.containers] == ["web"]
    assert snapshot.gaps == ()


def test_ended_while_its_processes_are_listed(engine: FakeEngine) -> None:
    """A container that ends at the moment of the question has no processes to list: no gap, whatever the status."""
    web = inspection("web")
    engine.containers(web)
    engine.json(f"/containers/{web['Id']}/top", {"message": "ttrpc: closed: unknown"}, status=500)

    assert read(engine).gaps == ()


def test_vanished_though_asked_for_by_name(engine: FakeEngine) -> None:
    """A container that is gone, but was asked for, is a gap."""
    gone = inspection("gone")
    engine.containers(gone)
    del engine.routes[f"/containers/{gone['Id']}/json"]

    assert "container gone" in _gaps(engine, scope="gone")


def test_daemon_that_dies_half_way(engine: FakeEngine) -> None:
    """Once the engine is gone no further call waits for it: one gap says how far the reading got."""
    containers = [inspection(f"web-{number}") for number in range(100)]
    engine.containers(*containers)
    last = f"/containers/{containers[30]['Id']}/json"

    def die(handler: Handler) -> None:
        engine.die()
        _hang_up(handler)

    engine.routes[last] = die
    began = time.monotonic()

    snapshot = read(engine)

    assert time.monotonic() - began < 5
    assert 0 < len(snapshot.containers) < 100
    (unfinished,) = (gap for gap in snapshot.gaps if "stopped answering half-way" in gap.reason)
    assert "of 100 containers" in unfinished.what
    assert len(snapshot.gaps) < 6


def test_engine_that_freezes_is_asked_only_once_more(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a call without an answer a ping decides; if that fails too, nothing more is asked."""
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)
    monkeypatch.setattr(connection, "SECOND_CHANCE_SECONDS", 0.2)
    containers = [inspection(f"web-{number}") for number in range(60)]
    engine.containers(*containers)

    def freeze(handler: Handler) -> None:
        engine.dead = True
        time.sleep(1)
        _hang_up(handler)

    for item in containers:
        engine.routes[f"/containers/{item['Id']}/json"] = freeze
    engine.routes["/_ping"] = lambda handler: freeze(handler) if engine.dead else handler.send(200, b"OK")

    snapshot = read(engine)

    assert snapshot.containers == ()
    assert sum("/json" in path and "containers/json" not in path for path in engine.requests) < 60


def test_what_is_under_way_when_the_engine_is_lost_is_not_waited_for(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the engine is lost, the call with the longest timeout (the disk usage, 20 s) holds nobody up."""
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)
    monkeypatch.setattr(connection, "SECOND_CHANCE_SECONDS", 0.2)
    engine.containers(inspection("web"))
    thawed = threading.Event()

    def freeze(handler: Handler) -> None:
        engine.routes["/_ping"] = freeze
        thawed.wait(20)
        _hang_up(handler)

    engine.routes["/info"] = engine.routes["/system/df"] = freeze
    began = time.monotonic()

    snapshot = read(engine)
    thawed.set()

    assert time.monotonic() - began < 5
    (gap,) = (gap for gap in snapshot.gaps if "GET /system/df" in gap.what)
    assert "stopped answering half-way" in gap.reason


def test_one_call_that_hangs_costs_only_itself(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that never ends is a gap after its own timeout while the rest is read."""
    monkeypatch.setattr(connection, "READ_SECONDS", 1)
    engine.containers(inspection("web"))
    thawed = threading.Event()
    engine.routes["/info"] = _frozen_until(thawed)

    snapshot = read(engine)
    thawed.set()

    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [("GET /info", "no answer within 1 s")]
    assert len(snapshot.containers) == 1


def test_body_that_trickles_in(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that never ends, a byte at a time, ends at its deadline."""
    monkeypatch.setattr(connection, "READ_SECONDS", 0.3)

    def trickle(handler: Handler) -> None:
        handler.send(200, b"{", promised=1000)
        for _ in range(20):
            time.sleep(0.05)
            handler.wfile.write(b" ")
        _hang_up(handler)

    engine.routes["/info"] = trickle

    assert "no answer within" in _gaps(engine)["GET /info"]


def test_time_is_up(engine: FakeEngine) -> None:
    """When the budget is spent, one gap says how far the reading got."""
    containers = [inspection(f"web-{number}") for number in range(40)]
    engine.containers(*containers)
    thawed = threading.Event()
    for item in containers[20:]:
        engine.routes[f"/containers/{item['Id']}/json"] = _frozen_until(thawed)

    snapshot = read(engine, seconds=1.5)
    thawed.set()

    (gap,) = (gap for gap in snapshot.gaps if gap.reason == "the time was up")
    assert f"inspected {len(snapshot.containers)} of 40 containers" in gap.what
    assert 0 < len(snapshot.containers) <= 20


def test_cancel_ends_the_reading(engine: FakeEngine) -> None:
    """A cancelled diagnosis ends at once, though the engine hangs."""
    engine.routes["/containers/json"] = lambda _handler: time.sleep(3)
    steps: list[str] = []
    began = time.monotonic()

    with pytest.raises(CancelledError):
        collect(engine.target, Request(), Budget(20, cancelled=lambda: bool(steps)), steps.append)

    assert time.monotonic() - began < 2


def test_nothing_but_gets(engine: FakeEngine) -> None:
    """A complete diagnosis of unwell containers asks only for what its documentation says."""
    engine.containers(inspection("web"), inspection("job", State=exited(1, "2099-01-01T00:00:00Z")))

    read(engine, audit=True)

    asked = {path.partition("?")[0].rpartition("/")[2] for path in engine.requests}
    assert asked == {
        "_ping", "version", "info", "df", "events", "json", "stats", "logs", "top", "history", "networks", "volumes",
        "plugins",
    }  # fmt: skip
