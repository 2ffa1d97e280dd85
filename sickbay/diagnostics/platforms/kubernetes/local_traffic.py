"""Services whose traffic stays on the node where it comes in (externalTrafficPolicy Local), and nodes without a pod."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.services import endpoints, ready, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import Service

_SHOWN = 3


class Patchy(Struct, frozen=True):
    """A service whose nodePort leads somewhere on some nodes only: those that have a ready pod of it, and the rest."""

    service: Service
    having: Sequence[str]
    lacking: Sequence[str]

    @property
    def ports(self) -> str:
        """Give the ports on which the nodes answer for the service."""
        return ", ".join(str(port.node_port) for port in self.service.spec.ports if port.node_port)

    @property
    def drop(self) -> str:
        """Give the first of the nodes that drop what comes in."""
        return f"{', '.join(self.lacking[:_SHOWN])}{' …' if len(self.lacking) > _SHOWN else ''}"


def patchy(cluster: Snapshot) -> Iterator[Patchy]:
    """Yield the services of type NodePort that some nodes have no pod of; nothing where the nodes are not known."""
    for service in cluster.services:
        local = service.spec.external_traffic_policy == "Local" and service.spec.type == "NodePort"
        if not local or not sees(cluster, "", "nodes"):
            continue
        having = {one.node_name for one in ready(endpoints(cluster, service) or ())}
        lacking = set(cluster.node_by_name) - having
        if having and lacking and "" not in having:
            yield Patchy(service, sorted(having), sorted(lacking))
