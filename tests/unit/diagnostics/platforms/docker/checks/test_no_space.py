"""DKR-E107: a full disk."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.no_space import no_space
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.engine import BuildCache, DiskUsage
from sickbay.diagnostics.platforms.docker.wire.images import ImageSummary
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, findings, host, info, log, report

GB = 1_000_000_000
MKDIR = "error creating overlay mount to /var/lib/docker/overlay2/x/merged: no space left on device"


def refused(name: str = "web-1") -> Container:
    """Give a container of five minutes ago that the engine could not start for want of space."""
    return container(name, status="created", error=MKDIR, created=ago(minutes=5))


def test_the_engine_itself_found_no_space() -> None:
    """Given a container that the engine could not start for want of space, when judged, then it is observed."""
    (finding,) = findings(no_space, host(refused()))

    assert finding.summary == "The disk of host-7 is full: web-1 found no space left."
    assert finding.confidence is Confidence.OBSERVED


def test_an_end_within_the_window_dates_the_error() -> None:
    """Given an old container that ended for want of space five minutes ago, when judged, then it is observed."""
    (finding,) = findings(no_space, host(container(status="exited", exit_code=128, error=MKDIR, created=ago(days=40))))

    assert finding.confidence is Confidence.OBSERVED


@pytest.mark.parametrize(
    "undated",
    [
        container(status="created", error=MKDIR, created=ago(days=2)),
        container(status="exited", exit_code=128, error=MKDIR, created=ago(days=40), finished_at=ago(days=2)),
        container(status="created", error=MKDIR, created=NEVER),
    ],
    ids=["made before the window", "made and ended before it", "no time told"],
)
def test_an_error_that_may_be_old_does_not_count(undated: Container) -> None:
    """Given an error of a container that was neither made nor ended in the last day, then nothing is claimed of now."""
    assert findings(no_space, host(undated)) == []


def test_a_log_that_says_so_is_inferred() -> None:
    """Given only a container's log line, when judged, then it is inferred, since a volume may be meant."""
    line = "PANIC: could not write to file: No space left on device"
    database = container("db-1", status="exited", exit_code=1, log=log("ready", line, "aborting"))

    (finding,) = findings(no_space, host(database))

    assert finding.confidence is Confidence.INFERRED
    assert finding.evidence[0].value == line


def test_a_log_line_from_before_the_window_does_not_count() -> None:
    """Given a line of two days ago, when the last day was asked about, then nothing is said."""
    old = container(status="exited", exit_code=1, log=log("No space left on device", at=ago(days=2)))

    assert findings(no_space, host(old)) == []


def test_watches_of_files_are_not_the_disk() -> None:
    """Given the kernel's limit of inotify watches, whose error uses the same words, then nothing is said."""
    lines = log(
        "inotify_add_watch: no space left on device", "ENOSPC: System limit for number of file watchers reached"
    )

    assert findings(no_space, host(container(status="exited", exit_code=1, log=lines))) == []


def test_what_can_be_given_back_is_told() -> None:
    """Given unused images and build cache, when the disk is full, then both are counted and the list is the command."""
    images = (
        ImageSummary(id="sha256:1", repo_tags=("old:1",), size=9 * GB, shared_size=1 * GB, containers=0),
        ImageSummary(id="sha256:2", repo_tags=("shop/web:1.4",), size=50 * GB, shared_size=0, containers=1),
    )
    cache = (BuildCache(size=4 * GB), BuildCache(size=30 * GB, in_use=True))
    full = host(refused(), disk=DiskUsage(images=images, build_cache=cache))

    (finding,) = findings(no_space, full)

    assert "12.0 GB of images and build cache there are unused" in finding.summary
    assert finding.remedy is not None
    assert "8.0 GB of images, 4.0 GB of build cache" in finding.remedy.text
    assert finding.remedy.command == "docker system df -v"


def test_without_disk_usage_the_full_disk_is_still_told() -> None:
    """Given an engine whose disk usage could not be read, when it is full, then that alone is told."""
    (finding,) = findings(no_space, host(refused(), disk=None))

    assert "unused" not in finding.summary
    assert finding.remedy is None


@pytest.mark.parametrize(
    ("left", "total", "counted"),
    [
        ("5.1 GB", "107.4 GB", 1),
        ("10 GB", "100 GB", 0),
        ("0 B", "100 GB", 1),
        ("0 B", "0 B", 0),
        ("512 MB", "107.4 GB", 1),
        ("", "", 0),
        ("much", "107.4 GB", 0),
    ],
)
def test_a_thin_pool_that_runs_full(left: str, total: str, counted: int) -> None:
    """Given a devicemapper pool, when less than a tenth is left, then it is told, and else it is not."""
    status = (("Data Space Available", left), ("Data Space Total", total))

    assert len(findings(no_space, host(info=info(driver="devicemapper", driver_status=status)))) == counted


def test_several_containers_are_one_finding() -> None:
    """Given four containers that found no space, when judged, then one finding names three and hints at more."""
    hit = [refused(f"web-{number}") for number in range(4)]

    (finding,) = findings(no_space, host(*hit))

    assert "web-0, web-1, web-2 and others found no space left" in finding.summary
    assert finding.count == 4


def test_it_explains_containers_that_never_started() -> None:
    """Given a start refused for want of space, when ranked, then the full disk is the cause."""
    judged = report(host(refused()))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("DKR-E107", ()),
        ("DKR-C106", ("DKR-E107@host/host-7",)),
    ]
