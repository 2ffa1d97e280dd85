"""Shapes of what a watch tells: whole specifications, as they are written, and no more of a pod than how it fares."""

from collections.abc import Mapping

from msgspec import Raw, field

from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource, Wire, Written
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus


class WatchEvent(Wire, frozen=True, kw_only=True):
    """A line of a watch; `type` is ADDED, MODIFIED, DELETED, BOOKMARK or ERROR."""

    type: str = ""
    object: Raw = Raw(b"{}")


class VersionMeta(Wire, frozen=True, kw_only=True):
    """The state of the cluster that an answer shows."""

    resource_version: str = ""


class Versioned(Wire, frozen=True, kw_only=True):
    """Any answer; `code` is that of an error."""

    metadata: VersionMeta = VersionMeta()
    code: int = 0
    message: str = ""


class WatchedSpec(Written, frozen=True, kw_only=True):
    """An object with all of its specification."""

    spec: Mapping[str, object] = field(default_factory=dict)


class WatchedConfigMap(Written, frozen=True, kw_only=True):
    """A ConfigMap. Its values are turned into digests as soon as they are read."""

    data: Mapping[str, str] = {}
    binary_data: Mapping[str, str] = {}


class WatchedPodStatus(Wire, frozen=True, kw_only=True):
    """How a pod fares."""

    phase: str = ""
    reason: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class WatchedPod(Resource, frozen=True, kw_only=True):
    """A pod without what it was to be."""

    status: WatchedPodStatus = WatchedPodStatus()
