"""K8S-P109: init containers that do not come to their end."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.stuck_init import stuck_init
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, container, findings, log, pod, status

DONE = {"terminated": {"exitCode": 0, "reason": "Completed"}}
MAIN = status(ready=False, state={"waiting": {"reason": "PodInitializing"}})


def running(**span: float) -> dict[str, Any]:
    return {"running": {"startedAt": ago(**span)}}


def waiting(reason: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason}}


def initializing(*states: dict[str, Any], spec: dict[str, Any] | None = None, **more: Any) -> Pod:
    """Give a pod with init containers `init-0`, `init-1`, … in these states."""
    inits = [status(f"init-{number}", ready=False, state=state) for number, state in enumerate(states)]
    return pod(ready=False, phase="Pending", initContainerStatuses=inits, statuses=[MAIN], spec=spec or {}, **more)


def test_a_running_init_container_says_what_it_waits_for() -> None:
    """Given an init container that runs for eight minutes, when judged, then its time and its last line are told."""
    ill = initializing(DONE, running(minutes=8), waiting("PodInitializing"))

    (found,) = findings(
        stuck_init, cluster(ill, logs=[log(ill, "waiting for db\n", container="init-1", previous=False)])
    )

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "Init container init-1 of 1 of 1 pod of deployment shop/api has run for 8 minutes, and nothing after it starts"
        '; its last line is "waiting for db".'
    )
    assert found.evidence[0].source.endswith("status.initContainerStatuses[init-1].state")
    assert found.evidence[0].value == "running since 02:52:00 UTC"
    assert found.evidence[1].value == "waiting for db\n"


def test_one_that_waits_as_long_is_told_too() -> None:
    """Given an init container that waits since the pod started ten minutes ago, when judged, then it is found."""
    (found,) = findings(stuck_init, cluster(initializing(waiting("PodInitializing"), startTime=ago(minutes=10))))

    assert "has waited for 10 minutes" in found.summary


@pytest.mark.parametrize(
    "well",
    [
        pytest.param(pod(), id="no init containers"),
        pytest.param(initializing(running(minutes=4)), id="runs for four minutes"),
        pytest.param(initializing(waiting("PodInitializing"), startTime=ago(minutes=4)), id="waits for four minutes"),
        pytest.param(initializing(DONE, DONE), id="done"),
        pytest.param(initializing(waiting("CrashLoopBackOff")), id="crash loop"),
        pytest.param(initializing(waiting("ImagePullBackOff")), id="no image"),
        pytest.param(initializing(waiting("CreateContainerConfigError")), id="cannot start"),
        pytest.param(initializing({"terminated": {"exitCode": 1}}), id="failed just now"),
        pytest.param(initializing(running(hours=1), metadata={"deletionTimestamp": ago(minutes=9)}), id="goes away"),
        pytest.param(
            initializing(running(hours=1), spec={"initContainers": [container("init-0", restartPolicy="Always")]}),
            id="sidecar",
        ),
    ],
)
def test_what_ends_or_fails_otherwise_is_left_alone(well: Pod) -> None:
    """Given init containers that are done, young, sidecars, or another check's, when judged, then nothing is found."""
    assert findings(stuck_init, cluster(well)) == []
