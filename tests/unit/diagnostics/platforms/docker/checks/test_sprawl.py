"""DKR-A107: images and stopped containers pile up."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.sprawl import sprawl
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage
from sickbay.diagnostics.platforms.docker.wire.images import ImageSummary
from tests.unit.diagnostics.platforms.docker.hosts import findings, host


def images(used: int, unused: int) -> DiskUsage:
    counts = [1] * used + [0] * unused
    return DiskUsage(images=tuple(ImageSummary(id=f"sha256:{n}", containers=count) for n, count in enumerate(counts)))


def containers(running: int, stopped: int) -> tuple[ContainerSummary, ...]:
    states = ["running"] * running + ["exited"] * stopped
    return tuple(ContainerSummary(id=f"{number}", state=state) for number, state in enumerate(states))


def test_both_are_told_in_one_finding() -> None:
    """Given 140 images with 12 in use, and 37 stopped containers, then one sentence counts both, with their numbers."""
    (finding,) = findings(sprawl, host(disk=images(12, 128), summaries=containers(12, 37)))

    assert finding.summary == "host-7 piles up 140 images, 12 of them in use and 37 stopped containers."
    assert [item.value for item in finding.evidence] == [
        "CIS 6.1: 140 images, 12 of them in use",
        "CIS 6.2: 37 stopped containers of 49",
    ]


@pytest.mark.parametrize(
    ("disk", "summaries"),
    [
        (images(2, 98), containers(3, 25)),
        (images(60, 60), ()),
        (DiskUsage(images=tuple(ImageSummary(id=f"sha256:{number}") for number in range(200))), ()),
        (None, ()),
    ],
    ids=["at the bounds", "half in use", "use not told", "no disk usage"],
)
def test_what_is_within_bounds_or_unknown_is_left_alone(
    disk: DiskUsage | None, summaries: tuple[ContainerSummary, ...]
) -> None:
    """Given a host at the bounds, or one that does not tell what is used, then nothing is found."""
    assert findings(sprawl, host(disk=disk, summaries=summaries)) == []
