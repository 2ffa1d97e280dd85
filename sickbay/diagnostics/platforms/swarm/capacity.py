"""What nodes have left of processors and memory: the scheduler counts reservations, not use."""

from collections.abc import Iterable

from msgspec import Struct

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Quantities, Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import ON_THE_WAY

_GIB, _MIB, _CPU = 1024**3, 1024**2, 1_000_000_000
_HOLDS = frozenset({*ON_THE_WAY, "running"})


class Lack(Struct, frozen=True, kw_only=True):
    """What a service's tasks ask for and no node has: the amount, the freest node and its amount, the option to lower.

    `fits` is the value of that option at which a task would fit there.
    """

    asked: str
    node: Node
    free: str
    option: str
    fits: str


def lack_of(swarm: Snapshot, service: Service) -> Lack | None:
    """Give what the service's tasks lack, memory first; nothing where each alone would fit somewhere."""
    asked = service.template.resources.reservations
    nodes = [(node, free(swarm, node)) for node in swarm.nodes if node.takes_tasks]
    if not nodes:
        return None
    node, left = max(nodes, key=lambda item: item[1].memory_bytes)
    if asked.memory_bytes > left.memory_bytes:
        return Lack(
            asked=f"{memory(asked.memory_bytes)} of memory",
            node=node,
            free=memory(left.memory_bytes),
            option="--reserve-memory",
            fits=f"{left.memory_bytes // _MIB}M",
        )
    node, left = max(nodes, key=lambda item: item[1].nano_cpus)
    if asked.nano_cpus > left.nano_cpus:
        return Lack(
            asked=f"{processors(asked.nano_cpus)} CPUs",
            node=node,
            free=processors(left.nano_cpus),
            option="--reserve-cpu",
            fits=processors(left.nano_cpus),
        )
    return None


def free(swarm: Snapshot, node: Node) -> Quantities:
    """Give what is left of a node after the reservations of the tasks on it."""
    held = [
        task.spec.resources.reservations
        for task in swarm.tasks_by_node.get(node.id, ())
        if task.wanted and task.state in _HOLDS
    ]
    total = node.description.resources
    return Quantities(
        nano_cpus=max(0, total.nano_cpus - _sum(item.nano_cpus for item in held)),
        memory_bytes=max(0, total.memory_bytes - _sum(item.memory_bytes for item in held)),
    )


def memory(size: int) -> str:
    """Give bytes as people say them."""
    return f"{size / _GIB:.1f} GiB" if size >= _GIB else f"{size / _MIB:.0f} MiB"


def processors(nano_cpus: int) -> str:
    """Give billionths of processors as a number of them."""
    return f"{nano_cpus / _CPU:g}"


def _sum(amounts: Iterable[int]) -> int:
    return sum(amounts)
