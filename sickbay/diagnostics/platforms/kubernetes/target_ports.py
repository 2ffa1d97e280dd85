"""Ports to which services send and on which their pods, as far as they declare it, do not listen."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.services import one_alive
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service, ServicePort
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerPort, Pod


class Miss(Struct, frozen=True, kw_only=True):
    """A port of a service that leads to none of the ports which its pods declare; one of these pods stands for all."""

    service: Service
    port: ServicePort
    pod: Pod
    declared: tuple[ContainerPort, ...]

    @property
    def named(self) -> bool:
        """Say whether the target is a name, which is certain to lead nowhere; pods may listen on other numbers."""
        return isinstance(self.port.target_port, str)

    @property
    def target(self) -> int | str:
        """Give to which port of the pods the service sends."""
        return _target(self.port)

    @property
    def listen(self) -> str:
        """Give on what the pods say that they listen, as the end of a sentence."""
        if not self.declared:
            return "declare no port"
        ports = (f"{one.container_port}" + (f" ({one.name})" if one.name else "") for one in self.declared)
        return f"listen on {', '.join(ports)}"

    @property
    def sent(self) -> str:
        """Give all ports of the service with their targets."""
        return ", ".join(f"{port.port} to {_target(port)}/{port.protocol}" for port in self.service.spec.ports)

    @property
    def cure(self) -> str:
        """Give what to do about it."""
        if not self.declared:
            return f"Give the container's port the name {self.target}, or put its number into targetPort."
        first = self.declared[0]
        right = first.name if self.named and first.name else first.container_port
        other = "name their port" if self.named else "let the pods listen on"
        return f"Set targetPort to {right}, or {other} {self.target}."


def misses(cluster: Snapshot) -> Iterator[Miss]:
    """Yield one lost port of each service that has any: a named one, or a number where all its ports are lost."""
    for service in cluster.services:
        pod = one_alive(cluster, service)
        if pod is None or service.spec.type == "ExternalName":
            continue
        declared = _declared(pod)
        lost = [port for port in service.spec.ports if _is_lost(port, declared)]
        named = [port for port in lost if isinstance(port.target_port, str)]
        if not named and (not declared or len(lost) < len(service.spec.ports)):
            continue
        for port in (named or lost)[:1]:
            yield Miss(service=service, port=port, pod=pod, declared=declared)


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
