"""What the collector asks of an engine, and what it makes of the answers."""

import json

import msgspec
import pytest

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler, frames
from tests.unit.diagnostics.platforms.swarm.conftest import REFUSAL, read, wire_service, wire_task
from tests.unit.diagnostics.platforms.swarm.swarms import report

STAMP = "2026-11-23T10:00:00.000000000Z "


def test_a_worker_refuses_and_that_is_no_gap(engine: FakeEngine) -> None:
    """Given a worker, then its refusals are no gaps, and the report says to ask the managers that it knows."""
    peers = [{"NodeID": "m1", "Addr": "10.0.0.1:2377"}, {"NodeID": "m2", "Addr": "10.0.0.2:2377"}]
    place = {"LocalNodeState": "active", "ControlAvailable": False, "RemoteManagers": peers}
    engine.json("/info", {"Name": "vm-3", "Swarm": place})

    judged = report(read(engine))

    assert judged.gaps == ()
    (found,) = judged.findings
    assert (found.code, judged.blind) == ("DKR-S114", True)
    assert "only managers tell of services: 10.0.0.1:2377, 10.0.0.2:2377" in found.summary
    assert REFUSAL not in found.summary


def test_an_engine_in_no_swarm(engine: FakeEngine) -> None:
    """Given a plain Docker host, then the report says that it is in no swarm."""
    (found,) = report(read(engine)).findings

    assert found.summary == "The engine host-7 is in no swarm, so there are no services to look at."


def test_no_engine_at_all(engine: FakeEngine) -> None:
    """Given a socket that is gone, then the swarm is unreachable, by the class that Docker hosts have."""
    engine.die()

    snapshot = read(engine)

    assert snapshot.unreachable
    assert snapshot.unreachable.obstacle is Obstacle.MISSING_SOCKET
    assert [item.code for item in report(snapshot).findings] == ["DKR-S101"]


def test_only_gets_that_hand_out_no_secrets_are_sent(manager: FakeEngine) -> None:
    """Given a manager, then neither secrets, configs nor `/swarm`, which holds the join tokens, are asked for."""
    read(manager)

    asked = {request.partition("?")[0].rpartition("/")[2] for request in manager.requests}

    assert asked == {"_ping", "version", "info", "nodes", "services", "tasks", "networks", "events"}


def test_a_call_that_fails_is_a_gap(manager: FakeEngine) -> None:
    """Given a manager that cannot list its tasks, then the rest is read, and the gap is told."""
    manager.json("/tasks", {"message": "rpc error: too large"}, 500)

    snapshot = read(manager)

    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [("GET /tasks", "rpc error: too large")]
    assert len(snapshot.nodes) == 1


def test_secrets_of_a_service_are_taken_out_of_all_that_is_kept(manager: FakeEngine) -> None:
    """Given a password in a service's environment, then neither its specification nor its log keep it."""
    web = wire_service("web", Env=["DB_PASSWORD=hunter2hunter", "MODE=x"], Args=["--token", "s3cr3ts3cr3t"])
    task = wire_task(web, "failed", Err="task: non-zero exit (1)")
    manager.json("/services", [web])
    manager.json("/tasks", [task])
    manager.text(f"/tasks/{task['ID']}/logs", frames(f"{STAMP}cannot log in as app with hunter2hunter"))

    snapshot = read(manager)

    assert snapshot.logs[task["ID"]].last_line == "cannot log in as app with [redacted]"
    kept = repr(snapshot)
    assert "hunter2hunter" not in kept
    assert "s3cr3ts3cr3t" not in kept
    assert "DB_PASSWORD=[redacted]" in kept


def test_logs_are_read_of_the_unwell_alone(manager: FakeEngine) -> None:
    """Given a service that runs, one that failed, and one whose node is down, then one log is asked for."""
    well, ill, lost = (wire_service(name) for name in ("well", "ill", "lost"))
    failed = {"Err": "task: non-zero exit (1)"}
    manager.json("/services", [well, ill, lost])
    manager.json(
        "/tasks",
        [
            wire_task(well, "running"),
            wire_task(ill, "failed", **failed),
            {**wire_task(lost, "failed", **failed), "NodeID": "x"},
        ],
    )

    read(manager)

    asked = [request for request in manager.requests if "/logs" in request]
    assert len(asked) == 1
    assert ill["ID"] in asked[0]
    assert "tail=200" in asked[0]


def test_an_answer_that_is_not_json(manager: FakeEngine) -> None:
    """Given a proxy's page in place of the list of services, then that is a gap and nothing is called healthy."""
    manager.text("/services", b"<html>login</html>")

    snapshot = read(manager)

    assert any("/services" in gap.what for gap in snapshot.gaps)


@pytest.mark.parametrize(
    ("scope", "chosen"),
    [
        ("shop_web", ["shop_web"]),
        ("shop/web", ["shop_web"]),
        ("shop", ["shop_web", "shop_db"]),
        ("idother0", ["other"]),
        ("node/vm-1", ["shop_web"]),
        ("nodes/m1", ["shop_web"]),
    ],
)
def test_a_scope_names_services(manager: FakeEngine, scope: str, chosen: list[str]) -> None:
    """Given a service's name, its stack's, both, its id's beginning, or a node, then those services are chosen."""
    snapshot = read(_shop(manager), scope=scope)

    assert [service.name for service in snapshot.services] == chosen
    assert {service.name for service in (*snapshot.services, *snapshot.others)} == {"shop_web", "shop_db", "other"}


@pytest.mark.parametrize(
    ("scope", "nearest"), [("shop_wep", "shop_web"), ("node/vm-7", "node/vm-1"), ("shop/bd", "shop/db")]
)
def test_a_scope_that_names_nothing_tells_the_nearest_names(manager: FakeEngine, scope: str, nearest: str) -> None:
    """Given a name that is not there, then the error names what is most like it."""
    with pytest.raises(UnknownScopeError, match="Did you mean") as error:
        read(_shop(manager), scope=scope)

    assert nearest in error.value.nearest


def test_a_manager_that_dies_half_way(manager: FakeEngine) -> None:
    """Given an engine that is killed while it is read, then what is missing is told and nothing hangs."""

    def die(handler: Handler) -> None:
        manager.die()
        handler.close_connection = True

    manager.routes["/services"] = die

    snapshot = read(manager, seconds=10)

    assert snapshot.gaps != ()


def test_a_snapshot_can_be_saved_and_read_back(manager: FakeEngine) -> None:
    """Given a snapshot as the collector made it, then JSON and back is the same."""
    snapshot = read(_shop(manager))

    assert msgspec.convert(json.loads(msgspec.json.encode(snapshot)), Snapshot) == snapshot


def _shop(manager: FakeEngine) -> FakeEngine:
    web, db, other = (
        wire_service("shop_web", stack="shop"),
        wire_service("shop_db", stack="shop"),
        wire_service("other"),
    )
    manager.json("/services", [web, db, other])
    manager.json("/tasks", [wire_task(web, "running"), wire_task(other, "complete")])
    return manager
