"""Containers that run on a real engine: the well, the unwell, the frozen and the too powerful."""

from datetime import timedelta

import pytest

from tests.integration.docker.lab import Lab, finding, inspected, judged_later, probe, snapshot_of

pytestmark = pytest.mark.docker


def test_nothing_wrong(lab: Lab) -> None:
    """Given a container that is well, then there is no finding and no gap, and the report says what was looked at."""
    well = lab.run("well", "sleep", "3600", healthcheck=probe("true"), mem_limit="64m", stop_signal="SIGKILL")
    lab.until(well, lambda seen: seen["State"]["Health"]["Status"] == "healthy")

    diagnosis = lab.diagnose(well.name)

    assert diagnosis.report.findings == ()
    assert diagnosis.report.gaps == ()
    assert diagnosis.report.looked_at["containers"] == 1
    (container,) = snapshot_of(diagnosis).containers
    assert len(container.samples) == 2
    assert container.samples[1].read > container.samples[0].read
    assert container.samples[1].memory_stats.limit == 64 * 1024 * 1024
    assert container.processes is not None
    assert any("sleep 3600" in row[-1] for row in container.processes.processes)


def test_failing_health_check(lab: Lab) -> None:
    """Given a health check that fails, then the finding tells how often and what its last run said."""
    web = lab.run("web", "sleep", "3600", healthcheck=probe("echo 'no route to upstream'; exit 1", retries=2))
    lab.until(web, lambda seen: seen["State"]["Health"]["Status"] == "unhealthy")

    report = lab.diagnose(web.name).report

    found = finding(report, "DKR-C105")
    assert found.count >= 2
    assert 'times in a row: "no route to upstream".' in found.summary
    assert len(report.findings) == 1


def test_starting_is_not_unhealthy(lab: Lab) -> None:
    """Given a health check that fails within its start period, then nothing is wrong yet."""
    patient = {**probe("false"), "start_period": 60_000_000_000}
    web = lab.run("web", "sleep", "3600", healthcheck=patient)
    lab.until(web, lambda seen: seen["State"]["Health"]["Log"])

    assert lab.diagnose(web.name).report.findings == ()


def test_paused_for_long(lab: Lab) -> None:
    """Given a paused container, then it is left alone at first, and two hours later told of with its `pause` event."""
    frozen = lab.run("frozen", "sleep", "3600")
    frozen.pause()

    diagnosis = lab.diagnose(frozen.name)

    assert diagnosis.report.findings == ()
    found = finding(judged_later(diagnosis, timedelta(hours=2)), "DKR-C112")
    assert "has been paused for 2 h" in found.summary
    assert found.confidence == "observed"
    assert found.remedy.command == f"docker unpause {frozen.name}"


@pytest.mark.parametrize("audit", [True, False])
def test_privileged(lab: Lab, audit: bool) -> None:
    """Given a privileged container, then an audit says that it can take over the host, a plain diagnosis nothing.

    It is not started: a machine that is itself confined cannot start one, and what it may do is known before.
    """
    mighty = lab.create("mighty", "sleep", "3600", privileged=True)

    report = lab.diagnose(mighty.name, audit=audit).report

    found = [item.summary for item in report.findings if item.subject == f"container/{mighty.name}"]
    assert found == ([f"{mighty.name} is privileged: it can take over the host."] if audit else [])


def test_privileged_with_the_engines_socket(lab: Lab) -> None:
    """Given a privileged container that holds the engine's socket, then an audit names both, with their evidence."""
    socket = lab.target.host.removeprefix("unix://")
    volumes = [f"{socket}:/var/run/docker.sock:ro"]
    mighty = lab.create("mighty", "sleep", "3600", privileged=True, volumes=volumes)

    found = finding(lab.diagnose(mighty.name, audit=True).report, "DKR-C111")

    assert "is privileged, has the engine's socket: it can take over the host" in found.summary
    assert f"{socket} on /var/run/docker.sock (read-only)" in [item.value for item in found.evidence]


def test_running_with_the_engines_socket(lab: Lab) -> None:
    """Given a running container with the engine's socket and one more capability, then an audit names both."""
    socket = lab.target.host.removeprefix("unix://")
    volumes = [f"{socket}:/var/run/docker.sock"]
    mighty = lab.run("mighty", "sleep", "3600", cap_add=["SYS_ADMIN"], volumes=volumes, stop_signal="SIGKILL")

    found = finding(lab.diagnose(mighty.name, audit=True).report, "DKR-C111")

    assert "has SYS_ADMIN, has the engine's socket" in found.summary


def test_at_its_memory_limit(lab: Lab) -> None:
    """Given a container whose memory is nearly used up, then its statistics prove it."""
    full = lab.run(
        "full", "sh", "-c", "head -c 30m /dev/zero > /dev/shm/x; echo full; exec sleep 3600",
        mem_limit="32m", memswap_limit="32m", shm_size="64m", stop_signal="SIGKILL",
    )  # fmt: skip
    lab.until(full, lambda _seen: b"full" in full.logs())

    found = finding(lab.diagnose(full.name).report, "DKR-C108")

    assert "of 32 MiB of its memory limit" in found.summary
    assert inspected(full)["State"]["OOMKilled"] is False
