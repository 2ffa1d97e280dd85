"""How the findings about pods fold: the cause on top, what follows from it beneath, and nothing about the healthy."""

from typing import Any

import pytest

from sickbay.diagnostics import engine
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    container,
    deployment,
    event,
    node,
    pod,
    status,
)  # fmt: skip
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service, slices

BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}


def folded(snapshot: Snapshot) -> dict[str, list[str]]:
    """Give, for each code that is found, the codes that explain it."""
    report = engine.judge(snapshot, ReportTarget(name="lab", platform="kubernetes", zone=""))
    assert [gap for gap in report.gaps if gap.what.startswith("check ")] == []
    return {item.code: [cause.partition("@")[0] for cause in item.explained_by] for item in report.findings}


def looping(code: int, reason: str = "Error", **more: Any) -> dict[str, Any]:
    end = {"exitCode": code, "reason": reason, "startedAt": ago(minutes=2), "finishedAt": ago(minutes=1)}
    return status(ready=False, restartCount=7, state=BACK_OFF, lastState={"terminated": end}, **more)


def unhealthy(kind: str) -> Any:
    about = {"kind": "Pod", "name": "api-7d4b9c-x1", "namespace": "shop", "fieldPath": "spec.containers{app}"}
    message = f"{kind} probe failed: dial tcp: connect: connection refused"
    return event("Pod", "api-7d4b9c-x1", "Unhealthy", message, count=9, involvedObject=about)


def test_an_oom_kill_folds_loop_rollout_and_service() -> None:
    """Given a deployment whose only pod is OOM-killed over and over, when ranked, then the rest lies beneath."""
    ill = pod(ready=False, statuses=[looping(137, "OOMKilled")])
    behind = [service(), slices(down=["node-1"])]

    found = folded(cluster(ill, deployment(ready=0, conditions=[STUCK]), *behind))

    assert found["K8S-P102"] == []
    assert "K8S-P102" in found["K8S-P101"]
    assert {"K8S-P101", "K8S-P102"} <= set(found["K8S-W101"])
    assert {"K8S-P101", "K8S-W101"} <= set(found["K8S-S101"])


def test_a_liveness_probe_folds_the_loop_that_it_makes() -> None:
    """Given a container that is killed for its liveness probe, when ranked, then the probe explains the loop."""
    ill = pod(
        ready=False,
        containers=[container(livenessProbe={"tcpSocket": {"port": 81}})],
        statuses=[looping(137)],
    )

    found = folded(cluster(ill, deployment(ready=0), unhealthy("Liveness")))

    assert found["K8S-P108"] == []
    assert found["K8S-P101"] == ["K8S-P108"]


@pytest.mark.parametrize("kind", ["liveness", "readiness"])
def test_a_crash_is_not_explained_by_the_probes_that_it_fails(kind: str) -> None:
    """Given a container that ends with its own error and fails its probe, when ranked, then the crash is it."""
    probe: dict[str, Any] = {f"{kind}Probe": {"tcpSocket": {"port": 81}}}
    ill = pod(
        ready=False,
        containers=[container(**probe)],
        statuses=[looping(3)],
    )

    found = folded(cluster(ill, deployment(ready=0), unhealthy(kind.title())))

    assert found["K8S-P101"] == []
    assert "K8S-P108" not in found


def test_a_command_that_is_not_there_is_one_finding() -> None:
    """Given back-off after ContainerCannotRun, when ranked, then no crash loop stands beside it."""
    found = folded(cluster(pod(ready=False, statuses=[looping(127, "ContainerCannotRun")]), deployment(ready=0)))

    assert found["K8S-P105"] == []
    assert "K8S-P101" not in found


def test_a_missing_secret_is_not_an_init_container_that_waits() -> None:
    """Given a pod whose init container waits for a volume's secret, when ranked, then the volume explains the wait."""
    waiting = {"waiting": {"reason": "PodInitializing"}}
    ill = pod(
        ready=False,
        phase="Pending",
        startTime=ago(minutes=9),
        initContainerStatuses=[status("init", ready=False, state=waiting)],
        statuses=[status(ready=False, state=waiting)],
    )
    told = event("Pod", "api-7d4b9c-x1", "FailedMount", 'MountVolume.SetUp failed: secret "nope" not found')

    found = folded(cluster(ill, deployment(ready=0), told))

    assert found["K8S-P107"] == []
    assert found["K8S-P109"] == ["K8S-P107"]


def test_a_silent_node_folds_the_pods_that_it_holds() -> None:
    """Given a deleted pod on a node that is silent, when ranked, then the node explains why it does not go."""
    gone = {"deletionTimestamp": ago(minutes=7)}
    silent = node(conditions=[{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown",
                               "lastTransitionTime": ago(minutes=9)}])  # fmt: skip

    found = folded(cluster(pod(ready=False, metadata=gone), deployment(), silent))

    assert found["K8S-P111"] == ["K8S-N101"]


def test_a_healthy_workload_is_not_ill() -> None:
    """Given a deployment that is well, and events of troubles it once had, when judged, then nothing is found."""
    past = [
        event("Pod", "api-7d4b9c-x1", reason, "Readiness probe failed: x")
        for reason in ("FailedMount", "FailedScheduling", "FailedCreatePodSandBox", "Unhealthy", "BackOff", "Failed")
    ]
    done = status("init", state={"terminated": {"exitCode": 0, "reason": "Completed"}})
    probed = container(readinessProbe={"tcpSocket": {"port": 80}}, livenessProbe={"tcpSocket": {"port": 80}})
    well = pod(containers=[probed], initContainerStatuses=[done])

    assert folded(cluster(well, deployment(), service(), slices(up=["node-1"]), *past)) == {}
