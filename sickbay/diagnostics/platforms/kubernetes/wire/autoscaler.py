"""Shapes of what the cluster autoscaler tells of itself in the ConfigMap `cluster-autoscaler-status` of kube-system."""

from collections.abc import Mapping
from datetime import datetime

from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource, Wire


class ConfigMap(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status`; no other one is read."""

    data: Mapping[str, str] = {}


class Backoff(Wire, frozen=True, kw_only=True):
    """The error of the cloud for which nodes are not asked for again for a while."""

    error_code: str = ""
    error_message: str = ""


class ScaleUp(Wire, frozen=True, kw_only=True):
    """How it goes with more nodes: `status` is NoActivity, InProgress or Backoff."""

    status: str = ""
    backoff_info: Backoff | None = None
    last_transition_time: datetime | None = None


class GroupHealth(Wire, frozen=True, kw_only=True):
    """How many nodes were asked for, and how many may be."""

    cloud_provider_target: int = 0
    max_size: int = 0


class NodeGroup(Wire, frozen=True, kw_only=True):
    """One group of nodes that the autoscaler may change, by its name at the cloud."""

    name: str = ""
    health: GroupHealth = GroupHealth()
    scale_up: ScaleUp = ScaleUp()

    @property
    def full(self) -> bool:
        """Say whether it has all the nodes that it may have."""
        return 0 < self.health.max_size <= self.health.cloud_provider_target

    @property
    def error(self) -> Backoff | None:
        """Give why the cloud gave no node when one was asked for, while that keeps the autoscaler from asking again."""
        return (self.scale_up.backoff_info or Backoff()) if self.scale_up.status == "Backoff" else None


class AutoscalerStatus(Wire, frozen=True, kw_only=True):
    """The YAML under `status`, as cluster-autoscaler has written it since 1.30."""

    node_groups: tuple[NodeGroup, ...] | None = None
