"""DKR-E103: engines, systems and kernels without fixes."""

from datetime import UTC, datetime

import pytest

from sickbay.diagnostics.platforms.docker.checks.end_of_life import end_of_life
from sickbay.diagnostics.platforms.docker.wire.engine import Info, Version
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info

PODMAN = ({"Name": "Podman Engine", "Version": "4.3.1"},)


@pytest.mark.parametrize(
    ("version", "ended"),
    [
        ("20.10.24+dfsg1", "2023-12-10"),
        ("1.11.2", "2017-02-23"),
        ("17.03.2-ce", "2018-02-10"),
        ("27.5.1", "2025-05-03"),
    ],
)
def test_an_engine_whose_branch_ended(version: str, ended: str) -> None:
    """Given a release without fixes, when judged, then it is named with the day."""
    (finding,) = findings(end_of_life, host(version=Version(version=version)))

    assert finding.summary == f"host-7 runs Docker {version}, without fixes from its project since {ended}."


@pytest.mark.parametrize("version", ["29.4.0", "28.5.2", "25.0.14", "", "master-dockerproject-2026-01-01", "99.0"])
def test_an_engine_that_is_kept_up_or_unknown_is_left_alone(version: str) -> None:
    """Given a release that gets fixes, or one that is not in the table, when judged, then nothing is said."""
    assert findings(end_of_life, host(version=Version(version=version))) == []


def test_podmans_versions_are_not_read_as_dockers() -> None:
    """Given Podman 1.9 behind the Docker API, when judged, then it is not taken for Docker 1.9."""
    assert findings(end_of_life, host(version=Version(version="1.9.3", components=PODMAN))) == []


def test_an_engine_on_the_last_day_of_its_fixes() -> None:
    """Given the last day of a branch, when judged, then it is still supported, and a day later it is not."""
    old = Version(version="27.5.1")
    last, next_ = datetime(2025, 5, 3, 12, tzinfo=UTC), datetime(2025, 5, 4, tzinfo=UTC)

    assert findings(end_of_life, host(version=old, taken_at=last)) == []
    assert findings(end_of_life, host(version=old, taken_at=next_))


@pytest.mark.parametrize(
    "system",
    ["CentOS Linux 7 (Core)", "Ubuntu 20.04.6 LTS", "Debian GNU/Linux 10 (buster)",
     "SUSE Linux Enterprise Server 11 SP4", "Container Linux by CoreOS 2303.3.0 (Rhyolite)"],
)  # fmt: skip
def test_a_system_out_of_support(system: str) -> None:
    """Given a distribution whose support ended, when judged, then it is named."""
    (finding,) = findings(end_of_life, host(info=info(operating_system=system)))

    assert f"{system}, out of support since" in finding.summary


@pytest.mark.parametrize(
    "system", ["Debian GNU/Linux 12 (bookworm)", "Ubuntu 22.04.5 LTS", "Ubuntu 24.04 LTS", "Docker Desktop"]
)
def test_a_system_in_support(system: str) -> None:
    """Given a distribution that is supported, when judged, then nothing is said."""
    assert findings(end_of_life, host(info=info(operating_system=system))) == []


def test_a_kernel_that_docker_does_not_support() -> None:
    """Given a kernel before 3.10 and a 32-bit one, when judged, then both are told in one sentence."""
    (finding,) = findings(end_of_life, host(info=info(kernel_version="3.8.0-29-generic", architecture="i686")))

    assert "kernel 3.8.0-29-generic, older than the 3.10" in finding.summary
    assert "a 32-bit system (i686)" in finding.summary


@pytest.mark.parametrize("kernel", ["3.10.0-1160.el7.x86_64", "10.0 20348 (20348.1.amd64fre)", "4.4.0", ""])
def test_a_kernel_that_is_new_enough(kernel: str) -> None:
    """Given a kernel of 3.10 or newer, when judged, then nothing is said."""
    assert findings(end_of_life, host(info=info(kernel_version=kernel))) == []


def test_an_engine_that_tells_nothing_of_its_host() -> None:
    """Given an engine that leaves all of it out, when judged, then nothing is said."""
    assert findings(end_of_life, host(version=Version(), info=Info())) == []
