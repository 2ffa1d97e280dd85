"""What pods ask for: the sum by which the scheduler fills nodes."""

from decimal import Decimal

from sickbay.diagnostics.platforms.kubernetes.quantities import amount
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Container, Pod

_NOTHING = Decimal(0)


def requested(pod: Pod, resource: str) -> Decimal:
    """Give what a pod asks for: its containers together, or its largest init container where that is more.

    An init container that stays (a sidecar: restartPolicy Always) counts with the containers.
    """
    together, most = _NOTHING, _NOTHING
    for container in pod.spec.containers:
        together += _of(container, resource)
    for container in pod.spec.init_containers:
        if container.restart_policy == "Always":
            together += _of(container, resource)
        else:
            most = max(most, _of(container, resource))
    return max(together, most)


def _of(container: Container, resource: str) -> Decimal:
    written = container.resources.requests.get(resource)
    return _NOTHING if written is None else amount(written) or _NOTHING
