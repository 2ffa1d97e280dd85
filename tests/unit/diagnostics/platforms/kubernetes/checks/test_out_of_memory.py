"""K8S-P102: OOM kills, by the kubelet's own word alone."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.out_of_memory import out_of_memory
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, container, event, findings, pod, status


def killed(reason: str = "OOMKilled", **more: object) -> dict[str, object]:
    end = {"exitCode": 137, "reason": reason, "finishedAt": ago(minutes=3), **more}
    return status(ready=False, restartCount=4, lastState={"terminated": end})


def test_an_oom_kill_names_its_limit() -> None:
    """Given a container that was OOM-killed at its limit, when judged, then the finding names the limit."""
    limited = [container(resources={"limits": {"memory": "64Mi"}})]

    (found,) = findings(out_of_memory, cluster(pod(ready=False, containers=limited, statuses=[killed()])))

    assert found.subject == Subject("deployment", "shop/api")
    assert "its limit of 64Mi" in found.summary
    assert "OOMKilled at 02:57:00 UTC, limit 64Mi, 4 restarts" in found.evidence[0].value


def test_without_a_limit_the_node_ran_out() -> None:
    """Given an OOM kill without a limit and a SystemOOM event, when judged, then the node's memory is named."""
    system = event("Node", "node-1", "SystemOOM", "System OOM encountered, victim process: java", namespace="")

    (found,) = findings(out_of_memory, cluster(pod(ready=False, statuses=[killed()]), system))

    assert "the node's memory" in found.summary
    assert "SystemOOM" in found.evidence[1].source


def test_137_alone_is_no_oom() -> None:
    """Given exit code 137 with reason Error, when judged, then nothing is found."""
    assert findings(out_of_memory, cluster(pod(statuses=[killed("Error")]))) == []


def test_a_kill_before_the_window_is_left_alone() -> None:
    """Given an OOM kill three days ago, when judged over a day, then nothing is found."""
    assert findings(out_of_memory, cluster(pod(statuses=[killed(finishedAt=ago(days=3))]))) == []
