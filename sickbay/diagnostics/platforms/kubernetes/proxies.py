"""What makes services reachable on the nodes: kube-proxy, or what stands in for it."""

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet

#: DaemonSets that carry services in place of kube-proxy, where there is none.
_REPLACEMENTS = ("cilium", "calico-node", "kube-router", "antrea-agent", "ovnkube-node")


def proxies(cluster: Snapshot) -> list[DaemonSet]:
    """Give the DaemonSets of kube-proxy, of which there may be one a kind of node, or else those of its replacement."""
    found = [item for item in cluster.daemonsets if item.metadata.name.startswith("kube-proxy")]
    return found or [item for item in cluster.daemonsets if item.metadata.name in _REPLACEMENTS]
