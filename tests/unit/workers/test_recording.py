"""A recorder process watches the targets of its zones that can be watched, says how it is, and ends when told to."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec
import pytest
import redis

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.events import Batch
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Target
from sickbay.jobs.event_log import EventLog
from workers import recording
from workers.recording import run_recorder

ROOT = Path(__file__).parents[3]
TARGETS: dict[str, Target] = {
    "near": DockerTarget(name="near", zone="alpha", host="unix:///nowhere/1.sock"),
    "also": DockerTarget(name="also", zone="beta", host="unix:///nowhere/2.sock"),
    "far": DockerTarget(name="far", zone="gamma", host="unix:///nowhere/3.sock"),
    "images": RegistryTarget(name="images", zone="alpha", url="https://registry.example.com"),
}
WATCHED = threading.Semaphore(0)


def watch(target: Target, _cursor: str, stopping: threading.Event) -> Iterator[Batch]:
    """Tell once that the target is watched, and wait for the end; `near` is deaf to it."""
    yield Batch(until=datetime.now(UTC), cursor=target.name)
    WATCHED.release()
    (threading.Event() if target.name == "near" else stopping).wait()
    yield Batch(until=datetime.now(UTC), cursor=f"{target.name}, the end")


@pytest.fixture
def _watchable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker hosts that can be watched, registries that cannot."""
    known = catalogue.load_platforms()
    docker = msgspec.structs.replace(known["docker"], watching=f"{__name__}:watch")
    registry = msgspec.structs.replace(known["registry"], watching="")
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {**known, "docker": docker, "registry": registry})
    monkeypatch.setattr(recording, "FINISH_SECONDS", 0.3)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.usefixtures("_watchable")
def test_the_targets_of_its_zones_are_recorded_until_it_is_told_to_stop(valkey_url: str, client: redis.Redis) -> None:
    """Given targets here and elsewhere, when a recorder runs and is stopped, then it watched those here, and ends.

    One whose watch hangs does not keep it.
    """
    stopping, port = threading.Event(), _free_port()
    process = threading.Thread(
        target=run_recorder,
        kwargs={
            "redis_url": valkey_url,
            "zones": ["alpha", "beta"],
            "targets": TARGETS,
            "keep": timedelta(hours=2),
            "most_events": 1000,
            "stopping": stopping,
            "http": ("127.0.0.1", port),
        },
    )
    process.start()
    for _ in range(2):
        assert WATCHED.acquire(timeout=20)
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.read() == b"ok"
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b'sickbay_recorded_until_seconds{target="also"}' in answer.read()
    stopping.set()
    process.join(20)
    assert not process.is_alive()

    log = EventLog(client)
    cursors = [log.cursor(target.zone, target.name) for target in TARGETS.values()]
    assert cursors == ["near", "also, the end", "", ""]
    assert 0 < client.ttl("sickbay:watched:beta:also") <= 7200


def test_without_redis_it_is_ill_and_says_so() -> None:
    """Given no Redis, when a recorder is asked how it is, then it says what ails it."""
    stopping, port = threading.Event(), _free_port()
    process = threading.Thread(
        target=run_recorder,
        kwargs={
            "redis_url": "redis://127.0.0.1:1",
            "zones": ["alpha"],
            "targets": {},
            "keep": timedelta(hours=2),
            "most_events": 1000,
            "stopping": stopping,
            "http": ("127.0.0.1", port),
        },
    )
    process.start()
    try:
        with pytest.raises(HTTPError) as refused:
            _ask_until_it_listens(port)
        assert refused.value.code == 503
        assert refused.value.read().startswith(b"Redis does not answer: ")
    finally:
        stopping.set()
        process.join(20)


def _ask_until_it_listens(port: int) -> None:
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz")
        except ConnectionError:
            continue
        except OSError as error:
            if isinstance(error, HTTPError):
                raise


def test_a_recorder_of_docker_hosts_loads_no_other_platform() -> None:
    """Given a recorder whose targets are Docker hosts, when it has begun, then the other vendors' code is not there."""
    begun = (
        "import sys, workers.recording; from sickbay.diagnostics import catalogue;"
        "import sickbay.diagnostics.platforms.docker.collector.watching; catalogue.load_platforms();"
        "print(sorted({'boto3', 'kubernetes', 'azure', 'matplotlib', 'sqlalchemy', 'slack_sdk'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", begun], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
