"""Who answers for a service: its endpoints, the workloads that should be behind it, and the labels that nearly fit."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ServiceReference
from sickbay.diagnostics.platforms.kubernetes.wire.network import Endpoint, Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Cluster DNS: CoreDNS and kube-dns before it both answer under this name.
DNS = Subject("service", "kube-system/kube-dns")
#: Seconds in which the new pods behind a service become ready while nobody calls it a fault.
START = 180.0
#: Label sets that a selector is compared with at most, and how alike the nearest must be to be named.
_COMPARED, _ALIKE = 100, 0.6


def sees(cluster: Snapshot, namespace: str, *plurals: str) -> bool:
    """Say whether these lists were read to their end for a namespace: a scope reads those of its own alone."""
    scoped = cluster.request.scope.strip("/").partition("/")[0]
    return cluster.knows(*plurals) and scoped in {"", namespace}


def endpoints(cluster: Snapshot, service: Service) -> tuple[Endpoint, ...] | None:
    """Give the endpoints of a service, ready or not; None where they were not read."""
    slices = cluster.service_slices(service)
    if not cluster.knows("endpointslices") or not (slices or sees(cluster, service.metadata.namespace)):
        return None
    return tuple(one for item in slices for one in item.endpoints or ())


def ready(found: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Give the endpoints that are sent to; not said means that it is."""
    return tuple(one for one in found if one.conditions.ready is not False)


def endpoints_evidence(cluster: Snapshot, service: Service, value: str) -> Evidence:
    """Give what the endpoint slices of a service tell as evidence."""
    source = f"GET /apis/discovery.k8s.io/v1/namespaces/{service.metadata.namespace}/endpointslices of {service.name}"
    return Evidence(source=source, value=value, at=cluster.taken_at)


def selector_of(service: Service) -> str:
    """Give a service's selector as it is written: `app=api,tier=web`."""
    return ",".join(f"{key}={value}" for key, value in service.spec.selector.items())


class Template(Struct, frozen=True):
    """What a workload makes its pods like, and how many of them are wanted."""

    subject: Subject
    labels: Mapping[str, str]
    wanted: int


class Templates:
    """The templates of the workloads of each namespace, and of the pods that stand alone."""

    def __init__(self, cluster: Snapshot) -> None:
        self._by_namespace: dict[str, list[Template]] = {}
        for one in _templates(cluster):
            self._by_namespace.setdefault(one.subject.name.partition("/")[0], []).append(one)

    def selected(self, service: Service) -> tuple[Template, ...]:
        """Give the workloads whose pods the service would send to."""
        wanted = service.spec.selector.items()
        near = self._by_namespace.get(service.metadata.namespace, ())
        return tuple(one for one in near if wanted <= one.labels.items())

    def nearest(self, service: Service) -> tuple[Template, str, str] | None:
        """Give the workload whose labels come nearest to the selector, what it carries, and what is asked for."""
        best: tuple[float, Template, str, str] | None = None
        for one in self._by_namespace.get(service.metadata.namespace, ())[:_COMPARED]:
            likeness, carried, asked = _compared(service.spec.selector, one.labels)
            if best is None or likeness > best[0]:
                best = likeness, one, carried, asked
        return best[1:] if best and best[0] >= _ALIKE else None


def _templates(cluster: Snapshot) -> Iterator[Template]:
    for kind, items in (("deployment", cluster.deployments), ("statefulset", cluster.statefulsets)):
        for item in items:
            yield Template(Subject(kind, item.name), item.spec.template.metadata.labels, item.spec.replicas)
    for item in cluster.replicasets:
        if item.metadata.controller is None:
            yield Template(Subject("replicaset", item.name), item.spec.template.metadata.labels, item.spec.replicas)
    for old in cluster.replicationcontrollers:
        labels = old.spec.template.metadata.labels
        yield Template(Subject("replicationcontroller", old.name), labels, old.spec.replicas)
    for daemon in cluster.daemonsets:
        labels = daemon.spec.template.metadata.labels
        yield Template(Subject("daemonset", daemon.name), labels, daemon.status.desired_number_scheduled)
    for pod in cluster.pods:
        if pod.metadata.controller is None and not pod.finished:
            yield Template(Subject("pod", pod.name), pod.metadata.labels, 1)


def _compared(selector: Mapping[str, str], labels: Mapping[str, str]) -> tuple[float, str, str]:
    """Give how alike labels are to a selector, 1 for the same, and the pair that differs most tellingly."""
    likeness, differing = 0.0, list[tuple[float, str, str]]()
    for key, value in selector.items():
        if labels.get(key) == value:
            likeness += 1
            continue
        moved = next((other for other, carried in labels.items() if carried == value), None)
        if moved is not None:
            differing.append((0.9, f"{moved}={value}", f"{key}={value}"))
        elif key in labels:
            alike = SequenceMatcher(None, value, labels[key]).ratio()
            differing.append((alike, f"{key}={labels[key]}", f"{key}={value}"))
        else:
            differing.append((0.0, f"no {key}", f"{key}={value}"))
    if not differing:
        return 0.0, "", ""
    worst = min(differing)
    return (likeness + sum(one[0] for one in differing)) / len(selector), worst[1], worst[2]


def alive(pods: Iterable[Pod]) -> tuple[Pod, ...]:
    """Give the pods that have not ended for good."""
    return tuple(pod for pod in pods if not pod.finished)


def one_alive(cluster: Snapshot, service: Service) -> Pod | None:
    """Give one pod that a service selects and that has not ended for good: it stands for all of them."""
    pods = cluster.selected(service.metadata.namespace, service.spec.selector)
    return next((pod for pod in pods if not pod.finished), None)


def called(cluster: Snapshot, reference: ServiceReference | None) -> str | None:
    """Say what is wrong with a service that the API server calls; nothing where it answers, or that is not known."""
    if reference is None:
        return None
    name = f"{reference.namespace}/{reference.name}"
    service = cluster.service_by_name.get(name)
    if service is None:
        gone = sees(cluster, reference.namespace, "services")
        return f"its service {name} does not exist" if gone else None
    found = endpoints(cluster, service) if service.spec.type != "ExternalName" else None
    return f"its service {name} has no ready endpoint" if found is not None and not ready(found) else None
