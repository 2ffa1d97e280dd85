"""What a snapshot by itself tells of changes: no recorder has to have watched.

Rollouts from the revisions that the cluster keeps, scaling from its events, edits from `managedFields`, nodes from
their conditions and taints, certificates from their dates. What was deleted leaves no trace here, but for nodes.
"""

from collections.abc import Iterator

from sickbay.diagnostics.events import Event, EventKind, Told
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.changed_nodes import changed_nodes, renewed_certificates
from sickbay.diagnostics.platforms.kubernetes.edits import created, edited
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.revisions import Revisions, Rollout
from sickbay.diagnostics.platforms.kubernetes.scaling import scaled
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.writers import named, writer_of, writers

#: In a cluster that is new everything is: of so many changes the report tells a part anyway, and says so.
MOST = 2_000
#: `kubectl rollout restart` changes nothing but this.
RESTARTED = "annotations[kubectl.kubernetes.io/restartedAt]"
_KEPT = ("deployments", "statefulsets", "daemonsets")
_READ = {
    "configmaps": "config maps",
    "nodes": "nodes",
    "services": "services",
    "ingresses": "ingresses",
    "networkpolicies": "network policies",
    "resourcequotas": "quotas",
    "horizontalpodautoscalers": "autoscalers",
}


def changes(cluster: Snapshot) -> Told:
    """Give the newest changes since `changes_start`, at most MOST, the oldest first, and where they were read."""
    if cluster.unreachable:
        return Told()
    found = [
        *_workloads(cluster), *scaled(cluster), *edited(cluster), *changed_nodes(cluster),
        *renewed_certificates(cluster),
    ]  # fmt: skip
    lately = sorted((event for event in found if cluster.changes_start <= event.at), key=lambda event: event.at)
    return Told(changes=tuple(lately[-MOST:]), sources=tuple(_sources(cluster)))


def kind_of(field: str) -> EventKind:
    """Give the kind of change that a field of a template is."""
    if field.endswith(".image"):
        return EventKind.IMAGE
    return EventKind.RESTART if field == RESTARTED else EventKind.TEMPLATE


def _workloads(cluster: Snapshot) -> Iterator[Event]:
    past = {item.workload: item for item in cluster.revisions}
    for plural in _KEPT:
        for item in getattr(cluster, plural):
            subject, about = Subject(KINDS[plural].kind, item.name), item.metadata
            if about.created_at >= cluster.changes_start:
                # Where it was rolled out since, these are not the images that it was made with.
                first = subject not in past or not past[subject].rollouts
                images = [one.image for one in item.spec.template.spec.containers] if first else []
                yield created(subject, about, images)
            if subject in past:
                for rollout in past[subject].rollouts:
                    yield from rolled_out(subject, rollout, writer_of(about, "template", rollout.at))
            else:
                # Its revisions were not read: that it was changed is known all the same.
                for writer in writers(about, lambda one: one.owns("template")):
                    yield Event(
                        at=writer.time or about.created_at, source=_managed(subject), subject=str(subject),
                        kind=EventKind.TEMPLATE, field="template", actor=named(about, writer),
                    )  # fmt: skip


def rolled_out(subject: Subject, rollout: Rollout, actor: str) -> Iterator[Event]:
    """Yield an event for each field that a rollout changed."""
    # A restart that came with another change is no news.
    restarts = [one for one in rollout.differences if kind_of(one.field) is EventKind.RESTART]
    others = [one for one in rollout.differences if one not in restarts]
    for one in others or restarts:
        yield Event(
            at=rollout.at, source=rollout.source, subject=str(subject), kind=kind_of(one.field), field=one.field,
            before=one.before, after=one.after, actor=actor,
        )  # fmt: skip


def _managed(subject: Subject) -> str:
    return f"managedFields of {subject}"


def _sources(cluster: Snapshot) -> Iterator[str]:
    read: tuple[Revisions, ...] = cluster.revisions
    workloads = sum(len(getattr(cluster, plural)) for plural in _KEPT)
    if workloads:
        yield f"writers of {workloads} workload{'' if workloads == 1 else 's'}"
    if read:
        yield f"revisions of {len(read)} of them"
    for plural, name in _READ.items():
        if count := len(getattr(cluster, plural)):
            yield f"{name}: {count}"
