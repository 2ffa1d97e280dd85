"""Containers broken on purpose on a real engine: made under a prefix of their own, removed in the end."""

import io
import secrets
import tarfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import docker
import docker.errors
from docker.models.containers import Container
from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis, diagnose, judge
from sickbay.diagnostics.model import Report, ReportFinding
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request

#: The image that containers are made of: a static busybox and nothing else.
IMAGE = "sickbay-tests/busybox:1"
_LABEL = "sickbay.tests"
_PATIENCE = 30.0
_APPLETS = ("sh", "sleep", "echo", "true", "false", "cat", "head", "tail", "httpd", "nc", "seq", "kill")


class ComposeProject(Struct, frozen=True):
    """A Compose project as its labels tell it: the name of the project, and each service's container."""

    name: str
    containers: Mapping[str, str]


class Lab:
    """Makes containers on one engine. As a context, it removes them all when it ends."""

    def __init__(self, target: DockerTarget, image: str = IMAGE) -> None:
        self.target = target
        self.image = image
        self.client = docker.DockerClient(base_url=target.host, version="auto", timeout=60)
        self.prefix = f"sickbay-{secrets.token_hex(4)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove_all()
        self.client.close()

    def remove_all(self) -> None:
        """Remove all containers made here."""
        for container in self.client.containers.list(
            all=True, filters={"label": f"{_LABEL}={self.prefix}"}, ignore_removed=True
        ):
            remove(container)

    def create(self, name: str, *command: str, **options: Any) -> Container:
        """Create a container of the busybox image; `options` are those of the Docker SDK."""
        labels = {_LABEL: self.prefix, **options.pop("labels", {})}
        options.setdefault("network_mode", "none")
        return self.client.containers.create(self.image, list(command), name=self.name(name), labels=labels, **options)

    def run(self, name: str, *command: str, **options: Any) -> Container:
        """Create a container and start it."""
        container = self.create(name, *command, **options)
        container.start()
        return container

    def fail(self, name: str, *command: str, **options: Any) -> Container:
        """Create a container that the engine refuses to start."""
        container = self.create(name, *command, **options)
        try:
            container.start()
        except docker.errors.APIError:
            return container
        raise AssertionError(f"{name} was expected not to start")

    def name(self, name: str) -> str:
        """Give the full name of a container."""
        return f"{self.prefix}-{name}"

    def until(self, container: Container, condition: Callable[[dict[str, Any]], object]) -> None:
        """Wait until the container's inspection meets the condition."""
        deadline = time.monotonic() + _PATIENCE
        while not condition(inspected(container)):
            assert time.monotonic() < deadline, f"{container.name}: {inspected(container)['State']}"
            time.sleep(0.05)

    def until_exited(self, container: Container) -> None:
        """Wait until the container has ended."""
        self.until(container, lambda seen: seen["State"]["Status"] == "exited")

    def diagnose(self, scope: str | None, **request: Any) -> Diagnosis:
        """Diagnose a scope: a container's name, a project's."""
        assert scope
        return diagnose(self.target, Request(scope=scope, **request), budget=Budget(60))

    def diagnose_host(self, **request: Any) -> Diagnosis:
        """Diagnose the whole engine, whatever else is on it."""
        return diagnose(self.target, Request(**request), budget=Budget(60))

    def compose(
        self, project: str, service: str, *command: str, depends_on: str = "", number: int = 1, **options: Any
    ) -> Container:
        """Create and start a container as Compose labels it."""
        labels = {
            "project": project,
            "service": service,
            "config-hash": service.encode().hex().ljust(64, "0"),
            "container-number": str(number),
            "oneoff": "False",
            "depends_on": depends_on,
            "project.config_files": f"/srv/{project}/docker-compose.yml",
            "project.working_dir": f"/srv/{project}",
            "version": "2.32.4",
        }
        options["labels"] = {f"com.docker.compose.{name}": value for name, value in labels.items()}
        return self.run(f"{service}-{number}", *command, **options)


def make_broken_shop(lab: Lab) -> ComposeProject:
    """Start a shop whose database ends with an error, whose web server misses it, and whose cache is well."""
    project = lab.name("shop")
    said = 'FATAL:  could not open file "/var/lib/postgresql/data/PG_VERSION": No such file or directory'
    db = lab.compose(project, "db", "sh", "-c", f"exec >&2; echo 'starting database'; echo '{said}'; exit 1")
    lab.until_exited(db)
    cache = lab.compose(project, "cache", "sleep", "3600", healthcheck=probe("true"), stop_signal="SIGKILL")
    web = lab.compose(
        project, "web", "sh", "-c", "echo 'error: connect to db:5432: no such host' >&2; sleep 3600",
        depends_on="db:service_started:false,cache:service_healthy:false",
        healthcheck=probe("echo 'GET /health: 503, database unavailable'; exit 1"), stop_signal="SIGKILL",
    )  # fmt: skip
    lab.until(web, lambda seen: seen["State"]["Health"]["Status"] == "unhealthy")
    lab.until(cache, lambda seen: seen["State"]["Health"]["Status"] == "healthy")
    return ComposeProject(project, {"db": str(db.name), "web": str(web.name), "cache": str(cache.name)})


def probe(command: str, retries: int = 1) -> dict[str, object]:
    """Give a health check that runs this shell command all the time."""
    return {"test": ["CMD-SHELL", command], "interval": 300_000_000, "timeout": 5_000_000_000, "retries": retries}


def inspected(container: Container) -> dict[str, Any]:
    """Give what the engine says of the container now."""
    container.reload()
    return dict(container.attrs)


def remove(container: Container) -> None:
    """Remove the container, whatever it does."""
    try:
        container.remove(force=True, v=True)
    except docker.errors.NotFound:
        return


def snapshot_of(diagnosis: Diagnosis) -> Snapshot:
    """Give what the diagnosis saw."""
    assert isinstance(diagnosis.snapshot, Snapshot)
    assert diagnosis.snapshot.unreachable is None
    return diagnosis.snapshot


def finding(report: Report, code: str) -> ReportFinding:
    """Give the one finding of this code."""
    found = [item for item in report.findings if item.code == code]
    assert len(found) == 1, [f"{item.code}: {item.summary}" for item in report.findings]
    return found[0]


def judged_later(diagnosis: Diagnosis, later: timedelta) -> Report:
    """Give the report that the same snapshot would have made, had it been taken so much later."""
    snapshot = snapshot_of(diagnosis)
    return judge(replace(snapshot, taken_at=snapshot.taken_at + later), diagnosis.report.target)


def rootfs(busybox: Path) -> bytes:
    """Give a tar of a file system that holds busybox under the names that the tests use."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for directory in ("bin", "etc", "tmp"):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        tar.add(busybox.resolve(), "bin/busybox")
        for applet in _APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
        entry = tarfile.TarInfo("etc/not-a-program")
        entry.mode = 0o644
        tar.addfile(entry)
    return content.getvalue()
