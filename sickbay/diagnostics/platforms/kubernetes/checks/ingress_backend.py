"""An ingress leads nowhere."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import endpoints, ready, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Ingress, ServiceBackend

_Fault = tuple[str, str, Evidence]


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
        faults = [*_of_class(cluster, ingress), *_of_backends(cluster, ingress)]
        if faults:
            what, cure, _ = faults[0]
            more = f", and {len(faults) - 1} more such faults" if len(faults) > 1 else ""
            yield Finding(
                subject=subject,
                summary=f"Ingress {ingress.name} {what}{more}.",
                evidence=tuple(proof for _, _, proof in faults[:5]),
                remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
                count=len(faults),
            )


def _of_class(cluster: Snapshot, ingress: Ingress) -> Iterator[_Fault]:
    name = ingress.spec.ingress_class_name
    there = {item.metadata.name for item in cluster.ingressclasses}
    if name and cluster.knows("ingressclasses") and name not in there:
        proof = cluster.evidence("ingresses", ingress, "spec.ingressClassName", name)
        others = f"or name a class that is there ({', '.join(sorted(there))})" if there else "there is no class at all"
        cure = f"Install the controller that brings class {name}; {others}."
        yield f"names class {name}, which does not exist: no controller follows it", cure, proof


def _of_backends(cluster: Snapshot, ingress: Ingress) -> Iterator[_Fault]:
    for backend in dict.fromkeys(ingress.spec.backends):
        if fault := _of_backend(cluster, ingress, backend):
            yield fault


def _of_backend(cluster: Snapshot, ingress: Ingress, backend: ServiceBackend) -> _Fault | None:
    namespace, port = ingress.metadata.namespace, backend.port.name or backend.port.number
    proof = cluster.evidence("ingresses", ingress, "spec.rules backend", f"{backend.name}:{port}")
    service = cluster.service_by_name.get(f"{namespace}/{backend.name}")
    if service is None:
        if not sees(cluster, namespace, "services"):
            return None
        cure = f"Create service {backend.name}, or correct the name in the ingress."
        return f"sends to service {backend.name}, which does not exist", cure, proof
    if port and service.spec.type != "ExternalName":
        there = [port.name if backend.port.name else port.port for port in service.spec.ports]
        if port not in there:
            ports = ", ".join(map(str, there))
            cure = f"Correct the port in the ingress: the service has {ports}."
            return f"sends to port {port} of service {backend.name}, which has {ports} only", cure, proof
    found = endpoints(cluster, service) if service.spec.selector else None
    if found is not None and not ready(found):
        cure = f"Bring service {backend.name} back: its own finding says what is wrong."
        return f"answers 503, since service {backend.name} has no ready endpoint", cure, proof
    return None
