"""Why claims have no volume."""

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.storage import PersistentVolumeClaim, StorageClass

#: Seconds in which a provisioner makes a volume, and a binder notices a claim.
_GRACE, _PATIENCE = 30.0, 300.0
_QUOTED = 200
_LATE = "WaitForFirstConsumer"
_BY_HAND = "kubernetes.io/no-provisioner"
_IN_TREE = "kubernetes.io/"


class Wait(Struct, frozen=True, kw_only=True):
    """Why a claim is Pending, what to do, and the event that says so; `inferred` where nothing did."""

    why: str
    cure: str
    event: Event | None = None
    inferred: bool = False


def why_pending(cluster: Snapshot, claim: PersistentVolumeClaim) -> Wait | None:
    """Give why a claim has no volume; nothing for one that has, that is young, or that rightly waits."""
    age = since(claim.metadata.creation_timestamp, cluster.now)
    if claim.status.phase != "Pending" or claim.metadata.deletion_timestamp or age < _GRACE:
        return None
    events = cluster.events_of("PersistentVolumeClaim", claim.name, "ProvisioningFailed", "FailedBinding")
    event, name = (events[-1] if events else None), claim.spec.storage_class_name
    if claim.spec.volume_name:
        return _wants_volume(cluster, claim, event, age)
    if name is None:
        cure = "Name a storage class in the claim, or make one of the cluster's the default."
        return Wait(why="it names no storage class, and the cluster has no default one", cure=cure, event=event)
    if not name:
        cure = "Make a volume that fits it, or name a storage class that makes them."
        return Wait(why="it asks for a volume made by hand, and no free one fits", cure=cure, event=event)
    chosen = next((item for item in cluster.storageclasses if item.metadata.name == name), None)
    if chosen is None and cluster.knows("storageclasses"):
        names = ", ".join(sorted(item.metadata.name for item in cluster.storageclasses))
        there = f"there are: {names}" if names else "there is none"
        cure = f"Make the claim anew with a storage class that exists ({there}), or create class {name}."
        return Wait(why=f"its storage class {name} does not exist", cure=cure, event=event)
    if event and event.reason == "ProvisioningFailed":
        cure = f"Read the log of the provisioner of class {name}: quota, permission and zone are the usual reasons."
        return Wait(why=f'the provisioner of class {name} fails: "{event.message[:_QUOTED]}"', cure=cure, event=event)
    return _unanswered(cluster, chosen, age) if chosen and chosen.volume_binding_mode != _LATE else None


def _wants_volume(cluster: Snapshot, claim: PersistentVolumeClaim, event: Event | None, age: float) -> Wait | None:
    volume = claim.spec.volume_name
    there = any(item.metadata.name == volume for item in cluster.persistentvolumes)
    if not there and cluster.knows("persistentvolumes"):
        cure = f"Restore volume {volume}, or make the claim anew without naming it."
        return Wait(why=f"volume {volume}, which it names, does not exist", cure=cure, event=event)
    if there and age >= _PATIENCE:
        cure = "Compare class, size, access modes and claimRef of the two, and correct the one that differs."
        return Wait(
            why=f"volume {volume}, which it names, does not fit or belongs to another claim", cure=cure, inferred=True
        )
    return None


def _unanswered(cluster: Snapshot, chosen: StorageClass, age: float) -> Wait | None:
    name, provisioner = chosen.metadata.name, chosen.provisioner
    if provisioner == _BY_HAND:
        cure = "Make a volume of that class that fits, or use a class with a provisioner."
        return Wait(why=f"class {name} makes no volumes by itself, and no free one fits", cure=cure)
    if age < _PATIENCE:
        return None
    known = any(item.metadata.name == provisioner for item in cluster.csidrivers)
    absent = not known and cluster.knows("csidrivers") and not provisioner.startswith(_IN_TREE)
    missing = ", and no CSI driver of that name is installed" if absent else ""
    cure = f"Install or restart the provisioner {provisioner}, and read its log."
    return Wait(why=f"provisioner {provisioner} of class {name} has not answered{missing}", cure=cure, inferred=True)
