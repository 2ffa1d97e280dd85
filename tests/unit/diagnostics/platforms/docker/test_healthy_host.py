"""A healthy host has nothing to report: what all checks of the catalogue must agree on."""

from sickbay.diagnostics.model import ReportFinding
from sickbay.diagnostics.platforms.docker.wire.containers import PortBinding
from sickbay.diagnostics.platforms.docker.wire.engine import Info, Version
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, host, report


def told(found: tuple[ReportFinding, ...]) -> list[str]:
    return [f"{item.code}: {item.summary}" for item in found]


def test_a_healthy_host_has_no_finding_even_in_an_audit() -> None:
    """Given a current engine with containers that run well, when all checks judge it, then none says anything."""
    web = container("web-1", ports={"8080/tcp": (PortBinding(host_ip="127.0.0.1", host_port="8080"),)})
    done = container("migrate-1", status="exited", exit_code=0)

    judged = report(host(web, done, container("worker-1"), audit=True))

    assert told(judged.findings) == []
    assert judged.gaps == ()


def test_an_engine_that_tells_little_does_not_look_ill() -> None:
    """Given an engine that leaves out all it may, as Podman does of much, then no check says anything of it."""
    sparse = host(
        container(), version=Version(version="5.4.2", api_version="1.41"), info=Info(), clock_at=None, disk=None
    )

    judged = report(sparse)

    assert told(judged.findings) == []
    assert judged.gaps == ()


def test_a_container_that_just_started_is_left_alone() -> None:
    """Given a container that was created and started seconds ago, then no check says anything of it."""
    young = container("web-1", created=ago(seconds=5), started_at=ago(seconds=4))

    assert told(report(host(young, audit=True)).findings) == []
