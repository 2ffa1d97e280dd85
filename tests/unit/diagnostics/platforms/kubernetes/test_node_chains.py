"""Faults of nodes, and of the makers of pods, fold what they cause on the pods, workloads and services above them."""

from typing import Any

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    daemonset,
    event,
    lease,
    make,
    meta,
    node,
    owned_by,
    pod,
    status,
)

READY = {"type": "Ready", "status": "True"}


def folded(*objects: Any) -> dict[str, list[str]]:
    """Give, by the code of each cause that stands, the codes of what it explains, directly or not."""
    report = judge(cluster(*objects), ReportTarget(name="lab", platform="kubernetes", zone="default"))
    by_id = {finding.id: finding for finding in report.findings}
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        root = finding
        while root.explained_by:
            root = by_id[root.explained_by[0]]
        found.setdefault(root.code, []).extend([finding.code] if root is not finding else [])
    return found


def test_a_node_under_pressure_explains_its_evictions() -> None:
    """Given a node short of memory that evicted a pod, when judged, then the pressure is the cause."""
    pressed = node(
        conditions=[READY, {"type": "MemoryPressure", "status": "True", "reason": "KubeletHasInsufficientMemory"}]
    )
    evicted = pod(
        phase="Failed", reason="Evicted", message="The node was low on resource: memory.", startTime=ago(minutes=9)
    )

    assert folded(pressed, lease(), evicted) == {"K8S-N102": ["K8S-P110"]}


def test_a_dead_network_explains_sandboxes_and_the_node() -> None:
    """Given a crashing calico-node on a node that waits for its network, when judged, then that is the cause."""
    message = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"
    waiting = node(conditions=[{"type": "Ready", "status": "False", "reason": "KubeletNotReady", "message": message}])
    looping = status(ready=False, restartCount=9, state={"waiting": {"reason": "CrashLoopBackOff"}})
    agent = pod("calico-node-1", deployment="", namespace="kube-system", ready=False, statuses=[looping],
                metadata=owned_by("DaemonSet", "calico-node"))  # fmt: skip
    creating = status(ready=False, state={"waiting": {"reason": "ContainerCreating"}})
    stuck = pod(ready=False, phase="Pending", statuses=[creating], startTime=ago(minutes=9))
    refused = event("Pod", "api-7d4b9c-x1", "FailedCreatePodSandBox", 'failed to setup network: plugin "calico" failed')

    found = folded(waiting, lease(), agent, stuck, refused)

    assert "K8S-P106" in found["K8S-N103"]
    assert "K8S-N101" in found["K8S-N103"]


def test_a_silent_node_explains_what_cannot_end_or_be_ready_on_it() -> None:
    """Given a silent node, a pod that does not go and one of a daemon set, when judged, then the node is the cause."""
    silent = node(conditions=[{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}])
    going = pod(ready=False, metadata={"deletionTimestamp": ago(minutes=9), "deletionGracePeriodSeconds": 30})
    unready = [{"type": "Ready", "status": "False", "lastTransitionTime": ago(minutes=9)}]
    member = pod("agent-1", deployment="", ready=False, conditions=unready, metadata=owned_by("DaemonSet", "agent"))

    found = folded(silent, going, daemonset(desired=1, ready=0), member)

    assert list(found) == ["K8S-N101"]
    assert {"K8S-P111", "K8S-W104"} <= set(found["K8S-N101"])


def test_a_quota_explains_the_rollout_and_the_service() -> None:
    """Given a deployment whose pods a quota refuses, when judged, then that explains its rollout and its service."""
    exceeded = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": ""}
    labels = {"app": "api"}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    refused = make(
        Workload, {"metadata": meta("api"), "spec": spec, "status": {"replicas": 0, "conditions": [exceeded]}}
    )
    quota = event("ReplicaSet", "api-7d4b9c", "FailedCreate", "exceeded quota: team, requested: pods=1, used: pods=2")
    service = make(Service, {"metadata": meta("api"), "spec": {"selector": labels, "ports": [{"port": 80}]}})

    found = folded(refused, quota, service)

    assert list(found) == ["K8S-W102"]
    assert {"K8S-W101", "K8S-S101"} <= set(found["K8S-W102"])
