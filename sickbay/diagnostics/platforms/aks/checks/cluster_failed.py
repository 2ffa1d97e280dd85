"""The last operation on a cluster failed."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.faults import FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_FAILED = "Failed"


@check(
    "AKS-101",
    title="Cluster in a failed state",
    severity=Severity.HIGH,
    remedy="Put right what the error names, and reconcile: az resource update --ids with the cluster's id.",
)
def cluster_failed(aks: Snapshot) -> Iterator[Finding]:
    """The cluster's provisioning state is Failed: its last creation, upgrade, scaling or start did not get through.

    The API server and the pods may well go on running; but AKS neither scales nor upgrades nor repairs such a cluster
    as it should. The error stands in `status.provisioningError`; its class decides the remedy. A node pool, a subnet,
    a drain or a service principal at fault is a finding of its own, which explains this one.
    """
    cluster = aks.cluster
    if cluster is None or cluster.properties.provisioning_state != _FAILED:
        return
    error, fault = aks.error, fault_of(aks.error)
    text = error.text if error else ""
    why = f": {fault.kind}" if text and fault.kind is not FaultKind.OTHER else ""
    told = f" ({error.code})" if error and error.code else ""
    yield Finding(
        subject=aks.subject,
        summary=f"The last operation on AKS cluster {aks.name} failed{told}{why}; until that is put right, AKS "
        "does not scale, upgrade or repair it.",
        evidence=(
            aks.evidence("", "properties.provisioningState", _FAILED),
            *((aks.evidence("", "properties.status.provisioningError", text),) if text else ()),
        ),
        remedy=aks.remedy(fault.cure, fault.command),
        last_seen=aks.taken_at,
    )
