"""No instance has room for one more task."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.placing import room_for, too_large
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_LARGER = "Use larger instances, or reserve less: more of the same do not help."
_LACKING = "Give an instance what it lacks, or correct the placement constraint or the definition."
_MORE = "Add an instance or larger ones, reserve less, or let a capacity provider scale the group."


@check(
    "ECS-I103",
    title="No room for one more task",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Keep room for one more task than run: add an instance, larger ones, or a capacity provider that scales.",
)
def no_room(ecs: Snapshot) -> Iterator[Finding]:
    """What one task of a service reserves fits on no instance, so no deployment and no replacement can start one.

    CPU units, memory, static ports, the attributes that its definition requires and constraints about attributes count;
    network interfaces do not, since ECS does not tell how many an instance has left. A capacity provider that scales by
    itself makes room when it is needed, so such services are left alone, unless one task is larger than an instance.
    """
    scaled = {item.name for item in ecs.providers if item.scaled}
    if not ecs.instances or ecs.asked_instance:
        return
    for service in ecs.services:
        definition = ecs.definition_of(service)
        grows = any(item.capacity_provider in scaled for item in service.capacity_provider_strategy)
        if definition is None or not ecs.uses_instances(service) or service.scheduling_strategy == "DAEMON":
            continue
        large = too_large(ecs, definition)
        if grows and not large:
            continue
        room = room_for(ecs, service, definition)
        asks = definition.cpu_units or definition.mebibytes or definition.static_ports or room.lacking
        if room.fitting or not asks:
            continue
        needs = f"it needs {definition.cpu_units} units and {definition.mebibytes} MiB, the most that is left is "
        needs += f"{room.most_cpu} units and {room.most_memory} MiB"
        why = large or room.lacking or needs
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"No instance has room for one more task of {service.service_name}: {why}.",
            evidence=room.evidence,
            confidence=Confidence.INFERRED,
            remedy=Remedy(text=_LARGER if large else _LACKING if room.lacking else _MORE),
        )
