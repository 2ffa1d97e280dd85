"""Docker 26 to 29 in the shapes that their API documents: the collector reads the same facts from all of them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler, frames

FIXTURES = Path(__file__).parents[4] / "fixtures" / "docker"
VERSIONS = {"26.1": "1.45", "27.5": "1.47", "28.0": "1.48", "28.5": "1.51", "29.0": "1.52"}
_TAKEN_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest, engine: FakeEngine) -> str:
    """The version that the engine plays."""
    played = str(request.param)
    answers = json.loads((FIXTURES / f"{played}.json").read_text())
    for route, value in answers["json"].items():
        engine.json(route, value)
    for route, values in answers["lines"].items():
        engine.text(route, "".join(json.dumps(value) + "\n" for value in values).encode())
    for route, lines in answers["logs"].items():
        engine.text(route, frames(*(f"{line}\n" for line in lines)))
    return played


def _read(engine: FakeEngine) -> Snapshot:
    """Read the host however long ago it was recorded."""
    return read(engine, window=timedelta(days=36_500), audit=True)


def _judged(snapshot: Snapshot, *, audit: bool) -> Report:
    """Judge the host as of the moment of its recording."""
    seen = replace(snapshot, taken_at=_TAKEN_AT, clock_at=_TAKEN_AT, request=Request(audit=audit))
    return judge(seen, ReportTarget(name="local", platform="docker", zone="default"))


def _service(snapshot: Snapshot, service: str) -> Container:
    (found,) = (container for container in snapshot.containers if container.service == service)
    return found


def test_everything_is_read(engine: FakeEngine, version: str) -> None:
    """Nothing of the host is a gap, and every call after the first names the newest version that both sides know."""
    snapshot = _read(engine)

    assert snapshot.unreachable is None
    assert snapshot.gaps == ()
    assert snapshot.client_api_version == VERSIONS[version]
    named = {path.split("/")[1] for path in engine.requests if not path.startswith(("/_ping", "/version"))}
    assert named == {f"v{VERSIONS[version]}"}
    assert (len(snapshot.containers), len(snapshot.images), len(snapshot.events)) == (3, 1, 4)


def test_facts_of_the_engine(engine: FakeEngine, version: str) -> None:
    """What checks want to know of the engine stands in every version's answers."""
    snapshot = _read(engine)

    assert snapshot.version.version.startswith(version)
    assert not snapshot.version.podman
    info, disk = snapshot.info, snapshot.disk
    assert (info.name, info.cgroup_version, info.ncpu, info.mem_total) == ("host-7", "2", 4, 16_742_707_200)
    assert (info.memory_limit, info.swap_limit, info.ipv4_forwarding) == (True, True, True)
    assert info.driver == ("overlayfs" if version == "29.0" else "overlay2")
    assert disk is not None
    assert (disk.layers_size, disk.images[0].containers, disk.volumes[0].usage_data.size) == (71_303_168, 3, 52_428_800)
    assert disk.build_cache[0].size == 8_388_608


def test_facts_of_containers(engine: FakeEngine, version: str) -> None:
    """What checks want to know of containers stands in every version's answers."""
    web = _service(_read(engine), "web")

    assert web.state.health is not None
    assert (web.state.health.status, web.state.health.log[0].output) == ("healthy", "ok\n")
    assert web.depends_on == ("db",)
    assert web.inspect.host_config.memory == 256 * 1024 * 1024
    assert web.inspect.host_config.restart_policy.name == "unless-stopped"
    assert web.inspect.network_settings.ports["8080/tcp"][0].host_port == "18080"
    assert web.inspect.network_settings.networks["shop_default"].ip_address == "172.18.0.2"
    assert (web.inspect.mounts[0].type, web.inspect.mounts[0].name) == ("volume", "shop_data")
    assert web.inspect.size_rw == 4096
    assert "DB_PASSWORD=[redacted]" in web.inspect.config.env
    assert [sample.memory_stats.working_set for sample in web.samples] == [67_108_864 - 16_777_216] * 2
    assert web.processes is not None
    assert web.processes.processes[0][-1] == "/usr/bin/serve --port 8080"


def test_the_image_of_a_container_is_found(engine: FakeEngine, version: str) -> None:
    """A container's image is found by its id, be that of a configuration or, in containerd's store, of a manifest."""
    snapshot = _read(engine)

    image = snapshot.image_of(_service(snapshot, "web"))

    assert image is not None
    assert image.inspect.repo_tags == ("shop/app:3",)
    assert (image.inspect.architecture, image.inspect.config.user) == ("amd64", "app")
    assert [layer.size for layer in image.history] == [0, 12_582_912]


def test_the_same_findings(engine: FakeEngine, version: str) -> None:
    """The database that failed and the job that was killed for memory are found, and nothing else is."""
    report = _judged(_read(engine), audit=False)

    assert {(item.code, item.subject) for item in report.findings} == {
        ("DKR-C101", "container/shop-db-1"),
        ("DKR-C102", "container/shop-job-1"),
        ("DKR-C115", "project/shop"),
    }
    (exited,) = (item for item in report.findings if item.code == "DKR-C101")
    assert "the data directory is of another version" in exited.summary


def test_an_audit_takes_no_new_shape_for_a_fault(engine: FakeEngine, version: str) -> None:
    """What newer versions leave out or rename is no fault of the engine; what they do tell of it may be one."""
    report = _judged(_read(engine), audit=True)

    old = {"26.1", "27.5"}
    assert {item.code for item in report.findings if item.subject.startswith("host/")} == {
        "DKR-A101",
        *(["DKR-E103"] if version in old else []),
    }
    assert report.gaps == ()


def test_an_engine_that_refuses_old_versions(engine: FakeEngine) -> None:
    """Docker 29 refuses what is older than 1.44, as Sickbay's oldest is: it is asked for the newest in common."""
    answers = json.loads((FIXTURES / "29.0.json").read_text())
    for route, value in answers["json"].items():
        engine.json(route, value)
    list_containers = engine.routes["/containers/json"]

    def strict(handler: Handler) -> None:
        asked = tuple(int(part) for part in handler.path.split("/")[1].removeprefix("v").split("."))
        if asked < (1, 44):
            handler.send(400, b'{"message":"client version is too old. Minimum supported API version is 1.44"}')
        else:
            list_containers(handler)

    engine.routes["/containers/json"] = strict

    assert len(_read(engine).summaries) == 3
