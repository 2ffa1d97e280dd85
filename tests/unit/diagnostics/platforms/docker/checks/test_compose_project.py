"""DKR-C115: a Compose project of which a part is down while the rest runs."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.docker.checks.compose_project import compose_project
from sickbay.diagnostics.platforms.docker.snapshot import Container
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, findings, host

COMPOSE = "com.docker.compose."


def member(service: str, number: int = 1, *, needs: str = "", project: str = "shop", **differs: Any) -> Container:
    labels = {"project": project, "service": service, "depends_on": needs} | differs.pop("labels", {})
    return container(
        f"{project}-{service}-{number}", labels={COMPOSE + key: value for key, value in labels.items()}, **differs
    )


DOWN: dict[str, Any] = {"status": "exited", "exit_code": 1}


def test_a_part_that_is_down_is_told_with_what_depends_on_it() -> None:
    """Given a database that failed and a web server that needs it, then the finding names the one to look at."""
    (finding,) = findings(compose_project, host(member("db", **DOWN), member("web", needs="db:service_started:false")))

    assert finding.summary == "Compose project shop: 1 of 2 containers are down, first of all db; web depends on it."
    assert str(finding.subject) == "project/shop"
    assert [(item.source, item.value) for item in finding.evidence] == [
        ("GET /containers/shop-db-1/json State.Status", "exited (exit code 1)")
    ]
    assert finding.remedy is not None
    assert (finding.remedy.command, finding.remedy.owner) == ("docker logs shop-db-1", "Compose project shop")


def test_the_first_is_the_one_that_waits_for_no_other() -> None:
    """Given that all are down and the web server failed before the database it needs, then the database is first."""
    db, web = member("db", **DOWN), member("web", needs="db", **DOWN, finished_at=ago(minutes=9))

    (finding,) = findings(compose_project, host(web, db))

    assert "2 of 2 containers are down, first of all db; web depends on it" in finding.summary
    assert finding.count == 2


def test_of_two_that_wait_for_none_the_earlier_is_first() -> None:
    """Given two services that failed and need no other, then the one that failed first is first of all."""
    late, early = member("a", **DOWN), member("b", **DOWN, finished_at=ago(hours=1))

    (finding,) = findings(compose_project, host(late, early, member("c")))

    assert "first of all b." in finding.summary


@pytest.mark.parametrize(
    "down",
    [
        member("db", status="exited", exit_code=3),
        member("db", status="dead", exit_code=1),
        member("db", status="restarting", exit_code=1),
        member("db", status="created", error="network x not found"),
        member("db", status="exited", exit_code=137, oom_killed=True),
        member("db", status="exited", exit_code=255),
    ],
    ids=["error", "dead", "restarting", "refused", "out of memory", "lost"],
)
def test_what_counts_as_down(down: Container) -> None:
    """Given a part that failed in any way, while another runs, then the project is incomplete."""
    assert len(findings(compose_project, host(down, member("web")))) == 1


@pytest.mark.parametrize(
    "well",
    [
        (member("job", status="exited", exit_code=0), member("web")),
        (member("db", status="exited", exit_code=143), member("web")),
        (member("db", status="exited", exit_code=137), member("web")),
        (member("db", status="exited", exit_code=130), member("web")),
        (member("db", status="created"), member("web")),
        (member("db", **DOWN), member("web", **DOWN)),
        (member("db", **DOWN), member("web", project="other")),
        (member("db", **DOWN, labels={"oneoff": "True"}), member("web")),
        (container(**DOWN), container("web-2")),
        (member("db"), member("web")),
    ],
    ids=[
        *("its work done", "stopped", "killed", "interrupted", "not started yet", "all stopped alike"),
        *("another project's", "a one-off run", "no project", "all run"),
    ],
)
def test_what_is_no_incomplete_project_is_left_alone(well: tuple[Container, ...]) -> None:
    """Given parts that were stopped, did their work, or belong to no project, then nothing is found."""
    assert findings(compose_project, host(*well)) == []


def test_replicas_of_different_configurations_are_told() -> None:
    """Given two replicas with different config hashes, then the service is told with both."""
    old, new = (member("web", number, labels={"config-hash": text * 64}) for number, text in ((1, "a"), (2, "b")))

    (finding,) = findings(compose_project, host(old, new))

    assert finding.summary == "The 2 replicas of web in Compose project shop differ in configuration."
    assert [item.value for item in finding.evidence] == ["a" * 12, "b" * 12]


@pytest.mark.parametrize("hashes", [("a", "a"), ("a", ""), ("", "")])
def test_replicas_alike_or_without_a_hash_are_left_alone(hashes: tuple[str, str]) -> None:
    """Given the same hash, or one that was never written, then nothing is found: absence proves nothing."""
    replicas = (member("web", number, labels={"config-hash": text}) for number, text in enumerate(hashes))

    assert findings(compose_project, host(*replicas)) == []


def test_a_member_without_a_service_is_told_by_its_name() -> None:
    """Given a member whose service label is missing, then its container's name stands for it."""
    (finding,) = findings(compose_project, host(member("", **DOWN), member("web")))

    assert "first of all shop--1." in finding.summary
