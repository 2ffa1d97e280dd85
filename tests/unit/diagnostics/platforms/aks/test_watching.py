"""A watch of an AKS cluster: the changes of its Kubernetes part and of Azure's activity log, in one row."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.aks.collector import watching as watching_module
from sickbay.diagnostics.platforms.kubernetes.collector import streams
from sickbay.diagnostics.platforms.kubernetes.collector import watching as kubernetes_watching
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from tests.unit.diagnostics.platforms.aks.arm import ACTIVITY, CREDENTIAL, Arm, Asked, Handler, listed, refusal
from tests.unit.diagnostics.platforms.aks.azure import ID
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Targets
from tests.unit.diagnostics.platforms.aks.test_behind import handed_out
from tests.unit.diagnostics.platforms.kubernetes.fake_api import kubeconfig
from tests.unit.diagnostics.platforms.kubernetes.test_watching import DEPLOYMENTS, Watched, deployment, line
from tests.unit.diagnostics.platforms.loopback import hang
from tests.unit.diagnostics.platforms.patience import stopping

__all__ = ["stopping"]

Watching = Callable[..., Iterator[Batch]]
WRITE = "Microsoft.ContainerService/managedClusters/write"


def logged(status: str = "Succeeded", *, correlation: str = "c1", **since: float) -> dict[str, Any]:
    """Give an event of the log, a moment from now unless told otherwise."""
    at = datetime.now(UTC) - timedelta(**since) if since else datetime.now(UTC) + timedelta(seconds=5)
    return {
        "caller": "kim@example.com", "operationName": {"value": WRITE, "localizedValue": "Update Managed Cluster"},
        "status": {"value": status}, "eventTimestamp": at.isoformat(), "resourceId": ID, "correlationId": correlation,
    }  # fmt: skip


@pytest.fixture
def watching(target: Targets, stopping: Signal, monkeypatch: pytest.MonkeyPatch) -> Watching:
    """Watch the cluster from a cursor on, its log without a pause: `watching(cursor, kubeconfig=…)`."""
    for name, value in (("EVERY", 0.0), ("QUIET", 0.01)):
        monkeypatch.setattr(watching_module, name, value)
    monkeypatch.setattr(streams, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(kubernetes_watching, "GATHER", 0.05)
    monkeypatch.setattr(kubernetes_watching, "HEARTBEAT", 0.1)
    return lambda cursor="", **more: catalogue.load_platforms()["aks"].watch(target(**more), cursor, stopping)


def first(batches: Iterator[Batch], wanted: Callable[[Batch], object]) -> Batch:
    """Give the first batch that is as wanted."""
    for batch in batches:
        if wanted(batch):
            return batch
    raise AssertionError("the watch ended")


def looks(batches: Iterator[Batch], arm: Arm, count: int = 2) -> list[Event]:
    """Give what is told until the log was read so often again."""
    read = len([asked for asked in arm.requests if asked.path == ACTIVITY])
    found = list[Event]()
    for batch in batches:
        found += batch.events
        if len([asked for asked in arm.requests if asked.path == ACTIVITY]) >= read + count:
            return found
    raise AssertionError("the watch ended")


def test_an_operation_of_the_log_is_told_once_when_it_has_ended(arm: Arm, watching: Watching) -> None:
    """Given a target without a way to Kubernetes, then what is done on Azure's side is told, with who did it."""
    batches = watching()
    next(batches)

    arm.routes[ACTIVITY] = listed(logged("Started"))
    assert looks(batches, arm) == []

    arm.routes[ACTIVITY] = listed(logged("Started"), logged())
    (event,) = first(batches, lambda batch: batch.events).events

    assert (event.subject, event.kind, event.after) == ("cluster/prod-aks", "config", "Update Managed Cluster")
    assert event.actor == "kim@example.com"
    assert looks(batches, arm) == []


def test_what_was_done_before_the_watch_is_no_news(arm: Arm, watching: Watching) -> None:
    """Given an operation that began before the watch, then it is not told."""
    arm.routes[ACTIVITY] = listed(logged("Started", minutes=5), logged())

    assert looks(watching(), arm) == []


def test_a_later_watch_goes_on_where_the_log_was_read(arm: Arm, watching: Watching) -> None:
    """Given a cursor of a watch that told an operation, then another one alone is told, and the log is read from it."""
    batches = watching()
    next(batches)
    arm.routes[ACTIVITY] = listed(logged())
    cursor = first(batches, lambda batch: batch.events).cursor
    arm.routes[ACTIVITY] = listed(logged(), logged(correlation="c2"))
    arm.requests.clear()

    (event,) = first(watching(cursor), lambda batch: batch.events).events

    assert event.after == "Update Managed Cluster"
    (asked, *_) = [asked for asked in arm.requests if asked.path == ACTIVITY]
    began = datetime.now(UTC) - timedelta(hours=2)
    assert f"eventTimestamp ge '{began:%Y-%m-%dT%H}" in asked.query["$filter"][0]


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"since": "x"}'])
def test_a_cursor_that_is_none_begins_from_now(arm: Arm, watching: Watching, cursor: str) -> None:
    """Given no cursor, or one of something else, then what was done before is no news."""
    arm.routes[ACTIVITY] = listed(logged(minutes=1))

    assert looks(watching(cursor), arm) == []


def test_a_log_that_may_not_be_read_is_said_with_each_batch(arm: Arm, watching: Watching) -> None:
    """Given no right to read the log, then that is said with the role that has it, and of all the time."""
    arm.routes[ACTIVITY] = refusal(403, "AuthorizationFailed", "no")
    batches = watching()

    lost = first(batches, lambda batch: "the activity log" in batch.lost).lost

    assert "the activity log: Azure denies it (403 AuthorizationFailed)" in lost
    assert "Monitoring Reader" in lost
    for batch in batches:
        assert batch.lost == lost
        if len([asked for asked in arm.requests if asked.path == ACTIVITY]) > 3:
            break


def test_a_kubernetes_part_without_a_way_to_it_is_said_to_be_unseen(watching: Watching) -> None:
    """Given a target without a way to Kubernetes, then it is never said that nothing changed in the cluster."""
    assert next(watching()).lost.startswith("the target names no way to its Kubernetes API")


def test_the_kubernetes_part_is_watched_beside_the_log(
    arm: Arm, behind: Behind, watching: Watching, tmp_path: Path
) -> None:
    """Given a kubeconfig, then a new image is told as in any cluster, and its cursor and the log's are one."""
    quiet = Watched({"1": []})
    for kind in KINDS.values():
        for place in kind.apis:
            behind.routes.setdefault(kind.path(place), quiet)
    behind.routes[DEPLOYMENTS] = Watched({"7": [deployment("api:1")]}, [line("MODIFIED", deployment("api:2"), "8")])
    batches, found = watching(kubeconfig=kubeconfig(tmp_path, behind.url)), list[Event]()
    arm.routes[ACTIVITY] = listed(logged())

    for batch in batches:
        found += batch.events
        if len(found) == 2:
            break

    assert {(event.subject, event.after) for event in found} == {
        ("deployment/shop/api", "api:2"),
        ("cluster/prod-aks", "Update Managed Cluster"),
    }
    cursor = json.loads(batch.cursor)
    assert json.loads(cursor["kubernetes"])["deployments"] == "8"
    assert [key.partition(" ")[0] for key in cursor["told"]] == ["c1"]


def test_the_handed_out_credentials_are_used(arm: Arm, behind: Behind, watching: Watching) -> None:
    """Given a target that allows it, then the Kubernetes part is watched by what Azure hands out."""
    arm.routes[CREDENTIAL] = handed_out(behind.url, {"token": "of-the-user"})

    next(watching(user_credentials=True))

    assert any("watch=" in path or DEPLOYMENTS in path for path in behind.requests)


def test_credentials_that_are_not_handed_out_end_the_watch(arm: Arm, watching: Watching) -> None:
    """Given no right to the credentials, then it is said what it takes; given no kubeconfig, that it is none."""
    arm.routes[CREDENTIAL] = refusal(403, "AuthorizationFailed", "no")
    with pytest.raises(TemporaryError, match=r"prod-aks cannot be watched: .*listClusterUserCredential"):
        next(watching(user_credentials=True))

    arm.routes[CREDENTIAL] = listed()
    with pytest.raises(TemporaryError, match="no kubeconfig"):
        next(watching(user_credentials=True))


def test_a_watch_ends_at_once_while_azure_does_not_answer(arm: Arm, watching: Watching, stopping: Signal) -> None:
    """Given credentials that do not come, when the watch shall end, then it does so long before the call."""
    reached, seen = Signal(), list[Batch]()

    def hanging(handler: Handler, asked: Asked) -> None:
        reached.set()
        hang()(handler, asked)

    arm.routes[CREDENTIAL] = hanging
    watcher = threading.Thread(target=lambda: seen.extend(watching(user_credentials=True)))
    watcher.start()
    assert reached.wait(10)
    stopping.set()
    watcher.join(5)

    assert not watcher.is_alive()
    assert seen == []
