"""Services that send to pods of which none is ready: why there is none, and what to do about it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE
from sickbay.diagnostics.platforms.kubernetes.scaling import scaled
from sickbay.diagnostics.platforms.kubernetes.services import (
    START,
    Templates,
    alive,
    endpoints,
    ready,
    sees,
    selector_of,
)
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.network import Endpoint, Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.writers import from_outside

#: Seconds after which a workload that was turned off by hand is meant to be off.
_TURNED_OFF = 3600.0
_UNREADY = "Find out why its pods are not ready; the service sends to them again as soon as they are."


class Silence(Struct, frozen=True, kw_only=True):
    """A service without a ready endpoint, its endpoints and pods, why, what to do, and what turned it off, if so."""

    service: Service
    endpoints: tuple[Endpoint, ...]
    pods: tuple[Pod, ...]
    why: str
    cure: str
    scaling: Event | None = None


def silences(cluster: Snapshot) -> Iterator[Silence]:
    """Yield the services that nobody answers for, where somebody should and where it can be known."""
    templates: Templates | None = None
    turned_off: Sequence[Event] | None = None
    for service in cluster.services:
        found = endpoints(cluster, service) if _sends(service) else None
        if found is None or ready(found):
            continue
        templates = templates or Templates(cluster)
        pods = alive(cluster.selected(service.metadata.namespace, service.spec.selector))
        if told := _unready(cluster, pods, found) if pods or found else _unpicked(cluster, service, templates):
            yield Silence(service=service, endpoints=found, pods=pods, why=told[0], cure=told[1])
            continue
        turned_off = list(_turned_off(cluster)) if turned_off is None else turned_off
        if not found and (scaling := _scaled_away(service, templates, turned_off)):
            kind, _, name = scaling.subject.partition("/")
            many = f"from {scaling.before} to 0 pods" if scaling.before else "to 0 pods"
            why = f"{kind} {name} was scaled {many} at {scaling.at:%H:%M:%S} UTC"
            cure = "Scale it up again, unless it was meant to be off."
            yield Silence(service=service, endpoints=found, pods=pods, why=why, cure=cure, scaling=scaling)


def _sends(service: Service) -> bool:
    spec = service.spec
    return bool(spec.selector) and spec.type != "ExternalName" and not spec.publish_not_ready_addresses


def _unready(cluster: Snapshot, pods: tuple[Pod, ...], found: tuple[Endpoint, ...]) -> tuple[str, str] | None:
    """Say why none of the pods is sent to; nothing where they have just started."""
    if not pods:
        return f"none of its {len(found)} addresses is ready", _UNREADY
    if any(_is_starting(cluster, pod) for pod in pods):
        return None
    well = sum(pod.ready and pod.metadata.deletion_timestamp is None for pod in pods)
    if well:
        cure = (
            "Look at kube-controller-manager, which makes endpoints of ready pods, and at named ports of the service."
        )
        return f"{well} of its pods are ready, and no endpoint was made of them", cure
    if all(pod.metadata.deletion_timestamp for pod in pods):
        return "all its pods are being deleted", "Find out why no new pods take the place of those that go."
    many = "its only pod is not ready" if len(pods) == 1 else f"none of its {len(pods)} pods is ready"
    return many, _UNREADY


def _is_starting(cluster: Snapshot, pod: Pod) -> bool:
    """Say whether a pod may still get ready by itself: it is new, and none of its containers has ended."""
    ended = any(status.restart_count for status in cluster.container_statuses(pod))
    return not ended and since(pod.metadata.creation_timestamp, cluster.now) < START


def _unpicked(cluster: Snapshot, service: Service, templates: Templates) -> tuple[str, str] | None:
    """Say why there are no pods at all; nothing where none are wanted, or where it cannot be known."""
    young = since(service.metadata.creation_timestamp, cluster.now) < GRACE
    selected = cluster.selected(service.metadata.namespace, service.spec.selector)
    makers = templates.selected(service)
    wanting = [one for one in makers if one.wanted > 0]
    if young or selected or (makers and not wanting):
        return None
    if wanting:
        return f"{wanting[0].subject.kind} {wanting[0].subject.name} has no pods", "Find out why its pods are not made."
    near = templates.nearest(service)
    if near is None:
        pod = "pod" if sees(cluster, service.metadata.namespace, "pods") else "running pod"
        why = f"no {pod} carries the labels that it selects ({selector_of(service)})"
        return why, "Correct the selector, or deploy the pods."
    template, carried, asked = near
    cure = f"Correct the service's selector to {carried}, or the pods' label to {asked}."
    return (
        f"its selector asks for {asked}, the pods of {template.subject.kind} {template.subject.name} carry {carried}",
        cure,
    )


def _turned_off(cluster: Snapshot) -> Iterator[Event]:
    """Yield the scalings to 0 of late that were by hand, as far as is known: an autoscaler's are meant to be."""
    for event in scaled(cluster):
        lately = since(event.at, cluster.now) < _TURNED_OFF
        if event.after == "0" and lately and (not event.actor or from_outside(event.actor)):
            yield event


def _scaled_away(service: Service, templates: Templates, turned_off: Sequence[Event]) -> Event | None:
    """Give the scaling by which the last of a service's workloads was turned off."""
    makers = {str(one.subject) for one in templates.selected(service)}
    own = (event for event in turned_off if event.subject in makers)
    return max(own, key=lambda event: event.at, default=None)
