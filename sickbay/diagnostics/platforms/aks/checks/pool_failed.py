"""A node pool could not get its nodes."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.faults import FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.pools import evidence_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

#: These are findings of their own: AKS-107, AKS-109 and AKS-111.
_TOLD_ELSEWHERE = frozenset({FaultKind.SUBNET, FaultKind.PRINCIPAL, FaultKind.DRAIN})


@check(
    "AKS-103",
    title="Node pool failed",
    severity=Severity.HIGH,
    remedy="Put right what the error names, then scale or upgrade the pool again.",
    explains=("AKS-101", "AKS-110", "K8S-P104", "K8S-N101"),
)
def pool_failed(aks: Snapshot) -> Iterator[Finding]:
    """A node pool's last operation failed: its machines could not be had, or could not be set up as nodes.

    Azure's error tells the class: quota of cores, no capacity in region or zone, a VM size that is not offered, or the
    set-up script (exit 50: no way out; 51: no way to the API server; 52: its name is not found), a policy, a lock, a
    permission. Where Azure says how many cores are left and how the machines fare, that stands beside it.
    """
    for pool in aks.failed_pools:
        error = pool.properties.status.provisioning_error
        fault = fault_of(error)
        if fault.kind in _TOLD_ELSEWHERE:
            continue
        told = f" ({error.code})" if error and error.code else ""
        nodes = len(aks.nodes_by_pool.get(pool.name, ()))
        known = aks.kubernetes is not None and aks.kubernetes.knows("nodes")
        there = f" It has {nodes} of {pool.properties.count} nodes." if known else ""
        yield Finding(
            subject=aks.pool_subject(pool),
            summary=f"Node pool {pool.name} failed{told}: {fault.kind}.{there}",
            evidence=tuple(evidence_of(aks, pool)),
            remedy=aks.remedy(fault.cure, fault.command, pool=pool),
            last_seen=aks.taken_at,
        )
