"""What the scheduler's messages say of a service: their classes, and which still hold."""

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service, ServiceEvent


class Warns(StrEnum):
    """The class of a message that warns."""

    NO_INSTANCE = "there are no container instances"
    PORT = "the port it needs is taken on every instance"
    PORTS = "the instances have no ports left to reserve"
    MEMORY = "no instance has enough memory left"
    CPU = "no instance has enough CPU left"
    INTERFACE = "no instance can take another network interface"
    AGENT = "the agent of the closest instance is disconnected"
    ATTRIBUTE = "no instance has an attribute it requires"
    GPU = "no instance has a GPU left"
    CONSTRAINT = "no instance meets its placement constraints"
    REQUIREMENTS = "no instance meets its requirements"
    CAPACITY = "AWS has no capacity for it at the moment"
    ZONE = "a subnet is in a zone where it cannot run"
    LOCATION = "no instance is in a zone of its subnets"
    QUOTA = "a quota of the account is reached"
    BLOCKED = "AWS has blocked the account"
    THROTTLED = "the scheduler's calls are throttled"
    ADDRESSES = "the subnet has no free addresses"
    ROLE = "ECS may not use the role"
    REFUSED = "it could not be placed"
    CONFIGURATION = "the deployment configuration lets no task stop or start"
    NOT_STARTING = "its tasks do not start consistently"
    UNHEALTHY = "the load balancer finds it unhealthy"
    UNREGISTERED = "its tasks cannot be registered"
    PROTECTED = "protected tasks cannot be stopped"
    DEPLOYMENT = "the deployment failed"


#: What the scheduler writes; the first that fits.
_FORMS: tuple[tuple[Warns, str], ...] = (
    (
        Warns.CONFIGURATION,
        r"unable to stop or start tasks during a deployment because of the service deployment config",
    ),
    (Warns.NOT_STARTING, r"unable to consistently start tasks"),
    (Warns.UNHEALTHY, r"is unhealthy in (?:\(|target-group|elb)|unhealthy in target-group"),
    (Warns.PROTECTED, r"unable to scale in.*protected tasks|protected tasks"),
    (Warns.DEPLOYMENT, r"deployment failed|rolling back to deployment"),
    (Warns.THROTTLED, r"operations are being throttled"),
    (Warns.QUOTA, r"reached the limit on|above your limit|(?:task|vCPU|service) (?:quota|limit) (?:exceeded|reached)"),
    (Warns.BLOCKED, r"account is currently blocked"),
    (
        Warns.UNREGISTERED,
        r"failed to (?:de)?register (?:targets|instances?|container)|failed to describe target health",
    ),
    (
        Warns.AGENT,
        r'encountered error "?AGENT|agent is (?:not connected|disconnected)|TaskFailedToStart: AGENT|^AGENT$',
    ),
    (
        Warns.NO_INSTANCE,
        r"no container instances? (?:were|was) found|EMPTY CAPACITY PROVIDER|NO ACTIVE INSTANCES",
    ),
    (Warns.LOCATION, r"(?-i:\bLOCATION\b)"),
    (Warns.PORTS, r"too many ports registered|reserved port limit"),
    (Warns.PORT, r"already using a port required by your task|RESOURCE:PORTS"),
    (Warns.MEMORY, r"insufficient memory|RESOURCE:MEMORY"),
    (Warns.CPU, r"insufficient CPU|RESOURCE:CPU"),
    (Warns.GPU, r"RESOURCE:GPU|insufficient GPU"),
    (Warns.INTERFACE, r"RESOURCE:ENI|insufficient ENI|ENI attachment points"),
    (Warns.ATTRIBUTE, r"missing an attribute required|ATTRIBUTE"),
    (Warns.CONSTRAINT, r"placement constraint|MemberOf|distinctInstance"),
    (Warns.ADDRESSES, r"not have enough free addresses|InsufficientFreeAddresses|no free (?:IP )?addresses"),
    (Warns.CAPACITY, r"capacity is unavailable|Capacity is unavailable"),
    (Warns.ROLE, r"unable to assume (?:the )?(?:service |ECS )?(?:linked )?role|ECS was unable to assume"),
    (Warns.ZONE, r"unable to place a task.*Internal error"),
    (Warns.REQUIREMENTS, r"met all of its requirements"),
    (Warns.REFUSED, r"unable to place a task|was unable to (?:run|launch|start) a task|failed to launch a task"),
)
PLACEMENT = frozenset(
    {
        Warns.NO_INSTANCE,
        Warns.PORT,
        Warns.PORTS,
        Warns.MEMORY,
        Warns.CPU,
        Warns.INTERFACE,
        Warns.AGENT,
        Warns.ATTRIBUTE,
        Warns.GPU,
        Warns.CONSTRAINT,
        Warns.REQUIREMENTS,
        Warns.CAPACITY,
        Warns.ZONE,
        Warns.LOCATION,
        Warns.ADDRESSES,
        Warns.ROLE,
        Warns.REFUSED,
    }
)
#: What the scheduler says of a service that has what it should.
STEADY = "has reached a steady state"
_CLOSEST = re.compile(r"closest matching \(?container-instance ([0-9a-f-]{8,36})")


class Notice(Struct, frozen=True, kw_only=True):
    """A message that warns, and still holds."""

    warns: Warns
    event: ServiceEvent

    @property
    def closest(self) -> str:
        """Give the id of the container instance that the message names, or nothing."""
        found = _CLOSEST.search(self.event.message)
        return found[1] if found else ""


def warns_of(message: str) -> Warns | None:
    """Give the class of a message, or nothing where it warns of nothing."""
    return next((warns for warns, form in _FORMS if re.search(form, message, re.IGNORECASE)), None)


def warnings(ecs: Snapshot, service: Service) -> tuple[Notice, ...]:
    """Give the warnings of a service that still hold, the latest first: those after its last steady state."""
    return tuple(_warnings(ecs, service))


def latest(ecs: Snapshot, service: Service, *kinds: Warns) -> Notice | None:
    """Give the latest warning of one of these classes that still holds."""
    return next((item for item in warnings(ecs, service) if item.warns in kinds), None)


def _warnings(ecs: Snapshot, service: Service) -> Iterator[Notice]:
    for event in sorted(service.events, key=lambda item: item.created_at, reverse=True):
        if STEADY in event.message or event.created_at < ecs.window_start:
            return
        if (warns := warns_of(event.message)) is not None:
            yield Notice(warns=warns, event=event)
