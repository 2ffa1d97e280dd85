"""Shapes of claims, volumes, their classes, and the CSI drivers that provide them."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition, Resource, Wire
from sickbay.diagnostics.platforms.kubernetes.wire.network import ObjectReference
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Resources


class ClaimSpec(Wire, frozen=True, kw_only=True):
    """What storage is wanted; no class name at all asks for the default class, an empty one for none."""

    storage_class_name: str | None = None
    volume_name: str = ""
    access_modes: tuple[str, ...] = ()
    resources: Resources = Resources()


class ClaimStatus(Wire, frozen=True, kw_only=True):
    """`phase` is Pending, Bound or Lost."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()


class PersistentVolumeClaim(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/persistentvolumeclaims`."""

    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class CsiSource(Wire, frozen=True, kw_only=True):
    """The driver behind a volume."""

    driver: str = ""
    volume_handle: str = ""


class VolumeSpec(Wire, frozen=True, kw_only=True):
    """Where a volume comes from and who claimed it."""

    capacity: Mapping[str, str | int] = {}
    access_modes: tuple[str, ...] = ()
    storage_class_name: str = ""
    claim_ref: ObjectReference | None = None
    csi: CsiSource | None = None
    persistent_volume_reclaim_policy: str = ""


class VolumeStatus(Wire, frozen=True, kw_only=True):
    """`phase` is Pending, Available, Bound, Released or Failed."""

    phase: str = ""
    reason: str = ""
    message: str = ""


class PersistentVolume(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/persistentvolumes`."""

    spec: VolumeSpec = VolumeSpec()
    status: VolumeStatus = VolumeStatus()


class StorageClass(Resource, frozen=True, kw_only=True):
    """`GET /apis/storage.k8s.io/v1/storageclasses`."""

    provisioner: str = ""
    volume_binding_mode: str = ""


class AttachmentSource(Wire, frozen=True, kw_only=True):
    """The volume that is attached."""

    persistent_volume_name: str = ""


class AttachmentSpec(Wire, frozen=True, kw_only=True):
    """Which volume to which node, by which driver."""

    attacher: str = ""
    node_name: str = ""
    source: AttachmentSource = AttachmentSource()


class AttachmentError(Wire, frozen=True, kw_only=True):
    """Why it failed."""

    message: str = ""


class AttachmentStatus(Wire, frozen=True, kw_only=True):
    """Whether it is attached."""

    attached: bool = False
    attach_error: AttachmentError | None = None
    detach_error: AttachmentError | None = None


class VolumeAttachment(Resource, frozen=True, kw_only=True):
    """`GET /apis/storage.k8s.io/v1/volumeattachments`."""

    spec: AttachmentSpec = AttachmentSpec()
    status: AttachmentStatus = AttachmentStatus()


class CsiNodeDriver(Wire, frozen=True, kw_only=True):
    """A driver that runs on a node."""

    name: str = ""


class CsiNodeSpec(Wire, frozen=True, kw_only=True):
    """The drivers of a node; null where there are none."""

    drivers: tuple[CsiNodeDriver, ...] | None = None


class CsiNode(Resource, frozen=True, kw_only=True):
    """`GET /apis/storage.k8s.io/v1/csinodes`: named as its node."""

    spec: CsiNodeSpec = CsiNodeSpec()


class CsiDriver(Resource, frozen=True, kw_only=True):
    """`GET /apis/storage.k8s.io/v1/csidrivers`."""
