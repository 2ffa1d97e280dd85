"""What makes services reachable on the nodes does not run everywhere."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import there
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.proxies import proxies
from sickbay.diagnostics.platforms.kubernetes.services import START
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet


@check(
    "K8S-S104",
    title="Service proxy down",
    severity=Severity.HIGH,
    remedy="Make the DaemonSet's pods ready again: until then services are out of reach on their nodes.",
)
def service_proxy(cluster: Snapshot) -> Iterator[Finding]:
    """A pod of kube-proxy is not ready, so on its node connections to services fail or go to pods that are gone.

    Where there is no kube-proxy, its replacement is looked at: Cilium, Calico, kube-router, Antrea or OVN-Kubernetes.
    """
    for proxy in proxies(cluster):
        subject = Subject("daemonset", proxy.name)
        pods = [pod for pod in cluster.pods_by_owner.get(subject, ()) if there(pod)]
        ill = [pod for pod in pods if not pod.ready and since(pod.metadata.creation_timestamp, cluster.now) > START]
        wanted = proxy.status.desired_number_scheduled
        missing = max(0, wanted - proxy.status.number_ready)
        if not ill and (pods or not missing):
            continue
        nodes = ", ".join(sorted(pod.spec.node_name for pod in ill)[:5]) or "their nodes"
        yield Finding(
            subject=subject,
            summary=f"{proxy.metadata.name} is not ready on {len(ill) or missing} of {wanted} nodes ({nodes}): "
            "connections to services fail there.",
            evidence=tuple(_evidence(cluster, proxy, ill)),
            remedy=remedy(
                cluster,
                subject,
                f"Read the log of {proxy.metadata.name} on those nodes; it says what keeps it from its work.",
                f"kubectl get pods -n {proxy.metadata.namespace} -o wide",
            ),
            count=len(ill) or missing,
        )


def _evidence(cluster: Snapshot, proxy: DaemonSet, ill: list[Pod]) -> Iterator[Evidence]:
    status = proxy.status
    told = f"{status.number_ready} of {status.desired_number_scheduled} ready"
    yield cluster.evidence("daemonsets", proxy, "status.numberReady", told)
    for pod in ill[:3]:
        yield cluster.evidence("pods", pod, "spec.nodeName", pod.spec.node_name)
        for container in pod.status.container_statuses:
            yield from cluster.log_evidence(pod, container.name)
