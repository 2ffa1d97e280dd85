"""Clusters for tests, written in few words: healthy unless told otherwise, at three in the morning of one night.

Objects are given as the API writes them (camelCase), so that a test also proves that the shapes understand it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from sickbay.diagnostics.check import Check
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Finding
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.snapshot import ContainerLog, Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event, ResourceQuota, Version
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease, Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    CronJob,
    DaemonSet,
    HorizontalPodAutoscaler,
    Job,
    PodDisruptionBudget,
    Workload,
)
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
Fields = Mapping[str, Any]
NONE: Fields = MappingProxyType({})
R = TypeVar("R", bound=Resource)


def ago(**span: float) -> str:
    """Give a moment before NOW as the API writes it: `ago(minutes=5)`."""
    return (NOW - timedelta(**span)).isoformat().replace("+00:00", "Z")


def make(shape: type[R], fields: Fields) -> R:
    """Give an object from its JSON form."""
    return msgspec.convert(fields, shape)


def meta(name: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    """Give metadata."""
    uid = f"{namespace}-{name}-uid"
    return {"name": name, "namespace": namespace, "uid": uid, "creationTimestamp": ago(days=2), **more}


def container(name: str = "app", **more: Any) -> dict[str, Any]:
    """Give a container of a pod's specification."""
    return {"name": name, "image": "registry.example.com/shop/api:1", "ports": [{"containerPort": 8080}], **more}


def status(name: str = "app", **more: Any) -> dict[str, Any]:
    """Give a container's status: running for two days, and ready."""
    running = {"running": {"startedAt": ago(days=2)}}
    image = "registry.example.com/shop/api@sha256:aa"
    return {"name": name, "ready": True, "restartCount": 0, "imageID": image, "state": running, **more}


def pod(
    name: str = "api-7d4b9c-x1",
    *,
    deployment: str = "api",
    namespace: str = "shop",
    node: str = "node-1",
    ready: bool = True,
    spec: Fields = NONE,
    metadata: Fields = NONE,
    containers: Iterable[Fields] = (),
    statuses: Iterable[Fields] = (),
    **more: Any,
) -> Pod:
    """Give a pod of a deployment (of none where its name is empty); `more` goes into the pod's status."""
    template = "7d4b9c"
    owners = [{"kind": "ReplicaSet", "name": f"{deployment}-{template}", "uid": "rs", "controller": True}]
    labels = {"app": deployment, "pod-template-hash": template}
    about = meta(name, namespace, **({"ownerReferences": owners, "labels": labels} if deployment else {}))
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}, {"type": "PodScheduled", "status": "True"}]
    return make(
        Pod,
        {
            "metadata": {**about, **metadata},
            "spec": {"nodeName": node, "containers": list(containers) or [container()], **spec},
            "status": {
                "phase": "Running",
                "startTime": ago(days=2),
                "conditions": conditions,
                "containerStatuses": list(statuses) or [status(ready=ready)],
                **more,
            },
        },
    )


def deployment(name: str = "api", *, namespace: str = "shop", replicas: int = 1, ready: int | None = None,
               conditions: Iterable[Fields] = (), **more: Any) -> Workload:  # fmt: skip
    """Give a deployment; `more` goes into its metadata."""
    there = replicas if ready is None else ready
    labels = {"app": name}
    return make(
        Workload,
        {
            "metadata": meta(name, namespace, **more),
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container()]}},
            },
            "status": {
                "replicas": replicas,
                "readyReplicas": there,
                "availableReplicas": there,
                "unavailableReplicas": replicas - there,
                "conditions": list(conditions),
            },
        },
    )


def node(name: str = "node-1", *, conditions: Iterable[Fields] = (), spec: Fields = NONE, **more: Any) -> Node:
    """Give a node that is ready; `more` goes into its status."""
    allocatable = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    return make(
        Node,
        {
            "metadata": {"name": name, "uid": f"{name}-uid", "creationTimestamp": ago(days=30), "labels": {}},
            "spec": dict(spec),
            "status": {
                "capacity": allocatable,
                "allocatable": allocatable,
                "conditions": list(conditions) or [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
                "nodeInfo": {
                    "kubeletVersion": "v1.31.2",
                    "architecture": "amd64",
                    "containerRuntimeVersion": "containerd://1.7.22",
                    "kernelVersion": "6.1.0",
                    "osImage": "Debian GNU/Linux 12 (bookworm)",
                    "operatingSystem": "linux",
                },
                **more,
            },
        },
    )


def lease(name: str = "node-1", *, seconds_ago: float = 5, namespace: str = "kube-node-lease") -> Lease:
    """Give a lease, renewed so many seconds ago."""
    renewed = {"renewTime": ago(seconds=seconds_ago), "holderIdentity": name, "leaseDurationSeconds": 40}
    return make(Lease, {"metadata": meta(name, namespace), "spec": renewed})


def event(kind: str, name: str, reason: str, message: str, *, namespace: str = "shop", count: int = 1,
          minutes_ago: float = 2, **more: Any) -> Event:  # fmt: skip
    """Give a Warning event, last seen so many minutes ago."""
    about = {"kind": kind, "name": name, **({"namespace": namespace} if namespace else {})}
    return make(
        Event,
        {
            "metadata": meta(f"{name}.{reason}.{count}.{minutes_ago}", namespace or "default"),
            "involvedObject": about,
            "type": "Warning",
            "reason": reason,
            "message": message,
            "count": count,
            "firstTimestamp": ago(minutes=minutes_ago + 10),
            "lastTimestamp": ago(minutes=minutes_ago),
            **more,
        },
    )


def owned_by(kind: str, name: str, **labels: str) -> dict[str, Any]:
    """Give what goes into the metadata of a pod that belongs to a StatefulSet, DaemonSet or Job."""
    return {
        "ownerReferences": [{"kind": kind, "name": name, "uid": f"{name}-uid", "controller": True}],
        "labels": labels,
    }


def statefulset(name: str = "db", *, replicas: int = 3, there: int = 3, ready: int = 3, spec: Fields = NONE,
                **more: Any) -> Workload:  # fmt: skip
    """Give a stateful set, of which so many pods are there and ready; `more` goes into its status."""
    return make(
        Workload,
        {
            "metadata": meta(name),
            "spec": {"replicas": replicas, "podManagementPolicy": "OrderedReady", **spec},
            "status": {"replicas": there, "readyReplicas": ready, **more},
        },
    )


def daemonset(name: str = "agent", *, desired: int = 3, ready: int = 3, namespace: str = "shop",
              metadata: Fields = NONE, **more: Any) -> DaemonSet:  # fmt: skip
    """Give a daemon set that is scheduled everywhere; `more` goes into its status."""
    status = {"desiredNumberScheduled": desired, "currentNumberScheduled": desired, "numberReady": ready, **more}
    return make(DaemonSet, {"metadata": {**meta(name, namespace), **metadata}, "status": status})


def job(name: str = "import", *, cronjob: str = "", conditions: Iterable[Fields] = (), spec: Fields = NONE,
        **more: Any) -> Job:  # fmt: skip
    """Give a job, of a cron job where one is named; `more` goes into its status."""
    owner = owned_by("CronJob", cronjob) if cronjob else {}
    status = {"conditions": list(conditions), **more}
    return make(Job, {"metadata": {**meta(name), **owner}, "spec": dict(spec), "status": status})


def cronjob(name: str = "report", schedule: str = "*/5 * * * *", *, spec: Fields = NONE, metadata: Fields = NONE,
            **more: Any) -> CronJob:  # fmt: skip
    """Give a cron job; `more` goes into its status."""
    about = {**meta(name), **metadata}
    return make(CronJob, {"metadata": about, "spec": {"schedule": schedule, **spec}, "status": more})


def autoscaler(name: str = "api", *, conditions: Iterable[Fields] = (), spec: Fields = NONE, **more: Any,
               ) -> HorizontalPodAutoscaler:  # fmt: skip
    """Give an autoscaler of the deployment of the same name; `more` goes into its status."""
    target = {"kind": "Deployment", "name": name}
    return make(
        HorizontalPodAutoscaler,
        {
            "metadata": meta(name),
            "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 4, **spec},
            "status": {"currentReplicas": 1, "conditions": list(conditions), **more},
        },
    )


def budget(name: str = "api", *, app: str = "api", spec: Fields = NONE, **more: Any) -> PodDisruptionBudget:
    """Give a disruption budget of the pods of an app; `more` goes into its status."""
    selector = {"matchLabels": {"app": app}}
    return make(PodDisruptionBudget, {"metadata": meta(name), "spec": {"selector": selector, **spec}, "status": more})


def quota(name: str = "team", *, hard: Fields = NONE, used: Fields = NONE) -> ResourceQuota:
    """Give a quota."""
    return make(ResourceQuota, {"metadata": meta(name), "status": {"hard": dict(hard), "used": dict(used)}})


def log(of: Pod, text: str, *, container: str = "app", previous: bool = True) -> ContainerLog:
    """Give the end of a container's log."""
    return ContainerLog(pod=of.name, container=container, tail=LogTail(text=text), previous=previous)


def cluster(*objects: Resource, complete: Iterable[str] = KINDS, scope: str = "", audit: bool = False,
            logs: Iterable[ContainerLog] = (), **more: Any) -> Snapshot:  # fmt: skip
    """Give a cluster with one healthy node and these objects, each put where its shape belongs.

    Shapes that several kinds share (Workload, WebhookConfiguration) go where `more` names them, deployments apart.
    """
    fields: dict[str, list[Resource]] = {}
    shapes = {kind.shape: kind.plural for kind in reversed(tuple(KINDS.values()))}
    for item in objects:
        fields.setdefault(shapes[type(item)], []).append(item)
    if "nodes" not in fields and "nodes" not in more:
        fields["nodes"], fields["leases"] = [node()], [*fields.get("leases", []), lease()]
    placed = {plural: tuple(items) for plural, items in fields.items()}
    return Snapshot(
        request=Request(scope=scope, audit=audit),
        taken_at=NOW,
        clock=NOW,
        cluster="lab",
        address="https://lab.example.com:6443",
        version=Version(major="1", minor="31", git_version="v1.31.2"),
        health="[+]ping ok\nreadyz check passed",
        complete=frozenset(complete),
        logs=tuple(logs),
        **{**placed, **more},
    )


def findings(check: Check[Snapshot], snapshot: Snapshot) -> list[Finding]:
    """Give what one check finds."""
    return list(check.judge(snapshot))
