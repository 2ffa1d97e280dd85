"""DKR-C110: data lives in a container's own layer."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.data_in_container import data_in_container
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Mount
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host


def database(image: str, *places: str) -> Container:
    mounts = tuple(Mount(type="volume", name="data", destination=place) for place in places)
    return container("db-1", image=image, mounts=mounts)


@pytest.mark.parametrize(("written", "told"), [(-1, False), (1_000_000_000, False), (1_000_000_001, True)])
def test_more_than_a_gigabyte_is_told(written: int, told: bool) -> None:
    """Given what a container has written, then more than 1 GB is told, and what was not measured is not."""
    assert bool(findings(data_in_container, host(container(size_rw=written)))) is told


def test_the_size_is_proved() -> None:
    """Given 2.5 GB, then the finding says so and shows the bytes and where they were read."""
    (finding,) = findings(data_in_container, host(container(size_rw=2_500_000_000)))

    assert finding.summary == "web-1 has written 2.5 GB into its own layer, which goes with it."
    assert (finding.evidence[0].source, finding.evidence[0].value) == (
        "GET /system/df Containers[web-1].SizeRw",
        "2500000000 bytes",
    )


@pytest.mark.parametrize(
    ("image", "directory"),
    [
        ("postgres:16", "/var/lib/postgresql"),
        ("library/mysql", "/var/lib/mysql"),
        ("registry.example.com:5000/team/mongo@sha256:0a", "/data/db"),
        ("redis", "/data"),
    ],
)
def test_a_database_without_a_volume_is_told(image: str, directory: str) -> None:
    """Given a database with nothing mounted where it writes, then it is told, with what is mounted."""
    (finding,) = findings(data_in_container, host(database(image, "/etc/conf")))

    assert f"nothing mounted at {directory}" in finding.summary
    assert [item.value for item in finding.evidence] == [image, "/etc/conf"]


def test_no_mounts_at_all_are_shown_as_none() -> None:
    """Given a database without any mount, then the proof says none."""
    (finding,) = findings(data_in_container, host(database("redis:7")))

    assert finding.evidence[-1].value == "none"


@pytest.mark.parametrize(
    "well",
    [
        database("postgres:16", "/var/lib/postgresql/data"),
        database("postgres:16", "/var/lib/postgresql"),
        database("postgres:16", "/var/lib"),
        database("redis", "/data/"),
        database("postgres-exporter:1"),
        database("team/web:1"),
        database(""),
    ],
    ids=["in it", "at it", "above it", "with a slash", "a like name", "no database", "no image named"],
)
def test_mounted_databases_and_others_are_left_alone(well: Container) -> None:
    """Given a mount at, in or above the data, or an image that is no database, then nothing is found."""
    assert findings(data_in_container, host(well)) == []


@pytest.mark.parametrize("place", ["/data2", "/database", "data"])
def test_a_like_place_is_not_the_place(place: str) -> None:
    """Given a mount whose path only begins like the data's, then the data is still on no volume."""
    assert findings(data_in_container, host(database("redis", place))) != []
