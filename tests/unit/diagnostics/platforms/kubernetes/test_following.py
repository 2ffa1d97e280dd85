"""What a watch makes of two looks at one object."""

from datetime import timedelta
from typing import Any

import pytest

from sickbay.diagnostics.events import EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.following import Autoscalers, Workloads
from sickbay.diagnostics.platforms.kubernetes.following_machines import Nodes, Pods
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.wire.watched import WatchedPod, WatchedSpec
from tests.unit.diagnostics.platforms.kubernetes.clusters import NOW, Fields, ago, make, meta, node

NODES = Nodes(KINDS["nodes"])


def deployment(replicas: int, *written: Fields) -> WatchedSpec:
    spec = {"replicas": replicas, "template": {"spec": {"containers": [{"name": "app", "image": "api:1"}]}}}
    return make(WatchedSpec, {"metadata": meta("api", managedFields=list(written)), "spec": spec})


def scaled_by(manager: str, minutes: float) -> dict[str, Any]:
    owned: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    return {"manager": manager, "subresource": "scale", "time": ago(minutes=minutes), "fieldsV1": owned}


def test_an_autoscaler_that_scales_is_named() -> None:
    """Given a deployment with an autoscaler, when a controller writes its number, then the autoscaler is who did it."""
    autoscalers = Autoscalers(KINDS["horizontalpodautoscalers"])
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "maxReplicas": 9}
    autoscalers.state(make(WatchedSpec, {"metadata": meta("web"), "spec": spec}))
    workloads = Workloads(KINDS["deployments"], autoscalers.scaled)

    (found,) = workloads.changed(
        deployment(5, scaled_by("kube-controller-manager", 1)), workloads.state(deployment(2)), NOW
    )

    assert (found.before, found.after, found.actor) == ("2", "5", "horizontalpodautoscaler/shop/web")
    assert found.at == NOW - timedelta(minutes=1)


def test_an_autoscaler_that_is_gone_or_scales_another_is_not_blamed() -> None:
    """Given autoscalers of a deployment, when one is deleted and one turned to another, then neither scaled it."""
    autoscalers = Autoscalers(KINDS["horizontalpodautoscalers"])
    for name, target in (("web", "api"), ("other", "db"), ("other", "worker")):
        spec = {"scaleTargetRef": {"kind": "Deployment", "name": target}}
        autoscalers.state(make(WatchedSpec, {"metadata": meta(name), "spec": spec}))

    (gone,) = autoscalers.gone(Subject("horizontalpodautoscaler", "shop/web"), NOW)

    assert gone.kind == EventKind.REMOVED
    assert autoscalers.scaled == {
        Subject("deployment", "shop/worker"): Subject("horizontalpodautoscaler", "shop/other")
    }


def test_a_writer_who_wrote_before_is_not_blamed() -> None:
    """Given an old API server, which notes no scaling, then its time is when it was seen, and nobody is named."""
    old = scaled_by("kubectl-create", 30)
    workloads = Workloads(KINDS["deployments"], {})

    (found,) = workloads.changed(deployment(5, old), workloads.state(deployment(2, old)), NOW)

    assert (found.at, found.actor) == (NOW, "")


def test_what_is_written_without_a_change_is_nothing() -> None:
    """Given a status that was written, when the specification is as it was, then nothing is told."""
    workloads = Workloads(KINDS["deployments"], {})

    assert not list(workloads.changed(deployment(2, scaled_by("kubectl", 1)), workloads.state(deployment(2)), NOW))


READY = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
SILENT = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "lastTransitionTime": ago(minutes=1)}
GPU = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("after", "kind", "field", "value"),
    [
        ({"conditions": [SILENT]}, EventKind.NODE_LOST, "conditions[Ready]", "Unknown (NodeStatusUnknown)"),
        ({"spec": {"unschedulable": True}}, EventKind.NODE_CHANGED, "spec.unschedulable", "true"),
        ({"spec": {"taints": [GPU]}}, EventKind.NODE_CHANGED, "spec.taints[gpu]", "yes:NoSchedule"),
        ({"nodeInfo": {"kubeletVersion": "v1.32.0"}}, EventKind.ENGINE, "kubeletVersion", "v1.32.0"),
    ],
    ids=["silent", "cordoned", "tainted", "upgraded"],
)
def test_what_changes_of_a_node_is_told(after: dict[str, Any], kind: EventKind, field: str, value: str) -> None:
    """Given a node that falls silent, is closed, or gets another kubelet, then that is told."""
    before = node(conditions=[READY], nodeInfo={"kubeletVersion": "v1.31.2"})
    defaults: dict[str, Any] = {"conditions": [READY], "nodeInfo": {"kubeletVersion": "v1.31.2"}}

    (found,) = NODES.changed(node(**{**defaults, **after}), before, NOW)

    assert (found.subject, found.kind, found.field, found.after) == ("node/node-1", kind, field, value)


def test_a_node_that_was_booted_is_told() -> None:
    """Given a node that has another boot's id than before, then it was booted."""
    (found,) = NODES.changed(node(nodeInfo={"bootID": "b"}), node(nodeInfo={"bootID": "a"}), NOW)

    assert (found.kind, found.field) == (EventKind.ENGINE, "reboot")


def test_a_node_that_tells_of_itself_for_the_first_time_has_not_changed() -> None:
    """Given a node whose kubelet has only just begun to report, then that is no upgrade."""
    assert not list(NODES.changed(node(nodeInfo={"kubeletVersion": "v1.31.2"}), node(nodeInfo={}), NOW))


def test_the_taints_of_an_ill_node_are_not_told_beside_its_conditions() -> None:
    """Given a node that the cluster tainted because it is silent, then its condition is told, and that once."""
    taint = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}

    (found,) = NODES.changed(node(conditions=[SILENT], spec={"taints": [taint]}), node(conditions=[READY]), NOW)

    assert found.field == "conditions[Ready]"


def test_a_node_that_left_is_lost() -> None:
    """Given a node that is deleted, then it is lost."""
    (found,) = NODES.gone(Subject("node", "node-1"), NOW)

    assert found.kind is EventKind.NODE_LOST


def test_a_pod_that_fails_is_told_under_its_workload() -> None:
    """Given a pod of a job that is evicted, then that happened to the job."""
    owner = {"kind": "Job", "name": "import", "uid": "j", "controller": True}

    def pod(phase: str) -> WatchedPod:
        status = {"phase": phase, "reason": "Evicted" if phase == "Failed" else ""}
        return make(WatchedPod, {"metadata": meta("import-x1", ownerReferences=[owner]), "status": status})

    pods = Pods(KINDS["pods"])

    (found,) = pods.changed(pod("Failed"), pods.state(pod("Running")), NOW)

    assert (found.subject, found.kind, found.after) == ("job/shop/import", EventKind.DIED, "Evicted")
