"""What is read of Azure's side, in which order: first what needs only the target, then what the cluster names."""

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.acr import refused_pulls
from sickbay.diagnostics.platforms.aks.collector import failed_pools, outbound
from sickbay.diagnostics.platforms.aks.collector.activity import read_activity
from sickbay.diagnostics.platforms.aks.collector.decoding import decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.detectors import Detectors
from sickbay.diagnostics.platforms.aks.collector.legacy import Legacy
from sickbay.diagnostics.platforms.aks.collector.obstacles import (
    NO_TOKEN,
    CallError,
    UnreachableError,
    reason,
    unreachable,
)
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.rights import Right
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.base import Usage
from sickbay.diagnostics.platforms.aks.wire.clusters import (
    AgentPool,
    Identity,
    KubernetesVersions,
    ManagedCluster,
    OutboundEndpoints,
    UpgradeProfile,
)
from sickbay.diagnostics.platforms.aks.wire.monitoring import AvailabilityStatus
from sickbay.diagnostics.platforms.aks.wire.resources import RoleAssignment

T = TypeVar("T")

HEALTH_VERSION = "2022-10-01"
ROLES_VERSION = "2022-04-01"
#: How nodes get out where someone else's firewall or route table is in the way.
OWN_ROUTES = frozenset({"userDefinedRouting", "none", "block"})
_MISSING = 404


class Collection:
    """Reads what a request needs of Azure's side."""

    def __init__(self, reading: Reading, target: AksTarget) -> None:
        self._reading = reading
        self._connection = reading.connection
        self._target = target

    def fill(self, snapshot: Snapshot) -> Snapshot:
        """Give the snapshot with what Azure tells. Raises UnreachableError, PermanentError and CancelledError."""
        reading, target = self._reading, self._target
        try:
            reading.wait(reading.start(self._connection.open))
        except OutOfTimeError as error:
            raise UnreachableError(NO_TOKEN) from error
        audit = snapshot.request.audit
        place = (target.resource_group, target.cluster)
        client = self._connection.client
        cluster = reading.start(lambda: decode(self._connection.call(client.managed_clusters.get, *place)[0],
                                               ManagedCluster))  # fmt: skip
        pools = reading.start(lambda: decode_list(self._connection.call(client.agent_pools.list, *place),
                                                  AgentPool))  # fmt: skip
        activity = reading.start(lambda: read_activity(self._connection, target, snapshot))
        health = reading.start(lambda: self._health(snapshot.id))
        legacy = Legacy(reading, target) if audit else None
        with Detectors(reading, snapshot.id, snapshot.taken_at, audit=audit) as detectors:
            snapshot = replace(
                snapshot,
                cluster=self._cluster(cluster),
                pools=reading.finish(rights.POOLS, pools, ()),
            )
            snapshot = self._told_by_cluster(snapshot)
            snapshot = legacy.fill(snapshot) if legacy else snapshot
            return replace(
                snapshot,
                activity=reading.finish(rights.ACTIVITY, activity, ()),
                health=reading.maybe(rights.HEALTH, health),
                insights=detectors.finish(),
            )

    def _cluster(self, coming: "Future[ManagedCluster]") -> ManagedCluster:
        try:
            return self._reading.wait(coming)
        except CallError as error:
            if error.status == _MISSING:
                raise PermanentError(self._no_such_cluster(error)) from error
            raise UnreachableError(unreachable(error, rights.CLUSTER)) from error

    def _no_such_cluster(self, error: CallError) -> str:
        target = self._target
        wanted = f"There is no AKS cluster {target.cluster!r} in resource group {target.resource_group!r}"
        try:
            client = self._connection.client
            bodies = self._reading.wait(
                self._reading.start(lambda: self._connection.call(client.managed_clusters.list))
            )
            known = [f"{item.name} ({item.id.split('/')[4]})" for item in decode_list(bodies, ManagedCluster)]
        except CallError as denied:
            return f"{wanted}: {error} Which there are cannot be told: {reason(denied, rights.CLUSTER)}"
        there = f"there are: {', '.join(sorted(known))}" if known else "there is none at all that Sickbay may see"
        return f"{wanted} of subscription {target.subscription}; {there}."

    def _told_by_cluster(self, snapshot: Snapshot) -> Snapshot:
        """Read what the cluster and its pools name."""
        reading, connection, target = self._reading, self._connection, self._target
        client, cluster = connection.client, snapshot.cluster
        assert cluster is not None  # noqa: S101 - it was just read
        place = (target.resource_group, target.cluster)
        properties = cluster.properties
        networks = {
            subnet.rpartition("/subnets/")[0]
            for pool in snapshot.pools
            for subnet in (pool.properties.vnet_subnet_id, pool.properties.pod_subnet_id)
        }
        coming_subnets = [reading.start(partial(self._usages, network)) for network in sorted(networks) if network]
        endpoints = None
        if properties.network_profile.outbound_type in OWN_ROUTES:
            listed = client.managed_clusters.list_outbound_network_dependencies_endpoints
            endpoints = reading.start(lambda: decode_list(connection.call(listed, *place), OutboundEndpoints))
        versions, images = None, {}
        if snapshot.request.audit:
            offered = client.managed_clusters.list_kubernetes_versions
            versions = reading.start(
                lambda: decode(connection.call(offered, cluster.location)[0], KubernetesVersions).values
            )
            images = {pool.name: reading.start(partial(self._image, pool.name)) for pool in snapshot.pools}
        snapshot = failed_pools.fill(snapshot, reading, target)
        found = {name: reading.finish(rights.NODE_IMAGES, coming, "") for name, coming in images.items()}
        return replace(
            snapshot,
            subnets=_all(reading, rights.SUBNETS, coming_subnets),
            snat=outbound.read(reading, snapshot),
            endpoints=reading.finish(rights.ENDPOINTS, endpoints, ()) if endpoints else (),
            versions=reading.finish(rights.VERSIONS, versions, ()) if versions else (),
            latest_images={name: image for name, image in found.items() if image},
        )

    def follow_up(self, snapshot: Snapshot) -> Snapshot:
        """Read the roles of the kubelets' identity where a registry of Azure refuses their pulls."""
        if snapshot.cluster is None or not any(True for _ in refused_pulls(snapshot)):
            return snapshot
        identity = snapshot.cluster.properties.identity_profile.get("kubeletidentity", Identity()).object_id
        if not identity:
            return snapshot
        path = f"/subscriptions/{self._target.subscription}/providers/Microsoft.Authorization/roleAssignments"
        query = {"$filter": f"assignedTo('{identity}')"}
        coming = self._reading.start(
            lambda: decode_list(self._connection.get(path, ROLES_VERSION, query), RoleAssignment)
        )
        return replace(snapshot, roles=self._reading.maybe(rights.ROLES, coming))

    def _image(self, pool: str) -> str:
        client, target = self._connection.client, self._target
        body = self._connection.call(
            client.agent_pools.get_upgrade_profile, target.resource_group, target.cluster, pool
        )[0]
        return decode(body, UpgradeProfile).properties.latest_node_image_version

    def _usages(self, network: str) -> tuple[Usage, ...]:
        return decode_list(self._connection.get(f"{network}/usages", outbound.NETWORK_VERSION), Usage)

    def _health(self, cluster: str) -> AvailabilityStatus:
        path = f"{cluster}/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
        return decode(self._connection.get(path, HEALTH_VERSION)[0], AvailabilityStatus)


def _all(reading: Reading, right: Right, coming: "Sequence[Future[tuple[T, ...]]]") -> tuple[T, ...]:
    return tuple(item for future in coming for item in reading.finish(right, future, ()))
