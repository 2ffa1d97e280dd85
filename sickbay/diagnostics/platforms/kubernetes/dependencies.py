"""What each subject of a cluster depends on, found when it is asked for: a cluster has more objects than findings."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ServiceReference
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import HorizontalPodAutoscaler

#: How far a chain is followed: ingress, service, workload, claim, class.
_DEPTH = 5
_WEBHOOK = re.compile(r'failed calling webhook "([^"]+)"')
#: The API service by which autoscalers get their metrics.
METRICS_API = Subject("apiservice", "v1beta1.metrics.k8s.io")


class Dependencies(Mapping[Subject, frozenset[Subject]]):
    """For each subject, those whose faults can reach it.

    A workload depends on the nodes of its pods that are not ready (of all where they are), its claims, the registries
    of its images, its namespace's quotas, and the webhooks that its events blame; a service on the workloads behind it;
    an ingress on its services; an autoscaler and a disruption budget on their workloads; everything on the cluster.
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
        for _ in range(_DEPTH):
            latest = {needed for item in latest for needed in self._direct(item)} - reached
            reached |= latest
        return reached

    def _direct(self, subject: Subject) -> Iterator[Subject]:
        cluster = self._cluster
        if pods := cluster.pods_by_owner.get(subject):
            yield from self._of_pods(pods)
        namespace = subject.name.partition("/")[0]
        match subject.kind:
            case "pod" | "deployment" | "statefulset" | "daemonset" | "job" | "cronjob" | "replicaset":
                yield from self._of_workload(subject, namespace)
            case "service":
                yield from self._behind(subject.name)
            case "ingress":
                yield from self._sent_to(subject.name, namespace)
            case "horizontalpodautoscaler":
                yield from self._scaled(subject.name, namespace)
            case "poddisruptionbudget":
                yield from self._guarded(subject.name)
            case "persistentvolumeclaim":
                yield from self._of_claim(subject.name)
            case "apiservice" | "webhook":
                yield from self._answering(subject)
            case "namespace":
                yield from (Subject("apiservice", item.metadata.name) for item in cluster.apiservices)

    def _of_pods(self, pods: tuple[Pod, ...]) -> Iterator[Subject]:
        troubled = [pod for pod in pods if not pod.ready] or pods
        for pod in troubled:
            if pod.spec.node_name:
                yield Subject("node", pod.spec.node_name)
        for pod in troubled[:1]:
            namespace = pod.metadata.namespace
            yield from (Subject("persistentvolumeclaim", f"{namespace}/{name}") for name in pod.spec.claims)
            started = (*pod.spec.init_containers, *pod.spec.containers)
            yield from (Subject("registry", registry_of(item.image)) for item in started)

    def _of_workload(self, subject: Subject, namespace: str) -> Iterator[Subject]:
        cluster = self._cluster
        yield Subject("namespace", namespace)
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
        if service is None:
            return
        selected = self._cluster.selected(service.metadata.namespace, service.spec.selector)
        yield from {self._cluster.owner(pod) for pod in selected}
        for deployment in self._cluster.deployments:
            labels = deployment.spec.template.metadata.labels
            same_place = deployment.metadata.namespace == service.metadata.namespace
            if same_place and service.spec.selector and service.spec.selector.items() <= labels.items():
                yield Subject("deployment", deployment.name)

    def _sent_to(self, name: str, namespace: str) -> Iterator[Subject]:
        for ingress in self._cluster.ingresses:
            if ingress.name == name:
                yield from (Subject("service", f"{namespace}/{one.name}") for one in ingress.spec.backends)

    def _scaled(self, name: str, namespace: str) -> Iterator[Subject]:
        yield METRICS_API
        if autoscaler := self._autoscalers.get(name):
            target = autoscaler.spec.scale_target_ref
            yield Subject(target.kind.lower(), f"{namespace}/{target.name}")

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
    def _autoscalers(self) -> Mapping[str, HorizontalPodAutoscaler]:
        return {item.name: item for item in self._cluster.horizontalpodautoscalers}

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
