"""The objects read so far, by plural, and which lists of them were read to their end."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from msgspec.structs import replace

from sickbay.diagnostics.platforms.kubernetes.collector.connection import Query
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Listing, Reading
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.network import (
    Endpoint,
    EndpointConditions,
    Endpoints,
    EndpointSlice,
    EndpointSubset,
)
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.storage import PersistentVolumeClaim

R = TypeVar("R", bound=Resource)

#: Up to so many objects are read one by one; more are listed.
FEW = 30
SYSTEM, NODE_LEASES = "kube-system", "kube-node-lease"
_NO_QUERY: Query = {}
_SERVICE_LABEL = "kubernetes.io/service-name"


class Objects:
    """Gathers objects; what was read twice is kept once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._by_plural: dict[str, dict[str, Resource]] = {}
        self.complete: set[str] = set()

    @property
    def found(self) -> Mapping[str, tuple[Resource, ...]]:
        """Give the objects by plural."""
        return {plural: tuple(items.values()) for plural, items in self._by_plural.items()}

    def of(self, plural: str) -> tuple[Resource, ...]:
        """Give the objects of one kind."""
        return tuple(self._by_plural.get(plural, {}).values())

    def all(self, plural: str, shape: type[R]) -> list[R]:
        """Give the objects of one kind that have this shape."""
        return [item for item in self.of(plural) if isinstance(item, shape)]

    def knows(self, plural: str) -> bool:
        """Say whether the last look for the kind was answered."""
        return plural in self.complete

    def start(self, plural: str, namespace: str = "", query: Query = _NO_QUERY) -> "Future[Listing]":
        """Queue a list."""
        return self._reading.start_list(KINDS[plural], namespace, query)

    def finish(self, coming: "Mapping[str, Future[Listing]]") -> None:
        """Take lists as they were read."""
        for plural, future in coming.items():
            listing = self._reading.finish_list(KINDS[plural], future)
            if listing.complete:
                self.complete.add(plural)
            self.add(plural, listing.items)
        if "endpointslices" in coming and not self.of("endpointslices") and self.of("services"):
            self._read_older_endpoints()

    def finish_object(self, plural: str, future: "Future[Resource | None]") -> Resource | None:
        """Take one object; None where it is not there, or could not be read, which is noted."""
        before = len(self._reading.gaps)
        found = self._reading.finish(plural, future)
        if len(self._reading.gaps) == before:
            self.complete.add(plural)
        if found:
            self.add(plural, (found,))
        return found

    def add(self, plural: str, items: Iterable[Resource]) -> None:
        """Keep objects."""
        known = self._by_plural.setdefault(plural, {})
        for item in items:
            known[item.metadata.uid or item.name] = item

    def keep(self, plural: str, items: Iterable[Resource]) -> None:
        """Keep these of a kind and no others."""
        self._by_plural[plural] = {}
        self.add(plural, items)

    def read_named(self, plural: str, names: Iterable[str], namespace: str = "") -> None:
        """Read objects by name, or the whole list where they are many."""
        wanted = sorted(set(names))
        if len(wanted) > FEW:
            self.finish({plural: self.start(plural, namespace)})
            return
        kind = KINDS[plural]
        coming = [self._reading.start_object(kind, namespace, name) for name in wanted]
        for future in coming:
            self.finish_object(plural, future)

    def read_beneath(self) -> None:
        """Read what the pods and claims read so far stand on: nodes, their leases, and volumes."""
        pods = self.all("pods", Pod)
        nodes = {pod.spec.node_name for pod in pods if pod.spec.node_name}
        self.read_named("nodes", nodes)
        self.read_named("leases", nodes, NODE_LEASES)
        claims = self.all("persistentvolumeclaims", PersistentVolumeClaim)
        self.read_named("persistentvolumes", (claim.spec.volume_name for claim in claims if claim.spec.volume_name))
        if claims:
            self.finish({"volumeattachments": self.start("volumeattachments")})
            self.read_named("csinodes", nodes)

    def read_network_of_cluster(self) -> None:
        """Read what every pod's network stands on: DNS, and the system's DaemonSets (kube-proxy, the CNI)."""
        dns: Query = {"labelSelector": "k8s-app=kube-dns"}
        slices: Query = {"labelSelector": f"{_SERVICE_LABEL}=kube-dns"}
        known = set(self.complete)
        self.finish({
            "pods": self.start("pods", SYSTEM, dns),
            "services": self.start("services", SYSTEM, dns),
            "endpointslices": self.start("endpointslices", SYSTEM, slices),
            "daemonsets": self.start("daemonsets", SYSTEM),
        })  # fmt: skip
        self.complete &= known

    def _read_older_endpoints(self) -> None:
        """Turn Endpoints into slices, where a server makes none or RBAC hides them, as the `view` of 1.20 does."""
        namespaces = {item.metadata.namespace for item in self.of("services")}
        namespace = next(iter(namespaces)) if len(namespaces) == 1 else ""
        listing = self._reading.finish_list(KINDS["endpoints"], self.start("endpoints", namespace))
        (self.complete.add if listing.complete else self.complete.discard)("endpointslices")
        for item in listing.items:
            if isinstance(item, Endpoints):
                self.add("endpointslices", (_as_slice(item, number, one) for number, one in enumerate(item.subsets)))


def _as_slice(endpoints: Endpoints, number: int, subset: EndpointSubset) -> EndpointSlice:
    meta = endpoints.metadata
    labels = {**meta.labels, _SERVICE_LABEL: meta.name}
    found = tuple(
        Endpoint(
            addresses=(address.ip,),
            conditions=EndpointConditions(ready=ready),
            target_ref=address.target_ref,
            node_name=address.node_name,
        )
        for ready, addresses in ((True, subset.addresses), (False, subset.not_ready_addresses))
        for address in addresses
    )
    named = replace(meta, name=f"{meta.name}-{number}", uid=f"{meta.uid}-{number}", labels=labels)
    return EndpointSlice(metadata=named, endpoints=found, ports=subset.ports)
