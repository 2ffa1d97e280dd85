"""DKR-E106: storage drivers that are gone or slow."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.storage_driver import storage_driver
from sickbay.diagnostics.platforms.docker.wire.engine import Info, Version
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info

PODMAN = Version(version="4.3.1", components=({"Name": "Podman Engine"},))


@pytest.mark.parametrize(
    ("driver", "says"),
    [
        ("aufs", "removed in 24.0"),
        ("overlay", "removed in 24.0"),
        ("devicemapper", "removed in 25.0"),
        ("vfs", "copies"),
    ],
)
def test_a_driver_that_is_gone_or_copies(driver: str, says: str) -> None:
    """Given an old or a copying storage driver, when judged, then it is named with what is wrong with it."""
    (finding,) = findings(storage_driver, host(info=info(driver=driver, driver_status=())))

    assert f"the {driver} storage driver" in finding.summary
    assert says in finding.summary
    assert "loop" not in finding.summary


def test_devicemapper_on_loop_files() -> None:
    """Given devicemapper whose data lies in loop files, when judged, then the files are the evidence."""
    status = (("Pool Name", "docker-8:1-1-pool"), ("Data file", "/dev/loop0"), ("Metadata file", "/dev/loop1"))

    (finding,) = findings(storage_driver, host(info=info(driver="devicemapper", driver_status=status)))

    assert finding.summary.endswith("; its data lies in loop files.")
    assert finding.evidence[1].value == "Data file: /dev/loop0; Metadata file: /dev/loop1"


@pytest.mark.parametrize("driver", ["overlay2", "overlayfs", "btrfs", "zfs", "fuse-overlayfs", ""])
def test_a_driver_that_is_fine(driver: str) -> None:
    """Given a driver that Docker still has, or none told, when judged, then nothing is said."""
    assert findings(storage_driver, host(info=info(driver=driver))) == []
    assert findings(storage_driver, host(info=Info())) == []


def test_podmans_overlay_is_dockers_overlay2() -> None:
    """Given Podman with its driver `overlay`, when judged, then nothing is said."""
    assert findings(storage_driver, host(version=PODMAN, info=info(driver="overlay"))) == []
