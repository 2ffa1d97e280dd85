"""What the collector read of one cluster at one moment, joined as the checks need it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import TypeVar

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.kubernetes.facts import (
    Certificate,
    ContainerLog,
    Facts,
    Obstacle,
    Unreachable,
    VolumeUse,
)
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER, ObjectMeta, Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import (
    Event,
)
from sickbay.diagnostics.platforms.kubernetes.wire.network import (
    EndpointSlice,
    ObjectReference,
    Service,
)
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod
from sickbay.diagnostics.platforms.kubernetes.wire.storage import (
    PersistentVolumeClaim,
)
from sickbay.diagnostics.pulls import Pull

K = TypeVar("K")
V = TypeVar("V")


__all__ = ["Certificate", "ContainerLog", "Obstacle", "Snapshot", "Unreachable", "VolumeUse", "since"]


class Snapshot(Facts, frozen=True, kw_only=True, dict=True):
    """One cluster, or the part of it that a scope needs: its facts, and their joins, made when first asked for."""

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on: see dependencies.py."""
        from sickbay.diagnostics.platforms.kubernetes.dependencies import Dependencies

        return Dependencies(self)

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: see images.py."""
        from sickbay.diagnostics.platforms.kubernetes.images import pulls_of

        return tuple(pulls_of(self))

    def knows(self, *plurals: str) -> bool:
        """Say whether these lists were read to their end, so that what is not in them is not there."""
        return self.complete.issuperset(plurals)

    def evidence(self, plural: str, resource: Resource, field: str, value: object) -> Evidence:
        """Give a field of an object as evidence."""
        meta, kind = resource.metadata, KINDS[plural]
        source = f"GET {kind.path(kind.apis[0], meta.namespace, meta.name)} {field}"
        return Evidence(source=source, value=str(value), at=self.taken_at)

    def event_evidence(self, event: Event) -> Evidence:
        """Give an event as evidence, with how often and how lately it was seen."""
        seen = f"{event.count} times, last {event.last_seen:%H:%M:%S} UTC" if event.count > 1 else "once"
        thing = f"{event.involved_object.kind} {event.involved_object.name}"
        source = f"GET /api/v1/events {event.reason} of {thing} ({seen})"
        return Evidence(source=source, value=event.message[:1000], at=max(event.last_seen, event.first_seen))

    def log_evidence(self, pod: Pod, container: str) -> tuple[Evidence, ...]:
        """Give the end of a container's log as evidence, where it was read and is not empty."""
        log = self._log_by_container.get((pod.name, container))
        if log is None or not log.tail.text.strip():
            return ()
        namespace, _, name = pod.name.partition("/")
        previous = "&previous=true" if log.previous else ""
        source = f"GET /api/v1/namespaces/{namespace}/pods/{name}/log?container={container}{previous}"
        return (Evidence(source=source, value=log.tail.text, at=self.taken_at),)

    def last_line(self, pod: Pod, container: str) -> str:
        """Give the last line of a container's log that says something, or nothing."""
        log = self._log_by_container.get((pod.name, container))
        return log.tail.last_line if log else ""

    def owner(self, pod: Pod) -> Subject:
        """Give what the pod belongs to: its Deployment, CronJob, … or itself where it stands alone.

        A Deployment is known by the name of the pod's ReplicaSet without the template's hash.
        """
        owner = owner_of_pod(pod.metadata)
        if owner.kind == "job" and (cron_job := self._cron_job_of.get(owner.name)):
            return Subject("cronjob", f"{pod.metadata.namespace}/{cron_job}")
        return owner

    def maker(self, thing: ObjectReference) -> Subject:
        """Give the workload that an event about one of its makers of pods is of: a ReplicaSet's Deployment, say."""
        kind, name = thing.kind.lower(), thing.name
        if kind == "replicaset" and f"{thing.namespace}/{name.rpartition('-')[0]}" in self._deployment_names:
            kind, name = "deployment", name.rpartition("-")[0]
        elif kind == "job" and (cron_job := self._cron_job_of.get(f"{thing.namespace}/{name}")):
            kind, name = "cronjob", cron_job
        return Subject(kind, f"{thing.namespace}/{name}" if thing.namespace else name)

    def container_statuses(self, pod: Pod) -> tuple[ContainerStatus, ...]:
        """Give the statuses of the pod's init containers and containers."""
        return pod.status.init_container_statuses + pod.status.container_statuses

    def events_of(self, kind: str, name: str, *reasons: str) -> tuple[Event, ...]:
        """Give the events of an object in the window, the latest last; `kind` as the API writes it (`Pod`)."""
        found = self._events_by_object.get((kind, name), ())
        return tuple(event for event in found if not reasons or event.reason in reasons)

    def service_slices(self, service: Service) -> tuple[EndpointSlice, ...]:
        """Give the endpoint slices of a service."""
        return self._slices_by_service.get(service.name, ())

    def selected(self, namespace: str, labels: Mapping[str, str]) -> tuple[Pod, ...]:
        """Give the pods of a namespace that carry all these labels; none for no labels."""
        if not labels:
            return ()
        key, value = next(iter(labels.items()))
        candidates = self._pods_by_label.get((namespace, key, value), ())
        if len(labels) == 1:
            return candidates
        return tuple(pod for pod in candidates if labels.items() <= pod.metadata.labels.items())

    @cached_property
    def pods_by_owner(self) -> Mapping[Subject, tuple[Pod, ...]]:
        """The pods of each workload."""
        return _grouped((self.owner(pod), pod) for pod in self.pods)

    @cached_property
    def unsteady(self) -> tuple[Pod, ...]:
        """The pods whose own status calls for a look: few in a large cluster, and most checks need no other."""
        return tuple(pod for pod in self.pods if not pod.steady)

    @cached_property
    def unsteady_containers(self) -> tuple[tuple[Pod, ContainerStatus], ...]:
        """The containers, init containers too, of those of the unsteady pods that are meant to run."""
        alive = (pod for pod in self.unsteady if pod.alive)
        return tuple((pod, status) for pod in alive for status in self.container_statuses(pod))

    @cached_property
    def pods_by_node(self) -> Mapping[str, tuple[Pod, ...]]:
        """The pods on each node, by its name; those that are on none under the empty name."""
        return _grouped((pod.spec.node_name, pod) for pod in self.pods)

    @cached_property
    def pods_by_namespace(self) -> Mapping[str, tuple[Pod, ...]]:
        """The pods of each namespace."""
        return _grouped((pod.metadata.namespace, pod) for pod in self.pods)

    @cached_property
    def node_by_name(self) -> Mapping[str, Node]:
        """The nodes by name."""
        return {node.metadata.name: node for node in self.nodes}

    @cached_property
    def service_by_name(self) -> Mapping[str, Service]:
        """The services by `namespace/name`."""
        return {service.name: service for service in self.services}

    @cached_property
    def claim_by_name(self) -> Mapping[str, PersistentVolumeClaim]:
        """The claims by `namespace/name`."""
        return {claim.name: claim for claim in self.persistentvolumeclaims}

    @cached_property
    def config_maps_of(self) -> Mapping[Subject, frozenset[Subject]]:
        """The config maps that the pods of each workload read, by the template that they are made from."""
        found: dict[Subject, set[Subject]] = {}
        for plural in (*WORKLOADS[:5], "jobs"):
            for item in getattr(self, plural):
                subject = Subject(KINDS[plural].kind, item.name)
                if cron_job := self._cron_job_of.get(item.name) if plural == "jobs" else None:
                    subject = Subject("cronjob", f"{item.metadata.namespace}/{cron_job}")
                for name in item.spec.template.spec.config_maps:
                    found.setdefault(subject, set()).add(Subject("configmap", f"{item.metadata.namespace}/{name}"))
        return {subject: frozenset(maps) for subject, maps in found.items()}

    @cached_property
    def labels_by_subject(self) -> Mapping[Subject, Mapping[str, str]]:
        """The labels of the workloads, pods and services that were read."""
        plurals = ("services", "pods", *WORKLOADS)
        return {
            Subject(KINDS[plural].kind, item.name): item.metadata.labels
            for plural in plurals
            for item in getattr(self, plural)
        }

    @cached_property
    def _deployment_names(self) -> frozenset[str]:
        return frozenset(deployment.name for deployment in self.deployments)

    @cached_property
    def _cron_job_of(self) -> Mapping[str, str]:
        owners = ((job, job.metadata.controller) for job in self.jobs)
        return {job.name: owner.name for job, owner in owners if owner and owner.kind == "CronJob"}

    @cached_property
    def _events_by_object(self) -> Mapping[tuple[str, str], tuple[Event, ...]]:
        start = self.window_start
        dated = sorted(((event.last_seen, event) for event in self.events), key=itemgetter(0))
        return _grouped(((item.involved_object.kind, _involved(item)), item) for seen, item in dated if seen >= start)

    @cached_property
    def _slices_by_service(self) -> Mapping[str, tuple[EndpointSlice, ...]]:
        return _grouped((item.service, item) for item in self.endpointslices)

    @cached_property
    def _pods_by_label(self) -> Mapping[tuple[str, str, str], tuple[Pod, ...]]:
        return _grouped(
            ((pod.metadata.namespace, key, value), pod)
            for pod in self.pods
            for key, value in pod.metadata.labels.items()
        )

    @cached_property
    def _log_by_container(self) -> Mapping[tuple[str, str], ContainerLog]:
        return {(log.pod, log.container): log for log in self.logs}


def owner_of_pod(about: ObjectMeta) -> Subject:
    """Give what a pod belongs to, as far as its own metadata tells: of a CronJob's, the job."""
    controller, namespace = about.controller, about.namespace
    if controller is None or controller.kind == "Node":
        return Subject("pod", f"{namespace}/{about.name}")
    name, kind = controller.name, controller.kind.lower()
    if kind == "replicaset":
        stem = name.removesuffix("-" + about.labels.get("pod-template-hash", "-"))
        if stem != name:
            kind, name = "deployment", stem
    return Subject(kind, f"{namespace}/{name}")


def since(moment: datetime | None, now: datetime) -> float:
    """Give the seconds since a moment, 0 where it is not known or in the future."""
    return max(0.0, (now - moment).total_seconds()) if moment and moment > NEVER else 0.0


def _involved(event: Event) -> str:
    thing = event.involved_object
    return f"{thing.namespace}/{thing.name}" if thing.namespace else thing.name


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
