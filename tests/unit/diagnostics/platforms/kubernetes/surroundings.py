"""What pods stand on and are reached by, for tests: services, ingresses, policies, claims, volumes, API services."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sickbay.diagnostics.platforms.kubernetes.facts import Certificate
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ApiService, Namespace, WebhookConfiguration
from sickbay.diagnostics.platforms.kubernetes.wire.network import (
    EndpointSlice,
    Ingress,
    IngressClass,
    NetworkPolicy,
    Service,
)
from sickbay.diagnostics.platforms.kubernetes.wire.storage import (
    CsiNode,
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
    VolumeAttachment,
)
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet
from tests.unit.diagnostics.platforms.kubernetes.clusters import NONE, NOW, Fields, container, make, meta

CLASS = "fast"
DRIVER = "disk.csi.example.com"


def service(name: str = "api", *, namespace: str = "shop", selector: Mapping[str, str] | None = None, port: int = 80,
            target: int | str = 8080, ports: Iterable[Fields] = (), metadata: Fields = NONE, status: Fields = NONE,
            **more: Any) -> Service:  # fmt: skip
    """Give a service that sends to the pods of the deployment of its name; `more` goes into its specification."""
    chosen = {"app": name} if selector is None else dict(selector)
    sent = list(ports) or [{"port": port, "targetPort": target, "protocol": "TCP"}]
    spec = {"type": "ClusterIP", "selector": chosen, "ports": sent, **more}
    return make(Service, {"metadata": meta(name, namespace, **metadata), "spec": spec, "status": dict(status)})


def slices(
    name: str = "api", *, namespace: str = "shop", up: Iterable[str] = (), down: Iterable[str] = ()
) -> EndpointSlice:
    """Give the endpoints of a service: the nodes of those that are ready, and of those that are not."""
    found = [
        {"addresses": [f"10.0.0.{number}"], "conditions": {"ready": ready}, "nodeName": node}
        for number, (ready, node) in enumerate([*((True, node) for node in up), *((False, node) for node in down)])
    ]
    labels = {"kubernetes.io/service-name": name}
    return make(EndpointSlice, {"metadata": meta(f"{name}-x7", namespace, labels=labels), "endpoints": found or None})


def ingress(name: str = "web", *, service: str = "api", port: int | str = 80, of_class: str = "nginx",
            namespace: str = "shop") -> Ingress:  # fmt: skip
    """Give an ingress with one path to a port of a service."""
    number = {"name": port} if isinstance(port, str) else {"number": port}
    backend = {"service": {"name": service, "port": number}}
    rule = {"host": "shop.example.com", "http": {"paths": [{"path": "/", "backend": backend}]}}
    return make(Ingress, {"metadata": meta(name, namespace), "spec": {"ingressClassName": of_class, "rules": [rule]}})


def ingress_class(name: str = "nginx") -> IngressClass:
    """Give a class of ingress."""
    return make(IngressClass, {"metadata": meta(name, "")})


def policy(name: str = "deny-all", *, rules: Iterable[Fields] = (), pods: Fields = NONE,
           types: Iterable[str] = ("Ingress",)) -> NetworkPolicy:  # fmt: skip
    """Give a network policy on what comes in to these pods, all of its namespace by default."""
    spec = {"podSelector": dict(pods), "policyTypes": list(types), "ingress": list(rules)}
    return make(NetworkPolicy, {"metadata": meta(name), "spec": spec})


def daemon_set(name: str, *, desired: int = 1, ready: int = 1, namespace: str = "kube-system") -> DaemonSet:
    """Give a DaemonSet."""
    counts = {"desiredNumberScheduled": desired, "currentNumberScheduled": desired, "numberReady": ready}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container()]}}
    return make(DaemonSet, {"metadata": meta(name, namespace), "spec": {"template": template}, "status": counts})


def claim(name: str = "data", *, phase: str = "Bound", of_class: str | None = CLASS, volume: str = "",
          metadata: Fields = NONE) -> PersistentVolumeClaim:  # fmt: skip
    """Give a claim."""
    spec = {"volumeName": volume, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    wanted = spec if of_class is None else {**spec, "storageClassName": of_class}
    return make(PersistentVolumeClaim, {"metadata": meta(name, **metadata), "spec": wanted, "status": {"phase": phase}})


def volume(name: str = "pv-1", *, phase: str = "Bound", claim: str = "data", driver: str = DRIVER, message: str = "",
           of_class: str = CLASS) -> PersistentVolume:  # fmt: skip
    """Give a volume of a CSI driver, claimed in namespace shop."""
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": of_class,
        "csi": {"driver": driver, "volumeHandle": f"handle-{name}"},
        **({"claimRef": {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": claim}} if claim else {}),
    }
    status = {"phase": phase, "message": message}
    return make(PersistentVolume, {"metadata": meta(name, ""), "spec": spec, "status": status})


def storage_class(name: str = CLASS, *, mode: str = "Immediate", provisioner: str = DRIVER) -> StorageClass:
    """Give a class of storage."""
    return make(StorageClass, {"metadata": meta(name, ""), "provisioner": provisioner, "volumeBindingMode": mode})


def attachment(volume: str = "pv-1", node: str = "node-1", **status: Any) -> VolumeAttachment:
    """Give a volume's attachment to a node; `status` in the API's words."""
    spec = {"attacher": DRIVER, "nodeName": node, "source": {"persistentVolumeName": volume}}
    return make(VolumeAttachment, {"metadata": meta(f"csi-{volume}-{node}", ""), "spec": spec, "status": status})


def csi_node(name: str = "node-1", *drivers: str) -> CsiNode:
    """Give the drivers that run on a node."""
    return make(CsiNode, {"metadata": meta(name, ""), "spec": {"drivers": [{"name": one} for one in drivers] or None}})


def webhook(
    name: str = "check.policy.example.com", *, service: str = "policy/webhook", **more: Any
) -> WebhookConfiguration:
    """Give a validating webhook that is answered by a service."""
    namespace, _, at = service.partition("/")
    called = {"service": {"namespace": namespace, "name": at}} if service else {"url": "https://example.com/check"}
    hook = {"name": name, "failurePolicy": "Fail", "clientConfig": called, **more}
    return make(WebhookConfiguration, {"metadata": meta("policy", ""), "webhooks": [hook]})


def api_service(
    name: str = "v1beta1.metrics.k8s.io",
    *,
    available: bool = True,
    service: str = "kube-system/metrics-server",
    reason: str = "MissingEndpoints",
    message: str = "endpoints for service are missing",
) -> ApiService:
    """Give a group of the API that a service answers for, or the API server itself where that is empty."""
    version, _, group = name.partition(".")
    namespace, _, at = service.partition("/")
    condition = {"type": "Available", "status": str(available), "reason": reason, "message": message}
    called = {"service": {"namespace": namespace, "name": at}} if service else {}
    spec = {"group": group, "version": version, **called}
    return make(ApiService, {"metadata": meta(name, ""), "spec": spec, "status": {"conditions": [condition]}})


def namespace(name: str = "shop", *, conditions: Iterable[Fields] = (), **more: Any) -> Namespace:
    """Give a namespace; with a `deletionTimestamp` in `more`, one that is being deleted."""
    phase = "Terminating" if "deletionTimestamp" in more else "Active"
    status = {"phase": phase, "conditions": list(conditions)}
    return make(Namespace, {"metadata": meta(name, "", **more), "status": status})


def certificate(whose: str = "API server", *, began: float = -300, ends: float = 65) -> Certificate:
    """Give a certificate that holds from and until so many days from now."""
    return Certificate(whose=whose, not_before=NOW + timedelta(days=began), not_after=NOW + timedelta(days=ends))
