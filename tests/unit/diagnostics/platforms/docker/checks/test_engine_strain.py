"""DKR-E110: an engine that is slow or leaks."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.engine_strain import engine_strain
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.engine import Info
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info


def counting(*goroutines: int) -> Snapshot:
    first, *later = (info(n_goroutines=count) for count in goroutines)
    return host(info=first, engine_samples=tuple(later))


def test_an_engine_that_takes_long_to_tell_of_itself() -> None:
    """Given an answer that took more than five seconds, when judged, then the engine is slow; at five it is not."""
    (finding,) = findings(engine_strain, host(info_seconds=7.3))

    assert finding.summary == "The engine on host-7 took 7.3 s to answer /info."
    assert findings(engine_strain, host(info_seconds=5.0)) == []


@pytest.mark.parametrize(
    ("counts", "leaks"),
    [((3_000, 5_500), True), ((3_000, 4_000, 9_000), True), ((80, 1_500), False), ((3_000, 9_000, 8_000), False),
     ((-1, -1), False), ((-1, 9_000), False)],
)  # fmt: skip
def test_goroutines_that_only_grow(counts: tuple[int, ...], leaks: bool) -> None:
    """Given samples of goroutines, when each is above the last and the gain is not Sickbay's own, then it leaks."""
    assert bool(findings(engine_strain, counting(*counts))) is leaks


def test_open_files_that_only_grow() -> None:
    """Given open files that grow by more than a thousand, when judged, then that is told."""
    leaking = host(info=info(n_fd=2_000), engine_samples=(info(n_fd=3_500),))

    (finding,) = findings(engine_strain, leaking)

    assert "gained 1500 open files" in finding.summary


def test_an_engine_that_counts_nothing() -> None:
    """Given an engine that leaves the counters out, as Podman does, when judged, then nothing is said."""
    assert findings(engine_strain, host(info=Info(), engine_samples=(Info(),))) == []
