"""A watch of a swarm through a fake manager: what it tells beyond the events, and what a gap costs."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.docker.collector import following
from sickbay.diagnostics.platforms.swarm.collector import watching
from sickbay.diagnostics.platforms.swarm.collector.watching import watch
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from tests.unit.diagnostics.platforms.docker.event_stream import EventStream
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine
from tests.unit.diagnostics.platforms.swarm.conftest import wire_service
from tests.unit.diagnostics.platforms.swarm.test_authority import LATER, SOON, certificate

#: After the fake engine's own now, 2026-11-23 10:00 UTC, as a time and as nanoseconds.
_AT, _T = "2026-11-23T10:16:40Z", 1_795_429_000 * 10**9


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be waited for longer than a test needs."""
    for name, seconds in {"LOOK": 0.01, "BATCH": 0.02, "QUIET": 0.2, "AGAIN": 0.01, "REPLAY": 0.3}.items():
        monkeypatch.setattr(following, name, seconds)


class _Watched:
    """A watch under way, and the manager that it watches."""

    def __init__(self, manager: FakeEngine, events: EventStream, cursor: str = "") -> None:
        self.manager, self.events = manager, events
        self.stopping = threading.Event()
        target = SwarmTarget(name="prod", host=manager.target.host)
        self.batches: Iterator[Batch] = watch(target, cursor, self.stopping)
        self.first = next(self.batches)

    def then(self) -> list[Event]:
        """Give the next events that are told."""
        return list(next(batch.events for batch in self.batches if batch.events))

    def stop(self) -> str:
        """Stop; give the cursor."""
        self.stopping.set()
        return [self.first, *self.batches][-1].cursor


@pytest.fixture
def events(manager: FakeEngine) -> EventStream:
    """Give the manager's events; it has one service of one network."""
    place = {"NodeID": "m1", "LocalNodeState": "active", "ControlAvailable": True, "Cluster": {"ID": "c", "Spec": {}}}
    manager.json("/info", {"Name": "vm-1", "SystemTime": "2026-11-23T10:00:00Z", "Swarm": place})
    manager.json("/networks/bridge", {"Name": "bridge", "Created": "2026-11-23T08:00:00Z"})
    manager.json("/networks", [{"Id": "n1", "Name": "shop"}])
    manager.json("/services", [wire_service("web", Env=["PASSWORD=hunter2-old"])])
    return EventStream(manager)


@pytest.fixture
def watched(manager: FakeEngine, events: EventStream) -> Iterator[_Watched]:
    """Give a watch that has begun."""
    made = _Watched(manager, events)
    assert made.first.events == ()
    yield made
    made.stop()
    events.until_open(0)


def _service(before: dict[str, Any] | None = None, **differs: Any) -> dict[str, Any]:
    now = wire_service("web", **differs)
    previous = {"PreviousSpec": wire_service("web", **before)["Spec"]} if before is not None else {}
    return {**now, **previous, "UpdatedAt": _AT}


def _happens(watched: _Watched, action: str = "update", kind: str = "service", **attributes: Any) -> None:
    actor = {"service": wire_service("web")["ID"], "node": "m1"}.get(kind, "x")
    watched.events.send(action, actor, nano=_T + 5, kind=kind, scope="swarm", **attributes)


def test_an_update_is_told_field_by_field(watched: _Watched) -> None:
    """Given an update of which the event only says that it was, then what it changed is read, the secret hidden."""
    before = {"Env": ["PASSWORD=hunter2-old"]}
    watched.manager.json("/services", [_service(before, Image="web:2", Env=["PASSWORD=hunter2-new"])])
    _happens(watched, name="web", **{"image.old": "web:1", "image.new": "web:2"})

    told = watched.then()

    assert [(event.subject, event.field, event.before, event.after) for event in told] == [
        ("service/web", "TaskTemplate.ContainerSpec.Image", "web:1", "web:2"),
        ("service/web", "TaskTemplate.ContainerSpec.Env[PASSWORD]", "a value", "another value"),
    ]
    assert "hunter2" not in repr(told)
    assert {f"{event.at:%H:%M:%S}" for event in told} == {"10:16:40"}


def test_nothing_is_read_while_nothing_happens(watched: _Watched) -> None:
    """Given a silent swarm, then neither services nor nodes are asked for again."""
    before = len(watched.manager.requests)

    next(watched.batches)

    assert {path.rpartition("/")[2] for path in watched.manager.requests[before:]} == {"_ping"}


def test_a_node_that_is_drained_and_has_another_engine(watched: _Watched) -> None:
    """Given a node that is drained for its upgrade, then the event tells the one, and its reading the other."""
    node = {
        "ID": "m1",
        "UpdatedAt": _AT,
        "Description": {"Hostname": "vm-1", "Engine": {"EngineVersion": "29.4.0"}},
        "Status": {"State": "ready"},
        "Spec": {"Availability": "drain"},
    }
    watched.manager.json("/nodes", [node])
    _happens(watched, kind="node", name="vm-1", **{"availability.old": "active", "availability.new": "drain"})

    told = sorted((event.subject, event.kind, event.field, event.after) for event in watched.then())
    assert told == [
        ("node/vm-1", "node changed", "Description.Engine.EngineVersion", "29.4.0"),
        ("node/vm-1", "node changed", "Spec.Availability", "drain"),
    ]


def test_a_node_that_joins_is_named_as_findings_name_it(watched: _Watched) -> None:
    """Given a node that joins, whose name no event knows, then it is told under the name that it has in the list."""
    named = (("m1", "vm-1"), ("w1", "vm-2"))
    nodes = [{"ID": id_, "Description": {"Hostname": name}, "Status": {"State": "ready"}} for id_, name in named]
    watched.manager.json("/nodes", nodes)
    watched.events.send("create", "w1", nano=_T, kind="node", scope="swarm")

    assert [(event.subject, event.kind) for event in watched.then()] == [("node/vm-2", "node joined")]


def test_a_service_comes_and_goes(watched: _Watched) -> None:
    """Given a service that is made and one that is removed, then each is told once."""
    _happens(watched, "create", "service", name="db")
    _happens(watched, "remove", "service", name="web")
    watched.manager.json("/services", [{**wire_service("db"), "CreatedAt": _AT}])

    assert sorted((event.subject, event.kind) for event in watched.then()) == [
        ("service/db", "created"),
        ("service/web", "removed"),
    ]


def test_containers_of_the_manager_are_anothers(watched: _Watched) -> None:
    """Given a container of the manager's own that dies, then the swarm has nothing to tell."""
    watched.events.send("die", "web", nano=_T)

    assert next(watched.batches).events == ()


def test_what_happened_while_the_stream_was_cut(watched: _Watched) -> None:
    """Given changes of which no event came, then what is another now is told when the stream is there again."""
    watched.manager.json("/services", [{**_service(Image="web:3"), "UpdateStatus": None}])
    lost = {"ID": "m1", "UpdatedAt": _AT, "Description": {"Hostname": "vm-1"}, "Status": {"State": "down"}}
    watched.manager.json("/nodes", [lost])
    watched.events.cut()

    told = {(event.subject, event.kind, event.after, f"{event.at:%H:%M}") for event in watched.then()}

    assert ("service/web", "image", "web:3", "10:16") in told
    assert ("node/vm-1", "node lost", "down", "10:16") in told


def test_a_service_that_was_removed_while_the_stream_was_cut(watched: _Watched) -> None:
    """Given a service that is gone without an event, then its removal is told."""
    watched.manager.json("/services", [])
    watched.events.cut()

    assert [(event.subject, event.kind) for event in watched.then()] == [("service/web", "removed")]


def test_taken_up_by_another_process(manager: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given the cursor of an earlier watch, then what the last update changed since then is told, and what was made."""
    cursor = watched.stop()
    before = {"Env": ["PASSWORD=hunter2-old"]}
    new = {**wire_service("db"), "CreatedAt": _AT, "UpdatedAt": _AT}
    manager.json("/services", [_service(before, Image="web:2", **before), new])

    later = _Watched(manager, events, cursor)

    assert sorted((event.subject, event.kind, event.after) for event in later.first.events) == [
        ("service/db", "created", ""),
        ("service/web", "image", "web:2"),
    ]
    later.stop()


def test_the_authority_is_replaced(manager: FakeEngine, watched: _Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given another certificate of the swarm's authority, then that is told, though no event does."""
    monkeypatch.setattr(watching, "_AUTHORITY", 0.0)
    place = {"NodeID": "m1", "LocalNodeState": "active", "ControlAvailable": True}
    for until in (SOON, LATER):
        trust = {"TrustRoot": certificate(until)}
        manager.json("/info", {"Name": "vm-1", "Swarm": {**place, "Cluster": {"ID": "c", "TLSInfo": trust}}})
        told = next(watched.batches).events

    assert [(event.subject, event.kind, event.after) for event in told] == [
        ("swarm/prod", "certificate", "holds until 2046-12-01")
    ]


def test_a_worker_cannot_be_watched(engine: FakeEngine) -> None:
    """Given a worker, which tells nothing of services, then the watch says why it cannot be."""
    EventStream(engine)

    with pytest.raises(TemporaryError, match="prod cannot be watched: This node is not a swarm manager"):
        next(watch(SwarmTarget(name="prod", host=engine.target.host), "", threading.Event()))
