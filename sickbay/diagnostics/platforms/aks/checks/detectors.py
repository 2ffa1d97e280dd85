"""AKS's own detectors find something critical."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.insights import told
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot


@check(
    "AKS-117",
    title="AKS's detectors find a fault",
    severity=Severity.MEDIUM,
    remedy="Open 'Diagnose and solve problems' of the cluster in the portal; the detector often has a solution.",
)
def detectors(aks: Snapshot) -> Iterator[Finding]:
    """A detector calls something critical: of nodes, connectivity, storage, identity, or operations on the cluster.

    They see what a diagnosis from outside may not, and the same as other checks, too; so they stand below these. What
    they say of the control plane is AKS-113.
    """
    yield from told(aks, (item for item in aks.insights if item.critical and not item.of_azure))
