"""Leave out what was read only to see whether it has to do with the scope: a report is about what was asked."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sickbay.diagnostics.platforms.kubernetes.collector.objects import Objects
from sickbay.diagnostics.platforms.kubernetes.collector.scope import NAMED
from sickbay.diagnostics.platforms.kubernetes.resources import WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.wire.base import LabelSelector, Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import ApiService, Event, Namespace, WebhookConfiguration
from sickbay.diagnostics.platforms.kubernetes.wire.network import Ingress, NetworkPolicy, Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    DaemonSet,
    HorizontalPodAutoscaler,
    Job,
    PodDisruptionBudget,
    PodTemplate,
    ReplicationController,
    Workload,
)

Labels = Mapping[str, str]
_TEMPLATED = ("deployments", "statefulsets", "daemonsets", "replicasets", "replicationcontrollers")
_METRICS = "metrics.k8s.io"


def keep_related(objects: Objects, named: Sequence[tuple[str, Resource]]) -> None:
    """Keep, of the lists of a namespace, what hangs together with the named objects; no list is complete after it."""
    names = {plural: {item.name for at, item in named if at == plural} for plural, _ in named}
    _keep_pods_of(objects, names)
    labels = _labels(objects)
    _keep_services(objects, names, labels)
    workloads = {item.metadata.name for plural in WORKLOADS for item in objects.of(plural)}
    scalers = objects.all("horizontalpodautoscalers", HorizontalPodAutoscaler)
    objects.keep("horizontalpodautoscalers", [one for one in scalers if one.spec.scale_target_ref.name in workloads])
    budgets = objects.all("poddisruptionbudgets", PodDisruptionBudget)
    objects.keep(
        "poddisruptionbudgets", [one for one in budgets if one.spec.selector and _picks(one.spec.selector, labels)]
    )
    policies = objects.all("networkpolicies", NetworkPolicy)
    objects.keep("networkpolicies", [one for one in policies if _picks(one.spec.pod_selector, labels)])
    _keep_config_maps(objects)
    _keep_events(objects)
    keep_control_plane(objects)
    objects.complete -= {"services", "ingresses", "horizontalpodautoscalers", "poddisruptionbudgets", "networkpolicies",
                         "configmaps"}  # fmt: skip


def keep_control_plane(objects: Objects) -> None:
    """Keep the API services and webhooks that can touch what was read.

    API services: those of metrics where something is scaled by them, all where a namespace cannot end (one that is away
    holds it up). Webhooks: those that an event blames.
    """
    ending = any(item.status.phase == "Terminating" for item in objects.all("namespaces", Namespace))
    scaled = bool(objects.of("horizontalpodautoscalers"))
    services = objects.all("apiservices", ApiService)
    objects.keep("apiservices", [one for one in services if ending or (scaled and one.spec.group.endswith(_METRICS))])
    blamed = " ".join(event.message for event in objects.all("events", Event) if "webhook" in event.message)
    for plural in ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"):
        found = objects.all(plural, WebhookConfiguration)
        objects.keep(plural, [one for one in found if any(f'"{hook.name}"' in blamed for hook in one.webhooks)])


def _picks(selector: LabelSelector | None, labels: Sequence[Labels]) -> bool:
    return selector is not None and any(selector.matches(one) for one in labels)


def _keep_pods_of(objects: Objects, names: Mapping[str, AbstractSet[str]]) -> None:
    """Keep the pods that mount the claims, where it was only claims that were named."""
    claims = names.get("persistentvolumeclaims")
    if claims and len(names) == 1:
        pods = objects.all("pods", Pod)
        objects.keep("pods", [pod for pod in pods if claims & _claims(pod)])


def _claims(pod: Pod) -> set[str]:
    return {f"{pod.metadata.namespace}/{claim}" for claim in pod.spec.claims}


def _labels(objects: Objects) -> list[Labels]:
    """Give the labels of the pods, and of those that the workloads would make."""
    pods = (pod.metadata.labels for pod in objects.all("pods", Pod))
    return [*pods, *(template.metadata.labels for template in _templates(objects, _TEMPLATED))]


def _templates(objects: Objects, plurals: Sequence[str]) -> Iterator[PodTemplate]:
    for item in (item for plural in plurals for item in objects.of(plural)):
        if isinstance(item, Workload | DaemonSet | ReplicationController | Job):
            yield item.spec.template


def _keep_config_maps(objects: Objects) -> None:
    """Keep those that the pods read, by the templates that they are made from."""
    templates = _templates(objects, (*_TEMPLATED, "jobs"))
    names = {name for template in templates for name in template.spec.config_maps}
    found = objects.of("configmaps")
    objects.keep("configmaps", [one for one in found if one.metadata.name in names])


def _keep_services(objects: Objects, names: Mapping[str, AbstractSet[str]], labels: Sequence[Labels]) -> None:
    """Keep the services that select these pods or were named, and the ingresses that send to them or were named."""
    ingresses = objects.all("ingresses", Ingress)
    asked = [one for one in ingresses if one.name in names.get("ingresses", ())]
    behind = {backend.name for one in asked for backend in one.spec.backends}
    services = [
        one
        for one in objects.all("services", Service)
        if one.name in names.get("services", ()) or one.metadata.name in behind or _selects(one, labels)
    ]
    objects.keep("services", services)
    kept = {service.metadata.name for service in services}
    pointing = [one for one in ingresses if kept & {backend.name for backend in one.spec.backends}]
    objects.keep("ingresses", [*asked, *(one for one in pointing if one not in asked)])


def _selects(service: Service, labels: Sequence[Labels]) -> bool:
    selector = service.spec.selector
    return bool(selector) and any(selector.items() <= one.items() for one in labels)


def _keep_events(objects: Objects) -> None:
    """Keep the events about what is there, about its claims, and about the makers of its pods."""
    about = {item.metadata.name for plural in (*NAMED, "horizontalpodautoscalers") for item in objects.of(plural)}
    about |= {claim for pod in objects.all("pods", Pod) for claim in pod.spec.claims}
    makers = {item.metadata.name for plural in WORKLOADS for item in objects.of(plural)}
    events = objects.all("events", Event)
    objects.keep("events", [one for one in events if _is_about(one.involved_object.name, about, makers)])


def _is_about(name: str, about: AbstractSet[str], makers: AbstractSet[str]) -> bool:
    return name in about or name.rpartition("-")[0] in makers
