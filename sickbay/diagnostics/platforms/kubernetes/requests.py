"""What pods ask for: the sum by which the scheduler fills nodes."""

from decimal import Decimal

from sickbay.diagnostics.platforms.kubernetes.quantities import amount
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Container, Pod

_NOTHING = Decimal(0)


def requested(pod: Pod, resource: str) -> Decimal:
    """Give what a pod asks for: its containers together, or its largest init container where that is more.

    An init container that stays (a sidecar: restartPolicy Always) counts with the containers.
    """
    sidecars = [item for item in pod.spec.init_containers if item.restart_policy == "Always"]
    together = sum((_of(item, resource) for item in (*pod.spec.containers, *sidecars)), _NOTHING)
    first = (_of(item, resource) for item in pod.spec.init_containers if item.restart_policy != "Always")
    return max(together, max(first, default=_NOTHING))


def _of(container: Container, resource: str) -> Decimal:
    return amount(container.resources.requests.get(resource, 0)) or _NOTHING
