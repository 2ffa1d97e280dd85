"""The leases by which nodes show that they live."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease

_NAMESPACE = "kube-node-lease"


def node_leases(cluster: Snapshot) -> Mapping[str, Lease]:
    """Give the nodes' leases by the nodes' names."""
    return {lease.metadata.name: lease for lease in cluster.leases if lease.metadata.namespace == _NAMESPACE}
