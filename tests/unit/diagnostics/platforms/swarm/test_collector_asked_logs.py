"""Logs that a person asked for: of each place of a service, the last task that ran there."""

from datetime import UTC, datetime, timedelta

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.platforms.swarm.scopes import choices
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, frames
from tests.unit.diagnostics.platforms.swarm.conftest import read, wire_service, wire_task

STAMP = "2026-11-24T02:58:00Z "
EXIT = "task: non-zero exit (1)"


def asked(engine: FakeEngine, scope: str, *, siblings: bool = False) -> tuple[Log, ...]:
    target = SwarmTarget(name="prod", host=engine.target.host)
    return read_logs(target, Request(scope=scope, logs=True, siblings=siblings), budget=Budget(20))


def test_of_each_place_the_last_task_that_ran(manager: FakeEngine) -> None:
    """Given a service of two places, one between two crashes, then the crash comes first, and no older one."""
    web = wire_service("shop_web", stack="shop", Env=["DB_PASSWORD=hunter2hunter"])
    tasks = [
        {**wire_task(web, "running"), "ID": "one", "Slot": 1},
        {**wire_task(web, "failed", Err=EXIT), "ID": "old", "Slot": 2, "CreatedAt": "2026-11-24T01:00:00Z"},
        {**wire_task(web, "failed", Err=EXIT), "ID": "two", "Slot": 2, "CreatedAt": "2026-11-24T02:00:00Z"},
        {**wire_task(web, "ready", Message="preparing"), "ID": "next", "Slot": 2},
    ]
    manager.json("/services", [web, wire_service("other")])
    manager.json("/tasks", tasks)
    for task in tasks:
        manager.text(f"/tasks/{task['ID']}/logs", frames(f"{STAMP}{task['ID']} with hunter2hunter\n"))

    logs = asked(manager, "shop/web")

    assert [(log.name, log.text) for log in logs] == [
        ("shop_web.2", f"{STAMP}two with [redacted]"),
        ("shop_web.1", f"{STAMP}one with [redacted]"),
    ]
    assert [log.name for log in asked(manager, "node/vm-1")] == ["shop_web.2", "shop_web.1"]


def test_to_compare_the_places_that_fail_are_marked(manager: FakeEngine) -> None:
    """Given three places, one that failed, one that runs again after a failure, then these two are the unwell."""
    web, lately = wire_service("web"), (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    tasks = [
        {**wire_task(web, "running"), "ID": "one", "Slot": 1},
        {**wire_task(web, "failed", Err=EXIT), "ID": "two", "Slot": 2},
        {**wire_task(web, "failed", Err=EXIT, Timestamp=lately), "ID": "old", "Slot": 3},
        {**wire_task(web, "running"), "ID": "new", "Slot": 3, "CreatedAt": "2030-01-01T00:00:00Z"},
    ]
    manager.json("/services", [web])
    manager.json("/tasks", tasks)
    for task in tasks:
        manager.text(f"/tasks/{task['ID']}/logs", frames(f"{STAMP}{task['ID']}\n"))

    logs = asked(manager, "web", siblings=True)

    assert [(log.name, log.unwell) for log in logs] == [("web.2", True), ("web.3", True), ("web.1", False)]


def test_a_node_that_is_lost_is_not_waited_for(manager: FakeEngine) -> None:
    """Given a task on a node that is down, when its log is asked for, then a sentence says so and nothing is asked."""
    web = wire_service("web")
    manager.json("/services", [web])
    manager.json("/tasks", [wire_task(web, "running")])
    manager.json("/nodes", [{"ID": "m1", "Description": {"Hostname": "vm-1"}, "Status": {"State": "down"}}])

    with pytest.raises(PermanentError, match=r"of web\.1: Its node is not ready"):
        asked(manager, "web")

    assert not [request for request in manager.requests if "/logs" in request]


def test_what_has_never_run_says_why(manager: FakeEngine) -> None:
    """Given a service whose task no node takes, when its log is asked for, then the scheduler's word is told."""
    web = wire_service("web")
    manager.json("/services", [web])
    manager.json("/tasks", [wire_task(web, "pending", Message="pending task scheduling", Err="no suitable node")])

    with pytest.raises(PermanentError, match=r"of web: No task of it has run yet: no suitable node\.$"):
        asked(manager, "web")
    with pytest.raises(UnknownScopeError, match=r"Did you mean web\?$"):
        asked(manager, "wep")


def test_who_manages_no_swarm_says_so(engine: FakeEngine) -> None:
    """Given an engine that is no manager, when asked for a log, then it fails in the engine's own words."""
    with pytest.raises(PermanentError, match="of web: This node is not a swarm manager"):
        asked(engine, "web")


def test_what_can_be_typed_begins_with_the_unwell(manager: FakeEngine) -> None:
    """Given a stack of two services, one of which fails, when read, then it comes first, then stacks and the rest."""
    api, web = wire_service("shop_api", stack="shop"), wire_service("shop_web", stack="shop")
    manager.json("/services", [api, web])
    manager.json("/tasks", [wire_task(api, "running"), wire_task(web, "failed", Err=EXIT)])

    assert list(choices(read(manager))) == ["shop_web", "shop", "shop_api", "shop_web", "node/vm-1"]
