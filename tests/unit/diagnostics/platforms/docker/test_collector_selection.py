"""What is read of a host: which containers, which logs, which samples."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, exited, frames, inspection

OLD = "2020-01-01T00:00:00.123456789Z"
LATELY = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


def _service(project: str, service: str, depends_on: str = "") -> dict[str, Any]:
    prefix = "com.docker.compose."
    labels = {f"{prefix}project": project, f"{prefix}service": service, f"{prefix}depends_on": depends_on}
    return {"Config": {"Image": "web:1", "Labels": labels}}


def _names(snapshot: Snapshot) -> list[str]:
    return [container.name for container in snapshot.containers]


def test_steps_are_told_in_order(engine: FakeEngine) -> None:
    """Progress names the platform's own steps, each as it starts."""
    from sickbay.diagnostics.budget import Budget
    from sickbay.diagnostics.platforms.docker import PLATFORM
    from sickbay.diagnostics.targets import Request

    steps: list[str] = []
    PLATFORM.collect(engine.target, Request(), Budget(20), steps.append)

    assert tuple(steps) == PLATFORM.steps


def test_stopped_long_ago_is_only_counted(engine: FakeEngine) -> None:
    """A container that ended before the window, and that nothing restarts, is counted and not shown."""
    engine.containers(inspection("web"), inspection("old-job", State=exited(1, OLD)))

    snapshot = read(engine)

    assert _names(snapshot) == ["web"]
    assert snapshot.stopped_before_window == 1
    assert snapshot.looked_at()["containers stopped before the window"] == 1


def test_tasks_of_a_swarm_service_that_were_replaced(engine: FakeEngine) -> None:
    """Of the tasks that ended in one place of a Swarm service, the last is kept beside the one that runs now."""
    refused = {"Status": "created", "ExitCode": 127, "Error": "exec: not found", "FinishedAt": LATELY}

    def ended(task: str, created: str, place: str = "web.1", **state: Any) -> dict[str, Any]:
        labels = {"com.docker.swarm.task.name": f"{place}.{task}"}
        return inspection(
            f"{place}.{task}",
            Created=created,
            State=state or exited(1, LATELY),
            Config={"Image": "web:1", "Labels": labels},
        )

    running = inspection("web.1.d", Config={"Image": "web:1", "Labels": {"com.docker.swarm.task.name": "web.1.d"}})
    first, last = ended("a", "2026-11-23T09:00:00Z"), ended("b", "2026-11-23T09:01:00Z")
    other = [ended(task, f"2026-11-23T09:0{task}:00Z", "web.2", **refused) for task in ("1", "2")]
    engine.containers(first, last, running, *other)

    assert _names(read(engine)) == ["web.1.b", "web.1.d", "web.2.2"]


def test_stopped_long_ago_but_expected_to_run(engine: FakeEngine) -> None:
    """A restart policy says that the container should run, so it is kept however long ago it ended."""
    down = inspection("down", State=exited(1, OLD), HostConfig={"RestartPolicy": {"Name": "always"}})
    engine.containers(down)

    assert _names(read(engine)) == ["down"]


def test_stopped_long_ago_in_a_living_project(engine: FakeEngine) -> None:
    """A stopped part of a Compose project of which another part runs is kept; one of a dead project is not."""
    engine.containers(
        inspection("shop-web-1", **_service("shop", "web")),
        inspection("shop-db-1", State=exited(1, OLD), **_service("shop", "db")),
        inspection("blog-db-1", State=exited(1, OLD), **_service("blog", "db")),
    )

    assert _names(read(engine)) == ["shop-web-1", "shop-db-1"]


def test_created_long_ago_and_never_started(engine: FakeEngine) -> None:
    """A container that never started counts by when it was created."""
    never = {"Status": "created", "StartedAt": "0001-01-01T00:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z"}
    engine.containers(inspection("stale", State=never, Created=OLD), inspection("fresh", State=never, Created=LATELY))

    assert _names(read(engine)) == ["fresh"]


def test_stopped_long_ago_but_asked_for(engine: FakeEngine) -> None:
    """What the scope names is read however long ago it ended."""
    engine.containers(inspection("web"), inspection("old-job", State=exited(1, OLD)))

    assert _names(read(engine, scope="old-job")) == ["old-job"]


@pytest.mark.parametrize(
    ("scope", "chosen"),
    [
        ("shop-web-1", ["shop-web-1"]),
        ("web", ["shop-web-1", "blog-web-1"]),
        ("shop/web", ["shop-web-1"]),
        ("blog", ["blog-web-1"]),
        (b"shop-cache-1".hex()[:24], ["shop-cache-1"]),
    ],
)
def test_scope(engine: FakeEngine, scope: str, chosen: list[str]) -> None:
    """A scope is a container's name, a service, `project/service`, a project, or how an id begins."""
    engine.containers(
        inspection("shop-web-1", **_service("shop", "web")),
        inspection("shop-cache-1", **_service("shop", "cache")),
        inspection("blog-web-1", **_service("blog", "web")),
    )

    snapshot = read(engine, scope=scope)

    assert _names(snapshot) == chosen
    assert len(snapshot.summaries) == 3


@pytest.mark.parametrize("scope", ["shop-web-1~shop-cache-1", "shop/web~cache", "cache ~ shop-web-1"])
def test_scope_of_two(engine: FakeEngine, scope: str) -> None:
    """A scope may name two with ~ between them: then both are read, each by any of its names."""
    engine.containers(
        inspection("shop-web-1", **_service("shop", "web")),
        inspection("shop-cache-1", **_service("shop", "cache")),
        inspection("blog-web-1", **_service("blog", "web")),
    )

    assert sorted(_names(read(engine, scope=scope))) == ["shop-cache-1", "shop-web-1"]


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("web~webb", "No container, Compose service or project here is named 'webb'. Did you mean web?"),
        ("nope~web", "No container, Compose service or project here is named 'nope'."),
        ("web~", "Two names, one on each side of ~, please: web~db."),
        ("~", "Two names, one on each side of ~, please: web~db."),
        ("web~db~web", "Two names, one on each side of ~, please: web~db."),
        ("web~web", "web and web are the same: name two containers."),
    ],
)
def test_scope_of_two_that_are_none(engine: FakeEngine, scope: str, said: str) -> None:
    """A scope of two whose names are unknown, missing, too many or the same is refused, and says why."""
    engine.containers(inspection("web"), inspection("db"))

    with pytest.raises(UnknownScopeError) as refused:
        read(engine, scope=scope)

    assert str(refused.value) == said


def test_name_wins_over_service(engine: FakeEngine) -> None:
    """A container's own name is meant before a service of the same name."""
    engine.containers(inspection("web"), inspection("shop-web-1", **_service("shop", "web")))

    assert _names(read(engine, scope="web")) == ["web"]


def test_unknown_scope_names_the_nearest(engine: FakeEngine) -> None:
    """A scope that names nothing is refused with the names most like it."""
    engine.containers(inspection("payments-api"), inspection("web"))

    with pytest.raises(UnknownScopeError) as refused:
        read(engine, scope="payment-api")

    assert refused.value.nearest == ("payments-api",)
    assert "'payment-api'" in str(refused.value)
    assert "Did you mean payments-api?" in str(refused.value)


@pytest.mark.parametrize(
    "needs",
    [
        {"HostConfig": {"Links": ["/db:/app/db"]}},
        {"HostConfig": {"VolumesFrom": ["db:ro"]}},
        {"HostConfig": {"NetworkMode": "container:" + b"db".hex().ljust(64, "0")}},
        _service("shop", "web", "database:service_healthy:false"),
    ],
)
def test_scoped_run_reads_what_the_container_needs(engine: FakeEngine, needs: dict[str, Any]) -> None:
    """Containers that the one asked for waits for, links to or borrows from are read too, and what those need."""
    database = inspection("db", **{**_service("shop", "database"), "HostConfig": {"Links": ["/disk:/db/disk"]}})
    engine.containers(inspection("app", **needs), database, inspection("disk"), inspection("other"))

    assert sorted(_names(read(engine, scope="app"))) == ["app", "db", "disk"]


def _with_logs(engine: FakeEngine, *items: dict[str, Any]) -> set[str]:
    engine.containers(*items)
    for item in items:
        engine.text(f"/containers/{item['Id']}/logs", frames("2026-11-23T10:00:00.1Z hello\n"))
    return {container.name for container in read(engine).containers if container.log}


def test_logs_of_the_unwell_only(engine: FakeEngine) -> None:
    """Logs are read of what failed within the window, restarts, is unhealthy or was killed, and of nothing else."""
    running = inspection("well")["State"]
    unwell = {
        "failed": {"State": exited(3, LATELY)},
        "restarting": {"State": running | {"Restarting": True, "Status": "restarting"}},
        "restarted": {"RestartCount": 4},
        "unhealthy": {"State": running | {"Health": {"Status": "unhealthy", "FailingStreak": 5}}},
        "killed": {"State": exited(137, LATELY) | {"OOMKilled": True}},
        "dead": {"State": exited(0, LATELY) | {"Status": "dead", "Dead": True}},
    }
    well = [inspection("well"), inspection("done", State=exited(0, LATELY))]

    logged = _with_logs(engine, *well, *(inspection(name, **changes) for name, changes in unwell.items()))

    assert logged == set(unwell)


def test_log_of_what_was_asked_for(engine: FakeEngine) -> None:
    """A scope asks for the log even of a container that is well."""
    web = inspection("web")
    engine.containers(web)
    engine.text(f"/containers/{web['Id']}/logs", frames("2026-11-23T10:00:00.1Z hello\n"))

    (container,) = read(engine, scope="web").containers

    assert container.log is not None
    assert container.log.last_line == "hello"


def test_running_containers_have_two_samples(engine: FakeEngine) -> None:
    """The running are sampled twice over one stream; what has stopped is not asked."""
    engine.containers(inspection("web"), inspection("job", State=exited(3, LATELY)))

    samples = {container.name: len(container.samples) for container in read(engine).containers}

    assert samples == {"web": 2, "job": 0}
    assert sum("/stats" in path for path in engine.requests) == 1


def test_samples_of_a_container_that_stopped_meanwhile(engine: FakeEngine) -> None:
    """The engine writes samples without a time for what no longer runs: they are not kept."""
    web = inspection("web")
    engine.containers(web)
    engine.text(f"/containers/{web['Id']}/stats", b'{"read":"0001-01-01T00:00:00Z","name":"/web"}\n' * 2)

    (container,) = read(engine).containers

    assert container.samples == ()


def test_layer_sizes_come_from_the_disk_usage(engine: FakeEngine) -> None:
    """A container's own layer is measured once for all, by `/system/df`, which leaves out a size of 0."""
    web, fat = inspection("web"), inspection("fat")
    engine.containers(web, fat)
    engine.json("/system/df", {"Containers": [{"Id": web["Id"]}, {"Id": fat["Id"], "SizeRw": 7}]})

    sizes = {container.name: container.inspect.size_rw for container in read(engine).containers}

    assert sizes == {"web": 0, "fat": 7}


def test_events_are_asked_for_by_the_engines_own_clock(engine: FakeEngine) -> None:
    """An engine whose clock is behind would keep the stream open until its own time reaches ours."""
    engine.text("/events", b'{"Type":"container","Action":"die","Actor":{"ID":"x"},"timeNano":1}\n{"Type":"cont')

    snapshot = read(engine, window=timedelta(hours=1))

    (asked,) = (path for path in engine.requests if "/events" in path)
    told = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC).timestamp()
    assert f"since={told - 3600:.0f}." in asked
    assert f"until={told:.0f}." in asked
    assert [event.action for event in snapshot.events] == ["die"]


def test_the_engine_is_asked_twice_about_itself(engine: FakeEngine) -> None:
    """What grows in the engine shows between two answers of `/info`; the first is timed."""
    snapshot = read(engine)

    assert [sample.n_goroutines for sample in snapshot.engine_samples] == [40]
    assert snapshot.info_seconds >= 0
    assert snapshot.clock_at is not None


def test_history_without_audit_only_for_few_images(engine: FakeEngine) -> None:
    """Histories of many images are read for an audit only."""
    many = [inspection(f"web-{number}", Image=f"sha256:{number:064d}") for number in range(11)]
    engine.containers(*many)

    read(engine)
    plain = sum("/history" in path for path in engine.requests)
    read(engine, audit=True)

    assert plain == 0
    assert sum("/history" in path for path in engine.requests) == 11
