"""What a watch of a cluster cannot know or read is said, and it ends when it shall."""

import threading
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any

import msgspec
import pytest

from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.diagnostics.events import Batch
from tests.integration.ecs.aws import Aws, error
from tests.integration.ecs.watched import MACHINE, Shop, Watching


@pytest.mark.parametrize(("away", "also"), [(timedelta(minutes=10), ""), (timedelta(hours=2), "an hour ago")])
def test_after_a_long_time_what_cannot_be_known_is_said(
    shop: Shop, watch: Watching, away: timedelta, also: str
) -> None:
    """Given nobody who asked for long, then changes without a time have that of this look, and the rest is lost."""
    cursor = msgspec.json.decode(next(watch()).cursor)
    cursor["at"] = (datetime.now(UTC) - away).isoformat()
    shop.update(desiredCount=0)

    batch = next(watch(msgspec.json.encode(cursor).decode()))

    (scaled,) = batch.events
    assert scaled.at == batch.until
    assert "ECS was not asked for a while" in batch.lost
    assert also in batch.lost


@pytest.mark.parametrize("cursor", ["{", '{"at": 7}', "[]", '{"at": "2026-01-01T00:00:00"}'])
def test_a_cursor_that_cannot_be_read_begins_anew(watch: Watching, cursor: str) -> None:
    """Given a cursor of something else, then the watch begins from now."""
    assert next(watch(cursor)).events == ()


def test_what_may_not_be_read_is_said_at_each_look_and_the_rest_is_watched(
    shop: Shop, watch: Watching, aws: Aws
) -> None:
    """Given no right to list instances and tasks, then that is said of each look's time, and services are watched."""
    for operation in ("ListContainerInstances", "ListTasks"):
        aws.answer(operation, error("AccessDeniedException", "not authorized"))
    batches = watch()

    first = next(batches)
    shop.update(desiredCount=0)
    second = next(batches)

    assert first.lost == (
        "ecs ListTasks: AccessDeniedException: not authorized; "
        "ecs ListContainerInstances: AccessDeniedException: not authorized"
    )
    assert second.lost == first.lost
    assert [one.kind for one in second.events] == ["scale"]


def test_instances_that_could_not_be_read_once_are_not_lost(shop: Shop, watch: Watching) -> None:
    """Given a look at which instances were not told, then they are compared with what was known before."""
    batches = watch()
    shop.machines(MACHINE)
    next(batches)

    shop.aws.answer("DescribeContainerInstances", error("ServerException", "no", 500))
    unread = next(batches)
    shop.machines(MACHINE | {"status": "DRAINING"})

    assert unread.events == ()
    assert "ecs DescribeContainerInstances" in unread.lost
    assert [one.after for one in next(batches).events] == ["DRAINING"]


def test_services_that_cannot_be_read_end_the_watch(watch: Watching, aws: Aws) -> None:
    """Given no right to read services, then a person is needed; given a failure, then another time may do."""
    aws.answer("DescribeServices", error("AccessDeniedException", "not authorized"))
    with pytest.raises(PermanentError, match="shop cannot be watched: AccessDeniedException: not authorized"):
        next(watch())

    aws.answer("DescribeServices", error("ServerException", "no", 500))
    with pytest.raises(TemporaryError, match="shop cannot be watched"):
        next(watch())


def test_a_cluster_that_is_not_there_takes_a_person(watch: Watching) -> None:
    """Given the name of no cluster, then a person is needed."""
    with pytest.raises(PermanentError, match="ClusterNotFound"):
        next(watch(cluster="nothing"))


def test_a_watch_ends_at_once_while_it_is_throttled(
    watch: Watching, aws: Aws, stopping: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a list that is always throttled, when the watch shall end, then it does so long before its time is up."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    throttled = threading.Event()

    def answer(_asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        throttled.set()
        return error("ThrottlingException", "Rate exceeded")

    aws.answer_by("ListServices", answer)
    seen, watcher = list[Batch](), threading.Thread(target=lambda: seen.extend(watch()))
    watcher.start()
    assert throttled.wait(10)
    stopping.set()
    watcher.join(10)

    assert not watcher.is_alive()
    assert seen == []
