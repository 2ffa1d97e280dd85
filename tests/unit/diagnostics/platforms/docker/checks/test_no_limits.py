"""DKR-A104: a container may use as much of the host as there is."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.no_limits import no_limits
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import RestartPolicy
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, info

ALWAYS = RestartPolicy(name="always")
SWARM = {"com.docker.swarm.service.name": "web"}


@pytest.mark.parametrize(
    ("one", "says", "number"),
    [
        (container(nano_cpus=0), "no limit or share of processors", "5.12"),
        (container(pids_limit=None), "no limit of processes", "5.29"),
        (container(pids_limit=-1), "no limit of processes", "5.29"),
        (container(pids_limit=0), "no limit of processes", "5.29"),
        (container(restart_policy=ALWAYS), "restarted for ever", "5.15"),
        (container(cgroup_parent="/special"), "in a cgroup of its own choice", "5.25"),
    ],
)
def test_what_has_no_bound_is_told(one: Container, says: str, number: str) -> None:
    """Given a container without one of the bounds, then that is told with the benchmark's number."""
    (finding,) = findings(no_limits, host(one))

    assert finding.summary == f"web-1 runs without bounds: {says}."
    assert finding.evidence[0].value.startswith(f"CIS {number}: ")


@pytest.mark.parametrize(
    "well",
    [
        container(),
        container(nano_cpus=0, cpu_quota=50_000),
        container(nano_cpus=0, cpu_shares=512),
        container(nano_cpus=0, cpuset_cpus="0-1"),
        container(restart_policy=RestartPolicy(name="on-failure", maximum_retry_count=5)),
        container(restart_policy=ALWAYS, cgroup_parent="/kubepods", labels={"io.kubernetes.pod.name": "web"}),
        container(restart_policy=ALWAYS, labels=SWARM),
        container(status="exited", nano_cpus=0, pids_limit=None),
    ],
    ids=["bounded", "quota", "shares", "set", "on failure", "Kubernetes's", "Swarm's", "not running"],
)
def test_bounded_containers_are_left_alone(well: Container) -> None:
    """Given bounds of any kind, or an orchestrator that brings them, then nothing is found."""
    assert findings(no_limits, host(well)) == []


def test_windows_has_other_limits() -> None:
    """Given a Windows host, which counts neither shares nor processes, then nothing is found."""
    assert findings(no_limits, host(container(nano_cpus=0, pids_limit=None), info=info(os_type="windows"))) == []
