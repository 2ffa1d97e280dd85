"""What a Docker host's snapshot tells of itself: containers, events in the window, and what depends on what."""

from typing import Any

import pytest

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.snapshot import Container, Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.wire.containers import Endpoint, Mount
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, event, host, identity, log

COMPOSE = "com.docker.compose."


def member(service: str, needs: str = "", project: str = "shop", **differs: Any) -> Container:
    labels = {"project": project, "service": service, "depends_on": needs}
    name = differs.pop("name", f"{project}-{service}-1")
    return container(name, labels={COMPOSE + key: value for key, value in labels.items()}, **differs)


def needed(of: Container, *others: Container) -> set[str]:
    """Give the names of the containers that this one depends on."""
    return {item.name for item in host(of, *others).upstream()[of.subject] if item.kind == "container"}


@pytest.mark.parametrize(
    ("written", "services"),
    [
        ("", ()),
        ("db", ("db",)),
        ("db:service_healthy", ("db",)),
        ("db:service_healthy:false", ("db",)),
        ("db:service_started:true,cache:service_healthy:false", ("db", "cache")),
        ("db,cache", ("db", "cache")),
        ("db, cache,", ("db", "cache")),
        (",", ()),
    ],
)
def test_what_compose_writes_of_dependencies(written: str, services: tuple[str, ...]) -> None:
    """Given the label in any of its forms, then the services in it are those waited for."""
    assert member("web", written).depends_on == services


def test_a_container_depends_on_its_host_and_its_parts() -> None:
    """Given a container, then its host, image, networks and volumes can reach it, and bind mounts have no subject."""
    mounts = (Mount(type="volume", name="data"), Mount(type="bind", source="/srv"))
    one = container(image="shop/web:1", networks={"front": Endpoint(), "back": Endpoint()}, mounts=mounts)

    assert {str(item) for item in host(one).upstream()[one.subject]} == {
        "host/host-7",
        "image/shop/web:1",
        "network/front",
        "network/back",
        "volume/data",
    }


@pytest.mark.parametrize(
    "differs",
    [
        {"links": ("/db-1:/web-1/db",)},
        {"links": ("db-1",)},
        {"volumes_from": ("db-1:ro",)},
        {"volumes_from": (identity("db-1"),)},
        {"network_mode": f"container:{identity('db-1')}"},
        {"network_mode": "container:db-1"},
    ],
)
def test_a_container_depends_on_what_it_names(differs: dict[str, Any]) -> None:
    """Given a link, or another's volumes or network, by name or id, then the container depends on that one."""
    assert needed(container("web-1", **differs), container("db-1"), container("db-10")) == {"db-1"}


@pytest.mark.parametrize("mode", ["bridge", "host", "none", "shop", "db-1", "container:", "container:gone", ""])
def test_other_networks_are_no_containers(mode: str) -> None:
    """Given any other network mode, or one that names a container that is not there, then none is depended on."""
    assert needed(container("web-1", network_mode=mode), container("db-1")) == set()


def test_compose_dependencies_hold_within_a_project() -> None:
    """Given a service of the same name in another project and one without a project, then only its own counts."""
    others = (member("db"), member("db", project="bank"), container("db"), member("cache"))

    assert needed(member("web", "db"), *others) == {"shop-db-1"}


def test_all_replicas_of_a_service_are_depended_on() -> None:
    """Given two replicas of what is waited for, then both can reach the one that waits."""
    assert needed(member("web", "db"), member("db"), member("db", name="shop-db-2")) == {"shop-db-1", "shop-db-2"}


def test_dependencies_go_through_others() -> None:
    """Given a proxy that needs the web server, which needs the database, then the database can reach the proxy."""
    proxy, web, db = member("proxy", "web"), member("web", "db"), member("db")
    upstream = host(proxy, web, db).upstream()

    assert {web.subject, db.subject} <= upstream[proxy.subject]
    assert proxy.subject not in upstream[web.subject] | upstream[db.subject]


def test_nothing_depends_on_itself() -> None:
    """Given containers that wait for each other and for themselves, then each has the other and not itself."""
    one, other = member("a", "a,b"), member("b", "a")
    upstream = host(one, other).upstream()

    assert (one.subject in upstream[one.subject], other.subject in upstream[one.subject]) == (False, True)
    assert (other.subject in upstream[other.subject], one.subject in upstream[other.subject]) == (False, True)


def test_a_project_depends_on_its_members() -> None:
    """Given members of a project, then each of them and the host can reach it."""
    members = (member("web"), member("db"))

    assert host(*members, member("x", project="bank")).upstream()[Subject("project", "shop")] == {
        Subject("host", "host-7"),
        *(item.subject for item in members),
    }


def test_a_host_depends_on_what_may_change_it() -> None:
    """Given a privileged container and a plain one, then only the privileged can reach the host."""
    strong, plain = container("strong", privileged=True), container("plain")

    assert host(strong, plain).upstream()[Subject("host", "host-7")] == {strong.subject}


def test_a_host_without_containers_is_there() -> None:
    """Given a host without containers, then it stands alone."""
    assert host().upstream() == {Subject("host", "host-7"): frozenset()}


@pytest.mark.parametrize(
    ("tail", "line"),
    [
        (log("one", "two"), "two"),
        (log("one", "", "  "), "one"),
        (log(""), ""),
        (LogTail(text=""), ""),
        (LogTail(text="no time at all"), "no time at all"),
        (log("2026-11-24T02:00:00Z the application's own time"), "2026-11-24T02:00:00Z the application's own time"),
        (LogTail(text="2026-11-24T02:55:00.1Z one\n2026-11-24T02:55:00.1Z"), "one"),
        (LogTail(text="2026-11-24T02:55:00+01:00 zone\n"), "zone"),
        (log("ends ", "\twith a tab"), "with a tab"),
    ],
)
def test_the_last_line_that_says_something(tail: LogTail, line: str) -> None:
    """Given a log's end, then its last line with text is given, without the engine's time and no more than that."""
    assert tail.last_line == line


def test_events_of_a_container_by_action() -> None:
    """Given events of many kinds, then those of this container with these actions are given, in their order."""
    web, other = container("web-1"), container("db-1")
    first, second = event("die", web, at=ago(minutes=9)), event("kill", web, at=ago(minutes=8))
    events = (
        first,
        event("die", other),
        event("die", web.inspect.id, kind="network"),
        event("start", web),
        second,
    )

    assert list(host(web, other, events=events).events_of(web, "die", "kill")) == [first, second]
    assert list(host(web, other, events=events).events_of(web)) == []


def test_a_containers_evidence_says_where_it_was_read() -> None:
    """Given a container, then its facts name the call and its moment, and an empty log is no evidence."""
    web = container(log=log("text"))

    assert web.evidence("State.Pid", 7).source == "GET /containers/web-1/json State.Pid"
    assert (web.evidence("State.Pid", 7).value, web.evidence("State.Pid", 7).at) == ("7", NOW)
    assert [item.source for item in web.log_evidence()] == ["GET /containers/web-1/logs"]
    assert container(log=LogTail(text=" \n")).log_evidence() == ()
    assert container(log=None).log_evidence() == ()


def test_what_was_looked_at_is_counted() -> None:
    """Given a host that was read, then its parts are counted, without those of which there are none."""
    snapshot = host(container(), container("db-1"), events=(event("start", "x"),), stopped_before_window=3)

    assert snapshot.looked_at() == {
        "engines": 1,
        "containers": 2,
        "images": 1,
        "networks": 1,
        "events": 1,
        "containers stopped before the window": 3,
    }


def test_an_engine_that_was_not_reached_was_not_looked_at() -> None:
    """Given an engine that could not be reached, then nothing was looked at."""
    lost = Unreachable(obstacle=Obstacle.REFUSED, message="refused")

    assert host(unreachable=lost).looked_at() == {}


def test_the_image_of_a_container() -> None:
    """Given a container, then its image is found by id, and may be missing."""
    web = container()

    assert host(web).image_of(web) is not None
    assert host(web, images={}).image_of(web) is None


def test_a_snapshot_that_was_never_filled_is_whole() -> None:
    """Given only what every snapshot has, then all that is asked of it has an answer."""
    least = Snapshot(request=host().request, taken_at=NOW, host="h", address="unix:///x")

    assert least.upstream() == {Subject("host", "h"): frozenset()}
    assert least.window_start == ago(hours=24)
