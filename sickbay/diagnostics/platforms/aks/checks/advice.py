"""AKS's own detectors warn, or advise."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.aks.insights import told
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot


@check(
    "AKS-118",
    title="AKS's detectors advise",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Open 'Diagnose and solve problems' of the cluster in the portal, and judge whether the advice fits.",
)
def advice(aks: Snapshot) -> Iterator[Finding]:
    """A detector warns, or one of the categories Best Practices and Deprecations says what to do better.

    Among them are parts of the API that the next version no longer serves, and set-ups that AKS does not support.
    """
    yield from told(aks, (item for item in aks.insights if not item.critical))
