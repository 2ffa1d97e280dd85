"""Whole reports: what stands first, and what is folded beneath it."""

from typing import Any

from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.snapshot import Container
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, health, host, log, report

COMPOSE = "com.docker.compose."


def member(service: str, needs: str = "", project: str = "shop", **differs: Any) -> Container:
    labels = {"project": project, "service": service, "depends_on": needs}
    return container(f"{service}-1", labels={COMPOSE + key: value for key, value in labels.items()}, **differs)


def folded(judged: Report) -> list[str]:
    """Give the report as a tree: each finding by code and name, a dash for each cause above it up to its root."""
    depth: dict[str, int] = {}
    for item in judged.findings:
        depth[item.id] = 1 + max((depth[cause] for cause in item.explained_by if cause in depth), default=-1)
    return [f"{'- ' * depth[item.id]}{item.code} {item.subject.partition('/')[2]}" for item in judged.findings]


DB = member("db", status="exited", exit_code=1, finished_at=ago(minutes=9), log=log("PG_VERSION is missing"))


def test_a_database_that_is_down_is_the_one_cause() -> None:
    """Given a database that exited, then the web server's probe and the worker's loop are folded under it."""
    web = member("web", "db:service_started:false", health=health("a", "b", "503, database unavailable"))
    worker = member("worker", "db", status="restarting", restart_count=5, exit_code=1, started_at=ago(minutes=6))

    judged = report(host(web, worker, DB))

    assert [item.id for item in judged.causes] == ["DKR-C101@container/db-1"]
    assert {item.code for item in judged.findings} == {"DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115"}
    assert "PG_VERSION is missing" in judged.findings[0].summary
    assert judged.gaps == ()


def test_two_causes_keep_their_own_symptoms() -> None:
    """Given a database and a cache that failed for themselves, then each has its own symptoms beneath it."""
    cache = member("cache", status="exited", exit_code=137, oom_killed=True)
    web = member("web", "db", health=health("a", "b", "no database"))
    api = member("api", "cache", health=health("a", "b", "no cache"))

    judged = report(host(api, web, cache, DB))

    assert {item.id for item in judged.causes} == {"DKR-C101@container/db-1", "DKR-C102@container/cache-1"}
    by_id = {item.id: item for item in judged.findings}
    assert by_id["DKR-C105@container/web-1"].explained_by == ("DKR-C101@container/db-1",)
    assert by_id["DKR-C105@container/api-1"].explained_by == ("DKR-C102@container/cache-1",)
    assert set(by_id["DKR-C115@project/shop"].explained_by) >= {item.id for item in judged.causes}
    assert len(by_id) == len(judged.findings) == 5


def test_a_symptom_of_two_causes_is_shown_once() -> None:
    """Given a web server that needs both a database and a cache that failed, then it stands once and names both."""
    cache = member("cache", status="exited", exit_code=3)
    web = member("web", "db,cache", health=health("a", "b", "503"))

    judged = report(host(web, cache, DB))

    (symptom,) = [item for item in judged.findings if item.code == "DKR-C105"]
    assert set(symptom.explained_by) == {"DKR-C101@container/db-1", "DKR-C101@container/cache-1"}
    assert len({item.id for item in judged.findings}) == len(judged.findings)


def test_another_project_is_not_blamed() -> None:
    """Given an unhealthy web server of another project, then the database of this one does not explain it."""
    other = member("other", project="bank", health=health("a", "b", "503"))

    judged = report(host(DB, other))

    assert {item.id for item in judged.causes} == {"DKR-C101@container/db-1", "DKR-C105@container/other-1"}


def test_a_chain_is_folded_in_its_order() -> None:
    """Given database, web server and proxy, each failing for the one before, then the report reads in that order."""
    web = member("web", "db", status="exited", exit_code=1, finished_at=ago(minutes=8))
    proxy = member("proxy", "web", health=health("a", "b", "502"))

    judged = report(host(proxy, web, DB))

    assert [line for line in folded(judged) if "DKR-C115" not in line] == [
        "DKR-C101 db-1",
        "- DKR-C101 web-1",
        "- - DKR-C105 proxy-1",
    ]
    assert [item.id for item in judged.causes] == ["DKR-C101@container/db-1"]


def test_an_unhealthy_database_explains_who_waits_for_it() -> None:
    """Given a database that is unhealthy and a web server that Compose has not started for that, then it is folded."""
    db = member("db", health=health("a", "b", "refused"))
    web = member("web", "db:service_healthy:false", status="created", created=ago(minutes=5))

    assert folded(report(host(web, db))) == ["DKR-C105 db-1", "- DKR-C106 web-1"]


def test_out_of_memory_stands_over_its_loop() -> None:
    """Given a container that the kernel kills over and over, then the loop is folded under the lack of memory."""
    one = container(oom_killed=True, restart_count=4)
    events = [
        item
        for age in (6, 4, 2)
        for item in (event("oom", one, at=ago(minutes=age)), event("die", one, at=ago(minutes=age), exitCode="137"))
    ]

    assert folded(report(host(one, events=tuple(events)))) == ["DKR-C102 web-1", "- DKR-C104 web-1"]


def test_a_crash_stands_over_its_loop() -> None:
    """Given a container that exits with an error over and over, then the loop is folded under the error."""
    one = container(restart_count=4)
    events = tuple(event("die", one, at=ago(minutes=age), exitCode="3") for age in (6, 4, 2))

    assert folded(report(host(one, events=events))) == ["DKR-C101 web-1", "- DKR-C104 web-1"]
