"""The cluster's DNS answers nobody."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.look_ups import most_failed
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.services import DNS, START, alive, endpoints, ready
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

_NAMESPACE, _LABELS = "kube-system", {"k8s-app": "kube-dns"}


@check(
    "K8S-S103",
    title="Cluster DNS down",
    severity=Severity.HIGH,
    remedy="Make the pods of CoreDNS ready again: their log and their state say what holds them up.",
    explains=("K8S-P108",),
)
def cluster_dns(cluster: Snapshot) -> Iterator[Finding]:
    """No pod of CoreDNS is ready, so no pod of the cluster can find a service by its name.

    Looked at are the pods labelled k8s-app=kube-dns in kube-system and the endpoints of the service kube-dns; a
    cluster that has neither uses another DNS and is not judged. What fails most often in the pods' logs is named.
    """
    pods = alive(cluster.selected(_NAMESPACE, _LABELS))
    service = cluster.service_by_name.get(DNS.name)
    found = endpoints(cluster, service) if service else None
    silent = found is not None and not ready(found)
    starting = any(since(pod.metadata.creation_timestamp, cluster.now) < START for pod in pods)
    if starting or any(pod.ready for pod in pods) or not (pods or silent):
        return
    many = f"none of its {len(pods)} pods is ready" if pods else "it has no pods"
    most = most_failed(cluster, pods)
    named = f'; "{most[0]}" failed most often ({most[1]} times)' if most else ""
    yield Finding(
        subject=DNS,
        summary=f"Cluster DNS is down, {many}: no pod can find a service by its name{named}.",
        evidence=tuple(_evidence(cluster, pods, silent=silent)),
        remedy=remedy(
            cluster,
            DNS,
            "Make the pods of CoreDNS ready again." if pods else "Scale CoreDNS up again: it has no pods.",
            "kubectl get pods -n kube-system -l k8s-app=kube-dns",
        ),
        last_seen=cluster.now,
    )


def _evidence(cluster: Snapshot, pods: tuple[Pod, ...], *, silent: bool) -> Iterator[Evidence]:
    if silent:
        source = "GET /apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices of kube-dns"
        yield Evidence(source=source, value="no ready address", at=cluster.taken_at)
    for pod in pods[:3]:
        yield cluster.evidence("pods", pod, "status.phase", f"{pod.status.phase}, not ready")
        for status in pod.status.container_statuses:
            yield from cluster.log_evidence(pod, status.name)
