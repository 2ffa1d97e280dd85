"""An ingress leads nowhere."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ingresses import faults_of
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-S106",
    title="Ingress leads nowhere",
    severity=Severity.MEDIUM,
    remedy="Correct the class, the service or the port that the ingress names.",
)
def ingress_backend(cluster: Snapshot) -> Iterator[Finding]:
    """An ingress names a class, a service or a service's port that is not there, or a service that nobody answers for.

    Without its class no controller follows it (404, or no connection); without its service or a ready endpoint of it
    the controller answers 503. A service without endpoints has its own fault (K8S-S101), which explains this one.
    """
    for ingress in cluster.ingresses:
        subject = Subject("ingress", ingress.name)
        if faults := faults_of(cluster, ingress):
            more = f", and {len(faults) - 1} more such faults" if len(faults) > 1 else ""
            yield Finding(
                subject=subject,
                summary=f"Ingress {ingress.name} {faults[0].what}{more}.",
                evidence=tuple(fault.evidence for fault in faults[:5]),
                remedy=remedy(cluster, subject, faults[0].cure, kubectl("describe", subject)),
                count=len(faults),
            )
