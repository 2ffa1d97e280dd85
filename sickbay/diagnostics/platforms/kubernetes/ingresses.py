"""What an ingress names that is not there: its class, its services and their ports; or that nobody answers for."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.services import endpoints, ready, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Ingress, ServiceBackend


class Fault(Struct, frozen=True):
    """What is wrong with an ingress, after its name, and what to do."""

    what: str
    cure: str
    evidence: Evidence


def faults_of(cluster: Snapshot, ingress: Ingress) -> tuple[Fault, ...]:
    """Give the faults of an ingress, that of its class first."""
    backends = dict.fromkeys(ingress.spec.backends)
    found = (_of_backend(cluster, ingress, backend) for backend in backends)
    return (*_of_class(cluster, ingress), *(fault for fault in found if fault))


def _of_class(cluster: Snapshot, ingress: Ingress) -> Iterator[Fault]:
    name = ingress.spec.ingress_class_name
    there = {item.metadata.name for item in cluster.ingressclasses}
    if name and cluster.knows("ingressclasses") and name not in there:
        proof = cluster.evidence("ingresses", ingress, "spec.ingressClassName", name)
        others = f"or name a class that is there ({', '.join(sorted(there))})" if there else "there is no class at all"
        cure = f"Install the controller that brings class {name}; {others}."
        yield Fault(f"names class {name}, which does not exist: no controller follows it", cure, proof)


def _of_backend(cluster: Snapshot, ingress: Ingress, backend: ServiceBackend) -> Fault | None:
    namespace, port = ingress.metadata.namespace, backend.port.name or backend.port.number
    proof = cluster.evidence("ingresses", ingress, "spec.rules backend", f"{backend.name}:{port}")
    service = cluster.service_by_name.get(f"{namespace}/{backend.name}")
    if service is None:
        if not sees(cluster, namespace, "services"):
            return None
        cure = f"Create service {backend.name}, or correct the name in the ingress."
        return Fault(f"sends to service {backend.name}, which does not exist", cure, proof)
    if port and service.spec.type != "ExternalName":
        there = [port.name if backend.port.name else port.port for port in service.spec.ports]
        if port not in there:
            ports = ", ".join(map(str, there))
            cure = f"Correct the port in the ingress: the service has {ports}."
            return Fault(f"sends to port {port} of service {backend.name}, which has {ports} only", cure, proof)
    found = endpoints(cluster, service) if service.spec.selector else None
    if found is not None and not ready(found):
        cure = f"Bring service {backend.name} back: its own finding says what is wrong."
        return Fault(f"answers 503, since service {backend.name} has no ready endpoint", cure, proof)
    return None
