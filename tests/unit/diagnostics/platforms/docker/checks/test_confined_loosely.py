"""DKR-A102: a container is shut in less than it could be."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.confined_loosely import confined_loosely
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Device, Mount
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, info

NVIDIA = Device(path_on_host="/dev/nvidia0", path_in_container="/dev/nvidia0")


def bind(source: str, **differs: object) -> Mount:
    return Mount(type="bind", source=source, destination="/mnt", **differs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "says", "proof"),
    [
        (container(user=""), "starting as root", "CIS 4.1: not set"),
        (container(user="root"), "starting as root", "CIS 4.1: root"),
        (container(user="0:1000"), "starting as root", "CIS 4.1: 0:1000"),
        (container(readonly_rootfs=False), "with a writable root file system", "CIS 5.13: false"),
        (container(security_opt=()), "free to gain privileges", "CIS 5.26: no-new-privileges not set"),
        (container(security_opt=("no-new-privileges:false",)), "free to gain privileges", None),
        (container(cap_add=("NET_ADMIN",)), "with more capabilities than usual", "CIS 5.4: NET_ADMIN"),
        (
            container(cap_add=("CAP_SYS_PTRACE", "SYS_ADMIN")),
            "with more capabilities than usual",
            "CIS 5.4: SYS_PTRACE",
        ),
        (container(devices=(NVIDIA,)), "with devices of the host", "CIS 5.18: /dev/nvidia0"),
        (container(mounts=(bind("/etc", rw=False),)), "with system directories of the host to read", "CIS 5.6: /etc"),
        (
            container(mounts=(bind("/srv", propagation="rshared"),)),
            "with mounts that spread to the host",
            "CIS 5.20: /mnt",
        ),
    ],
)
def test_what_is_loose_is_told_with_its_number(one: Container, says: str, proof: str | None) -> None:
    """Given a container that is loose in one way, then that is told, and its proof has the benchmark's number."""
    (finding,) = findings(confined_loosely, host(one))

    assert finding.summary == f"web-1 is loosely confined: {says}."
    assert proof is None or [item.value for item in finding.evidence] == [proof]


@pytest.mark.parametrize(
    "well",
    [
        container(),
        container(user="1000:0"),
        container(user="app"),
        container(security_opt=("no-new-privileges:true",)),
        container(cap_drop=("ALL",), cap_add=("NET_BIND_SERVICE", "CAP_CHOWN")),
        container(mounts=(bind("/etc/localtime", rw=False), bind("/srv", propagation="rslave"))),
        container(status="exited", user="root", readonly_rootfs=False),
    ],
    ids=[
        "as it should be",
        "group 0",
        "by name",
        "with a value",
        "usual capabilities",
        "harmless mounts",
        "not running",
    ],
)
def test_what_is_well_confined_is_left_alone(well: Container) -> None:
    """Given a container that is shut in as it should be, then nothing is found."""
    assert findings(confined_loosely, host(well)) == []


@pytest.mark.parametrize(
    "powerful",
    [
        container(cap_add=("SYS_ADMIN",)),
        container(privileged=True, security_opt=()),
        container(devices=(Device(path_on_host="/dev/sda"),)),
        container(mounts=(bind("/etc"),)),
    ],
    ids=["capability", "privileged", "disk", "written"],
)
def test_what_is_an_excessive_privilege_is_not_told_twice(powerful: Container) -> None:
    """Given what DKR-C111 tells, then this check leaves it to that one."""
    assert findings(confined_loosely, host(powerful)) == []


def test_the_engine_may_keep_all_from_gaining_privileges() -> None:
    """Given an engine whose default it is, then a container without the option of its own is restrained too."""
    guarded = info(security_options=("name=apparmor", "name=no-new-privileges"))

    assert findings(confined_loosely, host(container(security_opt=()), info=guarded)) == []


def test_windows_has_other_ways() -> None:
    """Given a Windows host, where none of this exists, then nothing is found."""
    assert (
        findings(confined_loosely, host(container(user="", readonly_rootfs=False), info=info(os_type="windows"))) == []
    )
