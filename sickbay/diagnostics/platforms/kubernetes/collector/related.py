"""Read what hangs together with one name of a namespace: owners, pods, services, endpoints, volumes, nodes, quotas.

Outwards from the name, and no more of the cluster than that: the lists of a namespace that are needed to find what
points at the subject are read, and what points elsewhere is left out again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.collector import pruning
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Query
from sickbay.diagnostics.platforms.kubernetes.collector.names import unknown_name
from sickbay.diagnostics.platforms.kubernetes.collector.objects import Objects
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.collector.scope import NAMED, Place
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.wire.base import LabelSelector, Resource
from sickbay.diagnostics.platforms.kubernetes.wire.network import Ingress, Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.storage import PersistentVolumeClaim
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    CronJob,
    DaemonSet,
    Job,
    ReplicationController,
    Workload,
)

T = TypeVar("T")

#: Lists of the namespace in which what points at the subject is looked for.
_AROUND = ("services", "ingresses", "horizontalpodautoscalers", "poddisruptionbudgets", "networkpolicies",
           "resourcequotas", "jobs", "configmaps")  # fmt: skip
#: Lists of the cluster that can explain why pods are not made.
_COMMON = ("ingressclasses", "storageclasses", "validatingwebhookconfigurations", "mutatingwebhookconfigurations",
           "apiservices")  # fmt: skip
_TROUBLE: Query = {"fieldSelector": "type!=Normal"}
#: How often owners are followed: pod, ReplicaSet, Deployment.
_OWNERS = 3


def read(reading: Reading, objects: Objects, place: Place) -> tuple[Subject, ...]:
    """Read it and give the objects that the scope names. Raises UnknownScopeError."""
    namespace = place.namespace
    around = {plural: objects.start(plural, namespace) for plural in _AROUND}
    around |= {plural: objects.start(plural) for plural in _COMMON}
    around["events"] = objects.start("events", namespace, _TROUBLE)
    named = read_named(reading, objects, place)
    objects.finish(around)
    _keep_jobs(objects, named)
    _add_owners(reading, objects, namespace)
    add_pods(objects, namespace, named)
    _add_owners(reading, objects, namespace)
    pruning.keep_related(objects, named)
    for service in objects.all("services", Service):
        slices: Query = {"labelSelector": f"kubernetes.io/service-name={service.metadata.name}"}
        objects.finish({"endpointslices": objects.start("endpointslices", namespace, slices)})
    claims = {claim for pod in objects.all("pods", Pod) for claim in pod.spec.claims}
    objects.read_named("persistentvolumeclaims", claims, namespace)
    objects.read_named("namespaces", (namespace,))
    objects.read_beneath()
    # What was chosen among a list proves nothing about what is not there.
    objects.complete -= {"pods", "persistentvolumeclaims", "nodes", *WORKLOADS}
    return tuple(Subject(KINDS[plural].kind, item.name) for plural, item in named)


def read_named(reading: Reading, objects: Objects, place: Place) -> Sequence[tuple[str, Resource]]:
    """Give the objects of that name. Two kinds of workload of one name are ambiguous; a service beside one is not.

    Raises UnknownScopeError.
    """
    plurals = (place.kind.plural,) if place.kind else NAMED
    coming = {plural: reading.start_object(KINDS[plural], place.namespace, place.name) for plural in plurals}
    found = [(plural, item) for plural, future in coming.items() if (item := objects.finish_object(plural, future))]
    if not found:
        raise unknown_name(reading, place.namespace, place.name)
    workloads = [KINDS[plural].kind for plural, item in found if plural in WORKLOADS and not item.metadata.controller]
    if len(workloads) > 1:
        choices = [f"{place.namespace}/{kind}/{place.name}" for kind in workloads]
        message = f"{place.namespace}/{place.name} is a {' and a '.join(workloads)}: say {' or '.join(choices)}."
        raise UnknownScopeError(message, nearest=tuple(choices))
    return found


def _add_owners(reading: Reading, objects: Objects, namespace: str) -> None:
    """Follow the pods' and workloads' owners upwards."""
    for _ in range(_OWNERS):
        wanted = {
            (f"{owner.kind.lower()}s", owner.name)
            for plural in ("pods", "replicasets", "jobs")
            for item in objects.of(plural)
            if (owner := item.metadata.controller)
        }
        known = {(plural, item.metadata.name) for plural in WORKLOADS for item in objects.of(plural)}
        missing = [(plural, name) for plural, name in wanted - known if plural in WORKLOADS]
        if plural_names := sorted(missing):
            coming = [
                (plural, reading.start_object(KINDS[plural], namespace, name)) for plural, name in plural_names[:20]
            ]
            for plural, future in coming:
                objects.finish_object(plural, future)
        else:
            return


def add_pods(objects: Objects, namespace: str, named: Iterable[tuple[str, Resource]]) -> None:
    """Read the pods behind what was named, and behind the owners of pods that were named."""
    queries = {query for plural, item in named for query in _selectors(objects, plural, item)}
    for selector in sorted(queries):
        listed: Query = {"labelSelector": selector} if selector else {}
        objects.finish({"pods": objects.start("pods", namespace, listed)})


def _selectors(objects: Objects, plural: str, item: Resource) -> Iterator[str]:
    """Yield the label selectors of the pods behind an object; an empty one means all pods of the namespace."""
    match item:
        case Workload() | DaemonSet():
            yield item.spec.selector.query()
        case ReplicationController():
            yield LabelSelector(match_labels=item.spec.selector).query()
        case Service() if item.spec.selector:
            yield LabelSelector(match_labels=item.spec.selector).query()
        case Ingress():
            selectors = (service.spec.selector for service in _sent_to(objects, item))
            yield from (LabelSelector(match_labels=labels).query() for labels in selectors if labels)
        case Pod():
            for owner in (*objects.of("deployments"), *objects.of("statefulsets"), *objects.of("daemonsets")):
                yield from _selectors(objects, "", owner)
        case PersistentVolumeClaim():
            yield ""
        case Job() | CronJob() if names := _job_names(objects, plural, item):
            yield f"job-name in ({','.join(sorted(names))})"


def _sent_to(objects: Objects, ingress: Ingress) -> Iterator[Service]:
    names = {backend.name for backend in ingress.spec.backends}
    return (service for service in objects.all("services", Service) if service.metadata.name in names)


def _job_names(objects: Objects, plural: str, item: Resource) -> set[str]:
    if plural == "jobs":
        return {item.metadata.name}
    owners = ((job.metadata.name, job.metadata.controller) for job in objects.of("jobs"))
    return {name for name, owner in owners if owner and owner.name == item.metadata.name}


def _keep_jobs(objects: Objects, named: Sequence[tuple[str, Resource]]) -> None:
    """Leave out the jobs of others, whose failures are not the subject's; a pod's job is read again as its owner."""
    names = {name for at, item in named if at in {"jobs", "cronjobs"} for name in _job_names(objects, at, item)}
    objects.keep("jobs", [job for job in objects.of("jobs") if job.metadata.name in names])
