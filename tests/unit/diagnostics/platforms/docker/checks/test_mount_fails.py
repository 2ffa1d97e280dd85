"""DKR-V102: mounts that cannot be used."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.mount_fails import mount_fails
from sickbay.diagnostics.platforms.docker.wire.containers import Mount
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, health, host, log, report

SETTINGS = Mount(type="bind", source="/srv/settings", destination="/settings", rw=False)
DATA = Mount(type="volume", name="data", source="/var/lib/docker/volumes/data", destination="/data")


@pytest.mark.parametrize(
    "error",
    [
        'invalid mount config for type "bind": bind source path does not exist: /srv/settings',
        "statfs /srv/settings: no such file or directory",
    ],
)
def test_a_source_that_is_gone(error: str) -> None:
    """Given a bind mount whose source is not there, in Docker's or Podman's words, then that is why it never ran."""
    web = container("web", status="created", error=error, mounts=(SETTINGS,))

    judged = report(host(web))

    assert [item.code for item in judged.findings] == ["DKR-V102", "DKR-C106"]
    assert "/srv/settings" in judged.findings[0].remedy.text


@pytest.mark.parametrize(
    "line",
    [
        "open /settings/app.db: read-only file system",
        "touch: /settings/x: Read-only file system",
        "EROFS: write '/settings/x'",
    ],
)
def test_a_mount_that_is_read_only(line: str) -> None:
    """Given a write that was refused under a read-only mount, then the mount is named and it is observed."""
    (finding,) = findings(mount_fails, host(container("web", log=log(line), mounts=(SETTINGS, DATA))))

    assert "/settings is mounted read-only" in finding.summary
    assert finding.confidence is Confidence.OBSERVED


def test_a_root_that_is_read_only() -> None:
    """Given a container with a read-only root, when it wants to write elsewhere than its mounts, then that is why."""
    web = container("web", log=log("mkdir /run/app: read-only file system"), readonly_rootfs=True, mounts=(DATA,))

    (finding,) = findings(mount_fails, host(web))

    assert finding.summary == "web cannot write to /run/app: its root file system is read-only."


def test_a_disk_that_went_read_only() -> None:
    """Given a refused write where the container may write, then the host's own file system is suspected."""
    (finding,) = findings(mount_fails, host(container("db", log=log("/data/x: read-only file system"), mounts=(DATA,))))

    assert "the file system of the host beneath is read-only" in finding.summary
    assert finding.confidence is Confidence.INFERRED


def test_it_explains_a_failing_health_check() -> None:
    """Given a health check that cannot write, then it is folded under the mount."""
    web = container("web", health=health(*["touch: /settings/x: Read-only file system"] * 3), mounts=(SETTINGS,))

    assert [item.code for item in report(host(web)).causes] == ["DKR-V102"]


def test_read_only_mounts_alone_are_well() -> None:
    """Given read-only mounts that nobody wants to write to, then nothing is said."""
    assert findings(mount_fails, host(container(mounts=(SETTINGS,), readonly_rootfs=True, log=log("ready")))) == []
