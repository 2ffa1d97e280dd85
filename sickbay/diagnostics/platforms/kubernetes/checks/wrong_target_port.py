"""A service sends to a port on which its pods do not listen."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target_ports import misses


@check(
    "K8S-S102",
    title="Wrong target port",
    severity=Severity.HIGH,
    remedy="Set the service's targetPort to a port on which its pods listen.",
    explains=("K8S-S101", "K8S-S106", "K8S-X102", "K8S-X103"),
)
def wrong_target_port(cluster: Snapshot) -> Iterator[Finding]:
    """A service's targetPort, which is its port where none is given, is none of the ports that its pods declare.

    A named one must be there, or the service gets no endpoint for it. A number is only a hint, since pods may listen on
    ports that they do not declare: it is reported, as inferred, where the pods declare ports and the service sends to
    none of them.
    """
    for miss in misses(cluster):
        service, pod = miss.service, miss.pod
        subject = Subject("service", service.name)
        yield Finding(
            subject=subject,
            summary=f"Service {service.name} sends port {miss.port.port} to targetPort {miss.target}; "
            f"its pods {miss.listen}.",
            evidence=(
                cluster.evidence("services", service, "spec.ports", miss.sent),
                cluster.evidence("pods", pod, f"spec.containers ports of pod {pod.metadata.name}", miss.listen),
            ),
            confidence=Confidence.OBSERVED if miss.named else Confidence.INFERRED,
            remedy=remedy(cluster, subject, miss.cure, kubectl("edit", subject)),
        )
