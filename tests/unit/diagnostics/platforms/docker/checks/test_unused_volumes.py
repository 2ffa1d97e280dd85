"""DKR-V104: volumes that nobody uses."""

from sickbay.diagnostics.platforms.docker.checks.unused_volumes import unused_volumes
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Volume, VolumeUsage
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, report


def _volume(name: str, size: int, users: int) -> Volume:
    return Volume(name=name, driver="local", usage_data=VolumeUsage(size=size, ref_count=users))


DISK = DiskUsage(volumes=(_volume("old", 2_000_000_000, 0), _volume("older", 500_000_000, 0), _volume("data", 9, 1)))


def test_volumes_without_users_are_added_up() -> None:
    """Given volumes of which two have no users, then these are counted and the largest is named first."""
    (finding,) = findings(unused_volumes, host(disk=DISK))

    assert (finding.summary, finding.count) == ("2 volumes are used by no container and take 2.5 GB.", 2)
    assert finding.evidence[0].value == "old (2000 MB), older (500 MB)"


def test_only_an_audit_of_the_whole_host_tells() -> None:
    """Given unused volumes, then a plain diagnosis and one of a single container say nothing of them."""
    assert report(host(container(), disk=DISK)).findings == ()
    assert findings(unused_volumes, host(container(), disk=DISK, scope="web-1")) == []


def test_usage_that_is_not_told() -> None:
    """Given volumes all in use, of unknown use, or no disk usage at all, then nothing is said."""
    unknown = DiskUsage(volumes=(_volume("data", -1, -1), _volume("used", 1, 2)))

    assert findings(unused_volumes, host(disk=unknown)) == []
    assert findings(unused_volumes, host(disk=None)) == []
