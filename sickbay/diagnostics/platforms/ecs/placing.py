"""Why no instance takes a task of a service: the scheduler's message, and what the instances say themselves."""

from collections.abc import Sequence

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.ecs.messages import Notice, Warns
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
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
    Warns.ADDRESSES: "Use larger or more subnets.",
    Warns.ROLE: "Restore the service-linked role AWSServiceRoleForECS, or the role that the service names.",
    Warns.REFUSED: "Mend what the message names.",
}


class Room(Struct, frozen=True, kw_only=True):
    """What the instances have for a task: how many could take one, the most that one has left, and the proof."""

    fitting: int
    most_cpu: int = 0
    most_memory: int = 0
    evidence: tuple[Evidence, ...] = ()


def room_for(ecs: Snapshot, definition: TaskDefinition) -> Room:
    """Give how many instances could take a task of the definition now; ports are counted for static ones."""
    usable = [item for item in ecs.instances if item.placeable]
    cpu, memory = definition.cpu_units, definition.mebibytes
    fitting = [
        item
        for item in usable
        if item.free("CPU") >= cpu
        and item.free("MEMORY") >= memory
        and not item.taken_ports & set(definition.static_ports)
    ]
    return Room(
        fitting=len(fitting),
        most_cpu=max((item.free("CPU") for item in usable), default=0),
        most_memory=max((item.free("MEMORY") for item in usable), default=0),
        evidence=tuple(
            ecs.instance_evidence(
                item, "remainingResources", f"CPU {item.free('CPU')} units, memory {item.free('MEMORY')} MiB"
            )
            for item in usable[:5]
        ),
    )


def figures(ecs: Snapshot, service: Service, notice: Notice) -> tuple[str, Sequence[Evidence]]:
    """Give what a message leaves out, the end of its sentence: what one task needs, the most that is left."""
    definition = ecs.definition_of(service)
    if definition is None:
        return "", ()
    room = room_for(ecs, definition)
    match notice.warns:
        case Warns.MEMORY:
            need = (
                f"one task needs {definition.mebibytes} MiB, the most that an instance has left is {room.most_memory}"
            )
        case Warns.CPU:
            need = f"one task needs {definition.cpu_units} units, the most that an instance has left is {room.most_cpu}"
        case Warns.PORT if definition.static_ports:
            ports = ", ".join(str(port) for port in definition.static_ports)
            need = f"the definition asks for host port {ports}, so each instance takes one task"
        case _:
            return "", ()
    return f" ({need})", room.evidence
