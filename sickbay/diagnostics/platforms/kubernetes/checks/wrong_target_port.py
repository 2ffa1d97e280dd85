"""A service sends to a port on which its pods do not listen."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.services import alive
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service, ServicePort
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerPort, Pod


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
    for service in cluster.services:
        pods = alive(cluster.selected(service.metadata.namespace, service.spec.selector))
        if not pods or service.spec.type == "ExternalName":
            continue
        pod = pods[0]
        ports = _declared(pod)
        lost = [port for port in service.spec.ports if _is_lost(port, ports)]
        named = [port for port in lost if isinstance(port.target_port, str)]
        if not named and (not ports or len(lost) < len(service.spec.ports)):
            continue
        for port in (named or lost)[:1]:
            subject = Subject("service", service.name)
            field = f"spec.containers ports of pod {pod.metadata.name}"
            yield Finding(
                subject=subject,
                summary=f"Service {service.name} sends port {port.port} to targetPort {_target(port)}; "
                f"its pods {_listen(ports)}.",
                evidence=(
                    cluster.evidence("services", service, "spec.ports", _written(service)),
                    cluster.evidence("pods", pod, field, _listen(ports)),
                ),
                confidence=Confidence.OBSERVED if named else Confidence.INFERRED,
                remedy=remedy(cluster, subject, _cure(port, ports), f"kubectl edit service/{service.metadata.name} "
                              f"-n {service.metadata.namespace}"),
            )  # fmt: skip


def _declared(pod: Pod) -> tuple[ContainerPort, ...]:
    return tuple(port for item in (*pod.spec.containers, *pod.spec.init_containers) for port in item.ports)


def _target(port: ServicePort) -> int | str:
    return port.target_port or port.port


def _is_lost(port: ServicePort, declared: tuple[ContainerPort, ...]) -> bool:
    """Say whether the port is none of the declared ones."""
    target = _target(port)
    if isinstance(target, str):
        return all(target != one.name for one in declared)
    return all((target, port.protocol) != (one.container_port, one.protocol) for one in declared)


def _listen(ports: tuple[ContainerPort, ...]) -> str:
    if not ports:
        return "declare no port"
    return "listen on " + ", ".join(f"{one.container_port}" + (f" ({one.name})" if one.name else "") for one in ports)


def _written(service: Service) -> str:
    return ", ".join(f"{port.port} to {_target(port)}/{port.protocol}" for port in service.spec.ports)


def _cure(port: ServicePort, ports: tuple[ContainerPort, ...]) -> str:
    if not ports:
        return f"Give the container's port the name {_target(port)}, or put its number into targetPort."
    right = ports[0].name if isinstance(port.target_port, str) and ports[0].name else ports[0].container_port
    named = isinstance(port.target_port, str)
    return f"Set targetPort to {right}, or {'name their port' if named else 'let the pods listen on'} {_target(port)}."
