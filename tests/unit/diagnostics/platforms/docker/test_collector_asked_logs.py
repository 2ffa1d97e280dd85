"""Logs that a person asked for: of what the scope names, the unwell first, and nothing else is read."""

import json
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.errors import CancelledError, PermanentError, UnknownScopeError
from sickbay.diagnostics.model import LOG_BYTES, MOST_LOGS, Log
from sickbay.diagnostics.platforms.docker.scopes import choices
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler, frames, inspection, summary

SECRET = "vErY5ecretAndOnlyInTheEnvironment"


def asked(engine: FakeEngine, scope: str, budget: Budget | None = None) -> tuple[Log, ...]:
    return read_logs(engine.target, Request(scope=scope, logs=True), budget=budget or Budget(20))


def member(name: str, service: str, **changes: Any) -> dict[str, Any]:
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": service}
    return inspection(name, Config={"Image": "web:1", "Labels": labels}, **changes)


def serve(engine: FakeEngine, *items: dict[str, Any], **statuses: str) -> None:
    """Let these be the containers, each with a log that says its name, and some with a status in the list."""
    engine.containers(*items)
    named = [(item, statuses.get(item["Name"][1:].replace("-", "_"), "Up 2 hours")) for item in items]
    engine.json("/containers/json", [{**summary(item), "Status": status} for item, status in named])
    for item in items:
        engine.text(f"/containers/{item['Id']}/logs", frames(f"2026-11-23T10:00:00Z I am {item['Name'][1:]}\n"))


def hang(handler: Handler) -> None:
    """Answer nothing until the client goes."""
    handler.rfile.read(1)


def test_the_log_of_a_container(engine: FakeEngine) -> None:
    """Given two containers, when the log of one is asked for, then it comes, and only what it takes is read."""
    serve(engine, inspection("web-1"), inspection("db-1"))

    assert asked(engine, "web-1") == (Log(name="web-1", text="2026-11-23T10:00:00Z I am web-1"),)
    paths = [path.partition("?")[0].rpartition("/")[2] for path in engine.requests]
    assert paths == ["_ping", "version", "json", "json", "logs"]
    assert "tail=1000" in engine.requests[-1]


def test_the_logs_of_a_service_begin_with_the_unwell(engine: FakeEngine) -> None:
    """Given a Compose service of three, one ended in error and one is unhealthy, then these two come first."""
    ended = {"Status": "exited", "ExitCode": 1, "StartedAt": "2026-11-23T09:00:01Z"}
    serve(
        engine,
        member("shop-api-1", "api"),
        member("shop-api-2", "api", State=ended),
        member("shop-api-3", "api"),
        member("shop-db-1", "db"),
        shop_api_2="Exited (1) 5 minutes ago",
        shop_api_3="Up 2 hours (unhealthy)",
    )

    assert [log.name for log in asked(engine, "shop/api")] == ["shop-api-2", "shop-api-3", "shop-api-1"]
    assert len(asked(engine, "shop")) == 4


def test_with_siblings_the_logs_of_other_replicas_come(engine: FakeEngine) -> None:
    """Given a container of a Compose service, when compared, then its replicas' logs come, the unwell marked."""
    names = [f"shop-api-{number}" for number in range(1, 15)]
    ended = {"Status": "exited", "ExitCode": 1, "StartedAt": "2026-11-23T09:00:01Z"}
    replicas = [member(name, "api", **({"State": ended} if name == "shop-api-3" else {})) for name in names]
    serve(engine, *replicas, member("shop-db-1", "db"), shop_api_3="Exited (1) a day ago")

    logs = read_logs(engine.target, Request(scope="shop-api-2", logs=True, siblings=True), budget=Budget(20))

    assert [log.name for log in logs if log.unwell] == ["shop-api-2", "shop-api-3"]
    assert len(logs) == MOST_LOGS
    assert all(log.name in names for log in logs)


def test_a_container_alone_has_no_siblings(engine: FakeEngine) -> None:
    """Given containers of no service, when one is compared, then its log alone comes; where it is refused, it fails."""
    web = inspection("web-1")
    serve(engine, web, inspection("db-1"))
    asks = Request(scope="web-1", logs=True, siblings=True)

    (log,) = read_logs(engine.target, asks, budget=Budget(20))

    assert (log.name, log.unwell) == ("web-1", True)
    engine.text(f"/containers/{web['Id']}/logs", json.dumps({"message": "no"}).encode(), 501)
    with pytest.raises(PermanentError, match="could not read the log of web-1: No"):
        read_logs(engine.target, asks, budget=Budget(20))


def test_a_secret_of_the_environment_is_hidden_in_the_log(engine: FakeEngine) -> None:
    """Given a program that logs its password, and nothing there says so, when asked for, then it is hidden."""
    web = inspection("web-1", Config={"Image": "web:1", "Env": [f"DB_PASSWORD={SECRET}"], "Labels": {}})
    serve(engine, web)
    engine.text(f"/containers/{web['Id']}/logs", frames(f"2026-11-23T10:00:00Z connecting with {SECRET}\n"))

    (log,) = asked(engine, "web-1")

    assert log.text == "2026-11-23T10:00:00Z connecting with [redacted]"


def test_an_unknown_name_is_answered_with_the_nearest(engine: FakeEngine) -> None:
    """Given a name that nothing has, when its log is asked for, then those most like it are named, as elsewhere."""
    serve(engine, inspection("web-1"))

    with pytest.raises(UnknownScopeError, match="Did you mean web-1") as raised:
        asked(engine, "web-2")

    assert raised.value.nearest == ("web-1",)


def test_a_log_that_the_driver_keeps_to_itself_says_so(engine: FakeEngine) -> None:
    """Given two containers, one whose driver cannot be read, then it says so; where that is all there is, it fails."""
    silent = member("shop-api-1", "api")
    serve(engine, silent, member("shop-api-2", "api"))
    message = json.dumps({"message": "configured logging driver does not support reading"}).encode()
    engine.text(f"/containers/{silent['Id']}/logs", message, 501)

    first, second = asked(engine, "shop/api")

    why = "Configured logging driver does not support reading."
    assert first == Log(name="shop-api-1", text=f"Sickbay could not read this log: {why}")
    assert second.text.endswith("I am shop-api-2")
    with pytest.raises(PermanentError, match=f"^Sickbay could not read the log of shop-api-1: {why}$"):
        asked(engine, "shop-api-1")


def test_more_containers_than_are_read_are_named(engine: FakeEngine) -> None:
    """Given a service of twelve, when its logs are asked for, then nine come, and the tenth names the other three."""
    serve(engine, *(member(f"shop-api-{number:02}", "api") for number in range(1, 13)))

    logs = asked(engine, "api")

    assert len(logs) == MOST_LOGS
    assert logs[-1].text.splitlines()[1:] == ["shop-api-10", "shop-api-11", "shop-api-12"]


def test_of_a_log_of_huge_lines_the_end_is_read(engine: FakeEngine) -> None:
    """Given a log whose tail is larger than is read, when asked for, then fewer lines are: the last ones."""
    web = inspection("web-1")
    serve(engine, web)
    line = "2026-11-23T10:00:00Z " + "word " * 1_900

    def logs(handler: Handler) -> None:
        tail = int(handler.path.partition("tail=")[2])
        handler.send(200, frames(*(f"{line}{number}\n" for number in range(1_000 - tail, 1_000))))

    engine.routes[f"/containers/{web['Id']}/logs"] = logs

    (log,) = asked(engine, "web-1")

    assert log.text.endswith(" 999")
    assert len(log.text.split("\n")) == 50
    assert len(log.text) <= LOG_BYTES


def test_an_engine_that_is_not_there_is_told(engine: FakeEngine) -> None:
    """Given an engine without a socket, and one that never answers, when asked for a log, then a sentence says so."""
    engine.routes["/_ping"] = hang
    with pytest.raises(PermanentError, match=r"^local did not answer in time\.$|^local cannot be reached: "):
        asked(engine, "web-1", Budget(0.3))

    engine.die()
    with pytest.raises(PermanentError, match=r"^local cannot be reached: No such file"):
        asked(engine, "web-1")


def test_who_cancels_gets_no_log(engine: FakeEngine) -> None:
    """Given a job that was cancelled, when it reads, then it ends so."""
    with pytest.raises(CancelledError):
        asked(engine, "web-1", Budget(20, cancelled=lambda: True))


def test_what_can_be_typed_begins_with_the_unwell(engine: FakeEngine) -> None:
    """Given a project and a container beside it, when a host is read, then its scopes are these, the unwell first."""
    ended = {"Status": "exited", "ExitCode": 3, "StartedAt": "2026-11-23T09:00:01Z"}
    serve(
        engine,
        member("shop-api-1", "api"),
        member("shop-db-1", "db", State=ended),
        inspection("alone"),
        shop_db_1="Exited (3) 1 second ago",
    )

    assert list(choices(read(engine))) == ["shop-db-1", "shop", "shop/api", "shop/db", "alone", "shop-api-1"]
