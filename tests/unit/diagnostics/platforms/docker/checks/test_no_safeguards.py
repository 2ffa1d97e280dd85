"""DKR-C113: a container runs without the limits and checks that keep a fault small."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.no_safeguards import no_safeguards
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Healthcheck, RestartPolicy
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host


@pytest.mark.parametrize(
    ("one", "lacks"),
    [
        (container(memory=0), "a memory limit"),
        (container(memory=-1), "a memory limit"),
        (container(healthcheck=None), "a health check"),
        (container(healthcheck=Healthcheck(test=("NONE",))), "a health check"),
        (container(healthcheck=Healthcheck()), "a health check"),
        (container(restart_policy=RestartPolicy()), "a restart policy"),
        (container(restart_policy=RestartPolicy(name="no")), "a restart policy"),
        (container(security_opt=("seccomp=unconfined",)), "a part of its confinement"),
        (container(security_opt=("apparmor:unconfined",)), "a part of its confinement"),
        (container(security_opt=("label=disable",)), "a part of its confinement"),
        (container(memory=0, healthcheck=None), "a memory limit, a health check"),
    ],
)
def test_what_is_missing_is_told(one: Container, lacks: str) -> None:
    """Given a container that lacks a safeguard, then it is told, with a proof for each."""
    (finding,) = findings(no_safeguards, host(one))

    assert finding.summary == f"web-1 runs without {lacks}."
    assert len(finding.evidence) == lacks.count("a ")


@pytest.mark.parametrize(
    "well",
    [
        container(),
        container(status="exited", memory=0, healthcheck=None),
        container(restart_policy=RestartPolicy(name="no"), auto_remove=True),
        container(security_opt=("no-new-privileges", "label=type:web_t")),
        container(restart_policy=RestartPolicy(), healthcheck=None, labels={"com.docker.swarm.service.name": "web"}),
        container(restart_policy=RestartPolicy(), healthcheck=None, labels={"io.kubernetes.pod.name": "web"}),
    ],
    ids=["guarded", "not running", "made to run once", "more secure", "Swarm's", "Kubernetes's"],
)
def test_guarded_containers_are_left_alone(well: Container) -> None:
    """Given all safeguards, or an orchestrator that brings them, then nothing is found."""
    assert findings(no_safeguards, host(well)) == []
