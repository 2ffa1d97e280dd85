"""Why no instance takes a task of a service: the scheduler's message, and what the instances say themselves."""

import sys
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.ecs.messages import Warns
from sickbay.diagnostics.platforms.ecs.requirements import unmet
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Service

CURES = {
    Warns.NO_INSTANCE: "Add container instances to the cluster, or see why they do not register: name, role, network.",
    Warns.PORT: "Use host port 0 in the task definition, or as many instances as tasks and one more to deploy.",
    Warns.PORTS: "Use host port 0, so that ports are chosen, or more instances: 100 ports can be reserved on each.",
    Warns.MEMORY: "Add instances or larger ones, or lower the memory that the task definition reserves.",
    Warns.CPU: "Add instances or larger ones, or lower the CPU that the task definition reserves.",
    Warns.INTERFACE: "Add instances or larger ones, or opt in to awsvpcTrunking: each awsvpc task takes an interface.",
    Warns.AGENT: "Restart the agent there (systemctl restart ecs), or replace the instance.",
    Warns.ATTRIBUTE: "Compare requiresAttributes of the task definition with the instances' attributes: log driver, "
    "architecture, network mode, subnet and agent version.",
    Warns.GPU: "Add instances with GPUs, or lower the number that the task definition asks for.",
    Warns.CONSTRAINT: "Correct the placement constraints, or add instances that meet them.",
    Warns.REQUIREMENTS: "Compare what the task definition reserves with what is left on the instances.",
    Warns.CAPACITY: "Try other zones, FARGATE in place of FARGATE_SPOT, or later: AWS has none at the moment.",
    Warns.ZONE: "Choose subnets in zones where Fargate runs.",
    Warns.LOCATION: "Add instances in the zones of the service's subnets, or subnets in the instances' zones.",
    Warns.ADDRESSES: "Use larger or more subnets.",
    Warns.ROLE: "Restore the service-linked role AWSServiceRoleForECS, or the role that the service names.",
    Warns.REFUSED: "Mend what the message names.",
}


_TRUNK = "ecs.awsvpc-trunk-id"
_INTERFACE = "ElasticNetworkInterface"
_SHOWN = 5


class Room(Struct, frozen=True, kw_only=True):
    """What the instances have for a task: how many could take one, the most that one has left, and the proof.

    `lacking` is what most instances lack besides CPU, memory and ports, in words, where all lack something of that.
    """

    fitting: int
    most_cpu: int = 0
    most_memory: int = 0
    lacking: str = ""
    evidence: tuple[Evidence, ...] = ()


def room_for(ecs: Snapshot, service: Service, definition: TaskDefinition) -> Room:
    """Give how many instances could take a task of a service now; ports are counted for static ones."""
    usable = [item for item in ecs.instances if item.placeable]
    lacks = {item.name: tuple(unmet(ecs, service, definition, item)) for item in usable}
    most = Counter(lack for found in lacks.values() for lack in found).most_common(1)
    return Room(
        fitting=sum(_fits(definition, item) and not lacks[item.name] for item in usable),
        most_cpu=max((item.free("CPU") for item in usable), default=0),
        most_memory=max((item.free("MEMORY") for item in usable), default=0),
        lacking=f"on {most[0][1]} of {len(usable)} instances: {most[0][0]}" if most and all(lacks.values()) else "",
        evidence=(
            *(
                ecs.instance_evidence(
                    item, "remainingResources", f"CPU {item.free('CPU')} units, memory {item.free('MEMORY')} MiB"
                )
                for item in usable[:_SHOWN]
            ),
            *(
                ecs.instance_evidence(item, "attributes", "; ".join(lacks[item.name]))
                for item in usable[:_SHOWN]
                if lacks[item.name]
            ),
        ),
    )


def too_large(ecs: Snapshot, definition: TaskDefinition) -> str:
    """Give in words what one task needs that no instance has even when it is empty, or nothing."""
    for name, needed, unit in (("MEMORY", definition.mebibytes, "MiB"), ("CPU", definition.cpu_units, "units")):
        whole = max((item.total(name) for item in ecs.instances), default=0)
        if whole and needed > whole:
            return f"one task needs {needed} {unit}, and the largest instance has {whole} when it is empty"
    return ""


def places_for(ecs: Snapshot, service: Service, definition: TaskDefinition) -> int:
    """Give how many more tasks of a service the instances have room for: one on each with static ports."""
    usable = [item for item in ecs.instances if item.placeable and not any(unmet(ecs, service, definition, item))]
    return sum(_places(definition, item) for item in usable)


def _places(definition: TaskDefinition, instance: ContainerInstance) -> int:
    if not _fits(definition, instance):
        return 0
    asked = (
        (instance.free("CPU"), definition.cpu_units),
        (instance.free("MEMORY"), definition.mebibytes),
        (instance.free_gpus, definition.gpus),
    )
    bounds = [free // needed for free, needed in asked if needed]
    return min([*bounds, *([1] if definition.static_ports else [])], default=sys.maxsize)


def _fits(definition: TaskDefinition, instance: ContainerInstance) -> bool:
    return (
        instance.free("CPU") >= definition.cpu_units
        and instance.free("MEMORY") >= definition.mebibytes
        and instance.free_gpus >= definition.gpus
        and not instance.taken_bindings & definition.static_bindings
    )


def figures(
    ecs: Snapshot, service: Service, definition: TaskDefinition | None, warns: Warns
) -> tuple[str, Sequence[Evidence]]:
    """Give what a message leaves out, the end of its sentence: what one task needs, the most that is left."""
    if definition is None:
        return "", ()
    room = room_for(ecs, service, definition)
    match warns:
        case Warns.MEMORY | Warns.CPU if large := too_large(ecs, definition):
            need = large
        case Warns.MEMORY:
            need = (
                f"one task needs {definition.mebibytes} MiB, the most that an instance has left is {room.most_memory}"
            )
        case Warns.CPU:
            need = f"one task needs {definition.cpu_units} units, the most that an instance has left is {room.most_cpu}"
        case Warns.GPU:
            most = max((item.free_gpus for item in ecs.instances if item.placeable), default=0)
            need = f"one task needs {definition.gpus}, the most that an instance has left is {most}"
        case Warns.PORT if definition.static_ports:
            ports = ", ".join(str(port) for port in definition.static_ports)
            need = f"the definition asks for host port {ports}, so each instance takes one task"
        case Warns.ATTRIBUTE | Warns.CONSTRAINT | Warns.REQUIREMENTS if room.lacking:
            need = room.lacking
        case Warns.INTERFACE:
            return _interfaces(ecs)
        case _:
            return "", ()
    return f" ({need})", room.evidence


def _interfaces(ecs: Snapshot) -> tuple[str, Sequence[Evidence]]:
    """Give how many tasks hold a network interface of each instance, and where interfaces are trunked.

    Without a trunk a type of instance takes few, less its own one; with one it takes many more. A task gets one of its
    own only in the network mode awsvpc.
    """
    usable = [item for item in ecs.instances if item.placeable]
    trunked = [item for item in usable if item.attribute(_TRUNK)]
    held = Counter(
        task.container_instance_arn
        for task in ecs.tasks
        if not task.stopped and any(item.type == _INTERFACE for item in task.attachments)
    )
    if not usable:
        return "", ()
    evidence = [
        ecs.instance_evidence(
            item,
            "attributes, tasks' attachments",
            f"{item.attribute('ecs.instance-type') or 'type not told'}, trunk {'on' if item in trunked else 'off'}, "
            f"{held[item.container_instance_arn]} tasks with an interface of their own seen here",
        )
        for item in usable[:_SHOWN]
    ]
    return f" (interfaces are trunked on {len(trunked)} of {len(usable)} instances)", evidence
