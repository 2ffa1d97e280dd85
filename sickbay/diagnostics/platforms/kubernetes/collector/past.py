"""Read how workloads came to be what they are: of those alone that were changed lately, or are unwell, or asked for."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Query
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Listing, Reading
from sickbay.diagnostics.platforms.kubernetes.resources import (
    CERT_MANAGER,
    CONTROLLER_REVISIONS,
    ISSUED,
    KINDS,
    REPLICA_SETS,
)
from sickbay.diagnostics.platforms.kubernetes.revisions import Maker, Revision, Revisions, rollouts
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER, Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event, IssuedCertificate
from sickbay.diagnostics.platforms.kubernetes.wire.templates import ControllerRevision, ReplicaSet
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet, Workload
from sickbay.diagnostics.platforms.kubernetes.writers import written_at

#: Workloads whose past is read, at most.
MOST = 40
_KEPT_BY = {"deployments": REPLICA_SETS, "statefulsets": CONTROLLER_REVISIONS, "daemonsets": CONTROLLER_REVISIONS}
_DEFAULT = "default"
#: Nodes lie in no namespace: their events are in this one.
_REMOVALS: Query = {"fieldSelector": "involvedObject.kind=Node,reason=RemovingNode"}


class _Wanted(Struct, frozen=True):
    """A workload whose past is to be read, when its template was last written, and when anything of it was."""

    plural: str
    item: Workload | DaemonSet
    written: datetime | None
    latest: datetime


def read_past(reading: Reading, snapshot: Snapshot) -> Snapshot:
    """Give the snapshot with the revisions of what was changed or is unwell, nodes that left, and certificates."""
    whole = not snapshot.roots
    removals = reading.start_list(KINDS["events"], _DEFAULT, _REMOVALS) if whole else None
    managed = any(item.spec.group == CERT_MANAGER for item in snapshot.apiservices)
    issued = reading.start_list(ISSUED) if managed and whole else None
    wanted = sorted(_wanted(snapshot), key=_rank)
    if len(wanted) > MOST:
        reading.note(f"what changed of {len(wanted) - MOST} workloads", f"at most {MOST} are read: name a scope")
    coming = [(one, _start(reading, one)) for one in wanted[:MOST]]
    past = tuple(found for one, futures in coming if (found := _finish(reading, snapshot, one, futures)))
    left = reading.finish_list(KINDS["events"], removals).items if removals else ()
    certificates = reading.finish_list(ISSUED, issued).items if issued else ()
    return replace(
        snapshot,
        revisions=past,
        removals=tuple(_events(left)),
        issued=tuple(item for item in certificates if isinstance(item, IssuedCertificate)),
    )


def _wanted(snapshot: Snapshot) -> Iterator[_Wanted]:
    asked = {root for root in snapshot.roots if root.kind != "node"}
    for plural in _KEPT_BY:
        for item in getattr(snapshot, plural):
            if item.metadata.generation <= 1:
                continue  # it is as it was made
            template, replicas = (written_at(item.metadata, name) for name in ("template", "replicas"))
            latest = max(template or NEVER, replicas or NEVER)
            if asked or latest >= snapshot.changes_start or _short(item):
                yield _Wanted(plural, item, template, latest)


def _short(item: Workload | DaemonSet) -> bool:
    """Say whether fewer pods are ready than are wanted."""
    if isinstance(item, DaemonSet):
        return item.status.number_ready < item.status.desired_number_scheduled
    return item.status.ready_replicas < item.spec.replicas


def _rank(one: _Wanted) -> tuple[bool, float]:
    return not _short(one.item), -one.latest.timestamp()


def _start(reading: Reading, one: _Wanted) -> "tuple[Future[Listing], Future[Listing] | None]":
    about = one.item.metadata
    selector: Query = {"labelSelector": one.item.spec.selector.query()}
    kept = reading.start_list(_KEPT_BY[one.plural], about.namespace, selector)
    if one.plural != "deployments":
        return kept, None
    scaled = f"involvedObject.kind=Deployment,involvedObject.name={about.name},reason=ScalingReplicaSet"
    return kept, reading.start_list(KINDS["events"], about.namespace, {"fieldSelector": scaled})


def _finish(
    reading: Reading, snapshot: Snapshot, one: _Wanted, futures: "tuple[Future[Listing], Future[Listing] | None]"
) -> Revisions | None:
    """Give the past of one workload, or nothing where it could not be read, which is noted."""
    kept, scaled = futures
    kind = _KEPT_BY[one.plural]
    listing = reading.finish_list(kind, kept)
    events = reading.finish_list(KINDS["events"], scaled).items if scaled else ()
    if not listing.complete:
        return None
    own = [item for item in listing.items if _is_of(item, one)]
    scalings = tuple(_events(events))
    return Revisions(
        workload=Subject(KINDS[one.plural].kind, one.item.name),
        rollouts=tuple(rollouts(_revisions(own), one.written, snapshot.changes_start, scalings)),
        makers=tuple(_maker(item) for item in own),
        scalings=scalings,
    )


def _is_of(item: Resource, one: _Wanted) -> bool:
    owner = item.metadata.controller
    return owner is not None and owner.name == one.item.metadata.name and f"{owner.kind.lower()}s" == one.plural


def _maker(item: Resource) -> Maker:
    returned = isinstance(item, ReplicaSet) and bool(item.metadata.annotations.earlier_revisions)
    return Maker(name=item.metadata.name, created_at=item.metadata.created_at, returned=returned)


def _revisions(items: Iterable[Resource]) -> Iterator[Revision]:
    for item in items:
        match item:
            case ReplicaSet() if item.metadata.annotations.revision.isdecimal():
                about = item.metadata.annotations
                earlier = tuple(int(one) for one in about.earlier_revisions.split(",") if one.isdecimal())
                yield Revision(
                    keeper=f"ReplicaSet {item.name}", number=int(about.revision), earlier=earlier,
                    created_at=item.metadata.created_at, template=item.spec.template,
                )  # fmt: skip
            case ControllerRevision():
                yield Revision(
                    keeper=f"ControllerRevision {item.name}", number=item.number,
                    created_at=item.metadata.created_at, template=item.data.spec.template,
                )  # fmt: skip


def _events(items: Iterable[Resource]) -> Iterator[Event]:
    return (item for item in items if isinstance(item, Event))
