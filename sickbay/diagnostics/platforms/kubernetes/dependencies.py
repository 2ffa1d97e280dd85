"""What each subject of a cluster depends on, found when it is asked for: a cluster has more objects than findings."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.policies import Policies
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.services import DNS, Templates
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ServiceReference
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import HorizontalPodAutoscaler

#: How far a chain is followed: ingress, service, workload, claim, class.
_DEPTH = 5
_SHARED = "ReadWriteMany"
_WORKLOADS = frozenset({"pod", *(KINDS[plural].kind for plural in WORKLOADS)})
_WEBHOOK = re.compile(r'failed calling webhook "([^"]+)"')
#: The APIs by which autoscalers get their metrics end so: metrics, custom.metrics and external.metrics.
_METRICS = "metrics.k8s.io"
#: What every workload needs besides its own: names (a fault of DNS reaches all), controllers and the scheduler. What
#: these depend on themselves is not followed: the node of one DNS pod explains nothing on all other nodes.
_COMMON = (
    DNS,
    Subject("lease", "kube-system/kube-controller-manager"),
    Subject("lease", "kube-system/kube-scheduler"),
)


class Dependencies(Mapping[Subject, frozenset[Subject]]):
    """For each subject, those whose faults can reach it.

    A workload depends on the nodes of its pods that are not ready (of all where they are), where pods wait for a node
    also on those that could not take them (ill, closed, gone), its claims, its config maps, the registries of its
    images, its namespace and its quotas, the autoscaler that scales it, the policies on its traffic, the webhooks that
    its events blame, the cluster's DNS and controllers; a service on the workloads behind it; an ingress on its
    services and certificates; an autoscaler on its workload and the metrics APIs; a disruption budget on its workload;
    a claim on its class and volume, a volume on the nodes that hold it; a webhook and an API on the service that
    answers; a namespace on all APIs and on the pods in it, which hold up its deletion; everything on the cluster.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._cluster = snapshot
        self._known: dict[Subject, frozenset[Subject]] = {}

    def __getitem__(self, subject: Subject) -> frozenset[Subject]:
        """Give what the subject depends on, however indirectly."""
        if subject not in self._known:
            self._known[subject] = frozenset(self._reached(subject)) - {subject}
        return self._known[subject]

    def __iter__(self) -> Iterator[Subject]:
        """Give the subjects that were asked for."""
        return iter(self._known)

    def __len__(self) -> int:
        """Give how many were asked for."""
        return len(self._known)

    def _reached(self, subject: Subject) -> set[Subject]:
        reached, latest = {self._cluster.subject}, {subject}
        if subject.kind == "namespace":
            latest = {subject, *self._left_in(subject.name)}
        for _ in range(_DEPTH):
            reached |= latest
            latest = {needed for item in latest for needed in self._direct(item)} - reached
        reached |= latest
        if any(item.kind in _WORKLOADS for item in reached):
            # CoreDNS itself does without: nothing may be its own cause.
            reached |= {item for item in _COMMON if item != DNS or subject not in self._dns}
        return reached

    def _direct(self, subject: Subject) -> Iterator[Subject]:
        cluster = self._cluster
        if pods := cluster.pods_by_owner.get(subject):
            yield from self._of_pods(pods)
        namespace = subject.name.partition("/")[0]
        match subject.kind:
            case kind if kind in _WORKLOADS:
                yield from self._of_workload(subject, namespace)
            case "service":
                yield from self._behind(subject.name)
            case "ingress":
                yield from (Subject("service", f"{namespace}/{name}") for name in self._sent_to.get(subject.name, ()))
                yield from self._certificates.get(subject.name, ())
            case "horizontalpodautoscaler":
                yield from self._scaled(subject.name)
            case "poddisruptionbudget":
                yield from self._guarded(subject.name)
            case "persistentvolumeclaim":
                yield from self._of_claim(subject.name)
            case "persistentvolume":
                yield from self._holders.get(subject.name, ())
            case "apiservice" | "webhook":
                yield from self._answering(subject)

    def _left_in(self, namespace: str) -> Iterator[Subject]:
        """Yield what holds up the deletion of a namespace. What lies in it depends on none of that."""
        yield from (Subject("apiservice", item.metadata.name) for item in self._cluster.apiservices)
        yield from map(self._cluster.owner, self._cluster.pods_by_namespace.get(namespace, ()))

    def _of_pods(self, pods: tuple[Pod, ...]) -> Iterator[Subject]:
        troubled = [pod for pod in pods if not pod.ready] or pods
        for pod in troubled:
            namespace = pod.metadata.namespace
            if pod.spec.node_name:
                yield Subject("node", pod.spec.node_name)
            else:
                yield from self._lost_nodes
            # The replicas of a StatefulSet have a claim each; the images are the same.
            yield from (Subject("persistentvolumeclaim", f"{namespace}/{name}") for name in pod.spec.claims)
        first = troubled[0]
        for item in (*first.spec.init_containers, *first.spec.containers):
            yield Subject("registry", registry_of(item.image))
        for policy in self._policies.selecting(first.metadata.namespace, first.metadata.labels):
            yield Subject("networkpolicy", policy.name)

    def _of_workload(self, subject: Subject, namespace: str) -> Iterator[Subject]:
        cluster = self._cluster
        yield Subject("namespace", namespace)
        yield from cluster.config_maps_of.get(subject, ())
        yield from self._scalers.get(subject, ())
        yield from (
            Subject("resourcequota", quota.name)
            for quota in cluster.resourcequotas
            if quota.metadata.namespace == namespace
        )
        for event in self._creation_failures.get(namespace, ()):
            owner, message = event
            if owner == subject and (named := _WEBHOOK.search(message)):
                yield Subject("webhook", named[1])

    def _behind(self, service_name: str) -> Iterator[Subject]:
        service = self._cluster.service_by_name.get(service_name)
        if service is not None and service.spec.selector:
            selected = self._cluster.selected(service.metadata.namespace, service.spec.selector)
            yield from {self._cluster.owner(pod) for pod in selected}
            yield from (template.subject for template in self._templates.selected(service))

    def _scaled(self, name: str) -> Iterator[Subject]:
        apis = (item.metadata.name for item in self._cluster.apiservices)
        yield from (Subject("apiservice", api) for api in apis if api.endswith(_METRICS))
        if autoscaler := self._autoscalers.get(name):
            yield autoscaler.scaled

    def _guarded(self, name: str) -> Iterator[Subject]:
        for budget in self._cluster.poddisruptionbudgets:
            if budget.name == name and budget.spec.selector:
                for pod in self._cluster.pods_by_namespace.get(budget.metadata.namespace, ()):
                    if budget.spec.selector.matches(pod.metadata.labels):
                        yield self._cluster.owner(pod)

    def _of_claim(self, name: str) -> Iterator[Subject]:
        claim = self._cluster.claim_by_name.get(name)
        if claim is None:
            return
        if claim.spec.storage_class_name:
            yield Subject("storageclass", claim.spec.storage_class_name)
        if claim.spec.volume_name:
            yield Subject("persistentvolume", claim.spec.volume_name)

    def _answering(self, subject: Subject) -> Iterator[Subject]:
        service = self._services_called.get(subject)
        if service:
            yield Subject("service", f"{service.namespace}/{service.name}")

    @cached_property
    def _services_called(self) -> Mapping[Subject, ServiceReference | None]:
        cluster = self._cluster
        called = {Subject("apiservice", item.metadata.name): item.spec.service for item in cluster.apiservices}
        for item in (*cluster.validatingwebhookconfigurations, *cluster.mutatingwebhookconfigurations):
            called |= {Subject("webhook", webhook.name): webhook.client_config.service for webhook in item.webhooks}
        return called

    @cached_property
    def _templates(self) -> Templates:
        return Templates(self._cluster)

    @cached_property
    def _dns(self) -> frozenset[Subject]:
        return frozenset(self._behind(DNS.name))

    @cached_property
    def _sent_to(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the services behind each ingress."""
        return {item.name: tuple(one.name for one in item.spec.backends) for item in self._cluster.ingresses}

    @cached_property
    def _certificates(self) -> Mapping[str, list[Subject]]:
        """The certificates of each ingress, where cert-manager issues them."""
        issued = {(one.metadata.namespace, one.spec.secret_name): one.name for one in self._cluster.issued}
        found: dict[str, list[Subject]] = {}
        for item in self._cluster.ingresses:
            for tls in item.spec.tls:
                if name := issued.get((item.metadata.namespace, tls.secret_name)):
                    found.setdefault(item.name, []).append(Subject("certificate", name))
        return found

    @cached_property
    def _holders(self) -> Mapping[str, list[Subject]]:
        """The nodes to which each volume is attached that one node alone may have: it is not free for another."""
        shared = {item.metadata.name for item in self._cluster.persistentvolumes if _SHARED in item.spec.access_modes}
        found: dict[str, list[Subject]] = {}
        for item in self._cluster.volumeattachments:
            volume = item.spec.source.persistent_volume_name
            if volume not in shared:
                found.setdefault(volume, []).append(Subject("node", item.spec.node_name))
        return found

    @cached_property
    def _autoscalers(self) -> Mapping[str, HorizontalPodAutoscaler]:
        return {item.name: item for item in self._cluster.horizontalpodautoscalers}

    @cached_property
    def _scalers(self) -> Mapping[Subject, list[Subject]]:
        """The autoscalers of each workload."""
        found: dict[Subject, list[Subject]] = {}
        for item in self._cluster.horizontalpodautoscalers:
            found.setdefault(item.scaled, []).append(Subject("horizontalpodautoscaler", item.name))
        return found

    @cached_property
    def _lost_nodes(self) -> frozenset[Subject]:
        """The nodes that take no pods: ill, closed to them, or gone."""
        names = {event.involved_object.name for event in self._cluster.removals}
        for node in self._cluster.nodes:
            ready = node.condition("Ready")
            if node.spec.unschedulable or node.spec.taints or ready is None or ready.status != "True":
                names.add(node.metadata.name)
        return frozenset(Subject("node", name) for name in names)

    @cached_property
    def _policies(self) -> Policies:
        return Policies(self._cluster)

    @cached_property
    def _creation_failures(self) -> Mapping[str, list[tuple[Subject, str]]]:
        """The workloads whose pods could not be made, with why, by namespace."""
        found: dict[str, list[tuple[Subject, str]]] = {}
        for event in self._cluster.events:
            if event.reason == "FailedCreate":
                owner = self._cluster.maker(event.involved_object)
                found.setdefault(event.involved_object.namespace, []).append((owner, event.message))
        return found


def registry_of(image: str) -> str:
    """Give the registry of an image's name: Docker Hub where it names none."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
