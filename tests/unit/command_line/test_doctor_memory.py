"""`sickbay doctor` says of each target whether a recorder watches it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import redis

from sickbay.diagnostics import catalogue, engine
from sickbay.diagnostics.events import Batch
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Target
from sickbay.jobs.event_log import EventLog
from tests.unit.command_line.conftest import Run
from tests.unit.command_line.reports import report


@pytest.fixture
def targets() -> list[Target]:
    """Three hosts, and a registry, which cannot be watched."""
    hosts = [DockerTarget(name=name, host="unix:///nowhere/docker.sock") for name in ("watched", "never", "refused")]
    return [*hosts, RegistryTarget(name="images", url="https://registry.example.com")]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch, run: Run, valkey_url: str, client: redis.Redis) -> EventLog:
    """What recorders wrote, in a Redis that the environment names."""
    known = catalogue.load_platforms()
    docker = msgspec.structs.replace(known["docker"], watching="nowhere:watch")
    registry = msgspec.structs.replace(known["registry"], watching="")
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {**known, "docker": docker, "registry": registry})
    monkeypatch.setattr(engine, "diagnose", lambda *_, **__: engine.Diagnosis(report(), None))  # type: ignore[arg-type]  # not looked at
    monkeypatch.setenv("REDIS_URL", valkey_url)
    return EventLog(client)


def test_each_target_is_told_with_its_recorder(run: Run, memory: EventLog) -> None:
    """Given one target watched, one never, and one that cannot be, when the doctor looks, then it says so."""
    memory.record("default", "watched", Batch(until=datetime.now(UTC) - timedelta(seconds=9)), "one")
    memory.trouble("default", "refused", "The role may not watch pods.")

    result = run("doctor")

    assert [line for line in result.stdout.splitlines() if "Memory" in line] == [
        "✓ Memory of watched: a recorder watches it",
        "– Memory of never: no recorder has ever watched it",
        "– Memory of refused: the recorder cannot watch: The role may not watch pods.",
    ]
    assert "Run `sickbay recorder` near it" in result.stdout


def test_a_target_of_which_some_is_not_seen_is_watched(run: Run, memory: EventLog) -> None:
    """Given a recorder that misses some of a target, when the doctor looks just then, then it is watched."""
    now = datetime.now(UTC)
    for seconds in (9, 0):
        batch = Batch(until=now - timedelta(seconds=seconds), lost="nodes: RBAC refuses to list and watch them")
        memory.record("default", "watched", batch, "one")

    assert "✓ Memory of watched: a recorder watches it" in run("doctor").stdout


def test_without_redis_nothing_is_said_of_memory(run: Run, memory: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a Redis that does not answer, when the doctor looks, then that is what it says, once."""
    memory.record("default", "watched", Batch(until=datetime.now(UTC) - timedelta(seconds=9)), "one")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")

    result = run("doctor")

    assert "✗ Redis: " in result.stdout
    assert "Memory" not in result.stdout
