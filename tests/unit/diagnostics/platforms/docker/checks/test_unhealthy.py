"""DKR-C105: a container's own health check fails."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.platforms.docker.checks.unhealthy import unhealthy
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Health, Healthcheck, HealthProbe
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, findings, health, host


def test_a_failing_check_is_told_with_its_last_output() -> None:
    """Given three failed runs, then the last line of the last is quoted, and streak, output and command are shown."""
    (finding,) = findings(unhealthy, host(container(health=health("a", "b", "GET /\nconnection refused\n"))))

    assert finding.summary == ('web-1 runs, but its health check has failed 3 times in a row: "connection refused".')
    assert [item.source.split()[-1] for item in finding.evidence] == [
        "State.Health.FailingStreak",
        "State.Health.Log[-1]",
        "Config.Healthcheck.Test",
    ]
    assert (finding.first_seen, finding.last_seen, finding.count) == (ago(seconds=90), NOW, 3)


def test_a_beginning_that_the_engine_forgot_is_not_told() -> None:
    """Given more failures in a row than the engine keeps runs of, then nobody knows when they began."""
    failing = replace(health("a", "b", "c"), failing_streak=37)

    (finding,) = findings(unhealthy, host(container(health=failing)))

    assert (finding.first_seen, finding.last_seen, finding.count) == (None, NOW, 37)


@pytest.mark.parametrize(
    ("streak", "retries", "told"),
    [(2, 3, False), (3, 3, True), (3, 0, True), (2, 0, False), (4, 5, False), (5, 5, True)],
)
def test_the_streak_counts_against_the_retries(streak: int, retries: int, told: bool) -> None:
    """Given a status that is not yet unhealthy, then as many failures as retries are enough, or 3 by default."""
    failing = Health(status="healthy", failing_streak=streak)
    one = container(health=failing, healthcheck=Healthcheck(test=("CMD", "x"), retries=retries))

    assert bool(findings(unhealthy, host(one))) is told


@pytest.mark.parametrize(
    "well",
    [
        container(health=Health(status="starting", failing_streak=9)),
        container(health=None),
        container(health=Health(status="healthy")),
        container(status="exited", health=Health(status="unhealthy", failing_streak=9)),
        container(health=Health()),
    ],
    ids=["starting", "no check", "healthy", "not running", "nothing told"],
)
def test_what_does_not_fail_is_left_alone(well: Container) -> None:
    """Given a container that starts, has no check, or does not run, then nothing is found."""
    assert findings(unhealthy, host(well)) == []


def test_an_engine_that_tells_only_the_status_is_enough() -> None:
    """Given no runs, no streak and no command, then the status is told and nothing is made up."""
    (finding,) = findings(unhealthy, host(container(health=Health(status="unhealthy"), healthcheck=None)))

    assert finding.summary == "web-1 runs, but its health check fails."
    assert (finding.first_seen, finding.count) == (None, 1)


@pytest.mark.parametrize(
    ("code", "output", "cure"),
    [
        (127, "sh: curl: not found", "lacks the check's program"),
        (126, "permission denied", "lacks the check's program"),
        (-1, 'exec: "curl": executable file not found in $PATH', "lacks the check's program"),
        (-1, "Health check exceeded timeout (30s)", "longer than it may"),
    ],
)
def test_a_check_that_is_itself_at_fault_has_its_remedy(code: int, output: str, cure: str) -> None:
    """Given a last run that could not be made or took too long, then the remedy is about the check."""
    probe = HealthProbe(start=ago(seconds=30), exit_code=code, output=output)
    failing = Health(status="unhealthy", failing_streak=3, log=(probe,))
    (finding,) = findings(unhealthy, host(container(health=failing)))

    assert finding.remedy is not None
    assert cure in finding.remedy.text


def test_an_application_that_answers_badly_gets_the_general_remedy() -> None:
    """Given a check that ran and got a bad answer, then the check's own remedy holds."""
    (finding,) = findings(unhealthy, host(container(health=health("503 database unavailable"))))

    assert finding.remedy is None
