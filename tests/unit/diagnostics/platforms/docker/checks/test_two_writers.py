"""DKR-V103: two databases on one volume."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.two_writers import two_writers
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Mount
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, log

DATA = Mount(
    type="volume", name="data", source="/var/lib/docker/volumes/data/_data", destination="/var/lib/postgresql/data"
)


def _database(name: str, *mounts: Mount, **differs: Any) -> Container:
    return container(name, image="postgres:16", mounts=mounts or (DATA,), **differs)


def test_two_servers_on_one_volume() -> None:
    """Given two running PostgreSQL on one volume, then it is inferred that they can destroy the data."""
    (finding,) = findings(two_writers, host(_database("one"), _database("other")))

    assert (str(finding.subject), finding.confidence) == ("volume/data", Confidence.INFERRED)
    assert finding.remedy is not None
    assert finding.remedy.command == "docker stop other"


def test_a_lock_that_is_held_proves_it() -> None:
    """Given a log that tells of the other's lock, then it is observed."""
    said = log('FATAL:  lock file "postmaster.pid" already exists')

    (finding,) = findings(two_writers, host(_database("one"), _database("other", log=said)))

    assert finding.confidence is Confidence.OBSERVED


@pytest.mark.parametrize(
    "other",
    [
        _database("other", status="exited"),
        container("other", image="mysql:8", mounts=(DATA,)),
        container("other", image="shop/backup:1", mounts=(DATA,)),
        _database(
            "other", Mount(type="volume", name="data", source=DATA.source, destination=DATA.destination, rw=False)
        ),
        _database("other", Mount(type="volume", name="data2", source="/v/data2", destination=DATA.destination)),
        _database("other", Mount(type="volume", name="data", source=DATA.source, destination="/backup")),
    ],
)
def test_who_is_no_second_writer(other: Container) -> None:
    """Given one that is down, another product, a reader, or one with its own volume, then nothing is said."""
    assert findings(two_writers, host(_database("one"), other)) == []
