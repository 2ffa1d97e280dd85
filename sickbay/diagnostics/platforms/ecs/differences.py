"""In what one revision of a service differs from another: its own settings, and those of its task definition.

Of environments only the names of variables are told.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.events import EventKind
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.definitions import ContainerDefinition, HealthCheck, TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceRevision

#: The field that stands for all of a definition, where no more is known of it.
DEFINITION = "task definition"
_NETWORKING = ("network mode", "subnets", "security groups", "public address", "load balancers", "ports of ")


class Difference(Struct, frozen=True, kw_only=True):
    """One field that is another now; empty where it was or is not there."""

    field: str
    before: str
    after: str

    @property
    def kind(self) -> EventKind:
        """Give the kind of change that it is."""
        if self.field.startswith(("image of ", "digest of ")):
            return EventKind.IMAGE
        return EventKind.NETWORK if self.field.startswith(_NETWORKING) else EventKind.TEMPLATE


class Variable(Struct, frozen=True, kw_only=True):
    """A variable of a container's environment that was `added`, `removed` or `changed`."""

    container: str
    name: str
    how: str


def differences(ecs: Snapshot, before: ServiceRevision, after: ServiceRevision) -> Iterator[Difference]:
    """Yield the fields that differ, environments left out.

    A definition that could not be read is left out of the comparison, but for its name.
    """
    was, now = (dict(_of_revision(ecs, item)) for item in (before, after))
    if definitions := _definitions(ecs, before, after):
        was |= dict(_of_definition(definitions[0]))
        now |= dict(_of_definition(definitions[1]))
    for field in {**was, **now}:
        if was.get(field, "") != now.get(field, ""):
            yield Difference(field=field, before=was.get(field, ""), after=now.get(field, ""))
    yield from _digests(before, after, was, now)


def variables(ecs: Snapshot, before: ServiceRevision, after: ServiceRevision) -> Iterator[Variable]:
    """Yield the variables that differ, container by container; nothing where a definition was not read."""
    definitions = _definitions(ecs, before, after)
    for container in definitions[1].container_definitions if definitions else ():
        older = definitions[0].container(container.name) if definitions else None
        was = {item.name: item.mark for item in older.environment} if older else {}
        now = {item.name: item.mark for item in container.environment}
        told = {
            **{name: "added" for name in now if name not in was},
            **{name: "removed" for name in was if name not in now},
            **{name: "changed" for name in now if name in was and was[name] != now[name]},
        }
        yield from (Variable(container=container.name, name=name, how=how) for name, how in told.items())


def _definitions(
    ecs: Snapshot, before: ServiceRevision, after: ServiceRevision
) -> tuple[TaskDefinition, TaskDefinition] | None:
    old, new = (ecs.definitions.get(item.task_definition) for item in (before, after))
    return (old, new) if old and new and old is not new else None


def _of_revision(ecs: Snapshot, revision: ServiceRevision) -> Iterator[tuple[str, str]]:
    network = revision.network_configuration.awsvpc_configuration
    yield DEFINITION, last_part(revision.task_definition)
    yield "launch type", revision.launch_type
    yield "platform version", revision.platform_version
    yield "capacity providers", ", ".join(item.capacity_provider for item in revision.capacity_provider_strategy)
    yield "subnets", ", ".join(sorted(network.subnets))
    yield "security groups", ", ".join(sorted(network.security_groups))
    yield "public address", network.assign_public_ip
    yield (
        "load balancers",
        ", ".join(
            f"{item.container_name}:{item.container_port} in "
            f"{' and '.join(ecs.group_subject(arn).name for arn in item.group_arns) or item.load_balancer_name}"
            for item in revision.load_balancers
        ),
    )


def _of_definition(definition: TaskDefinition) -> Iterator[tuple[str, str]]:
    yield "CPU of the task", definition.cpu
    yield "memory of the task", definition.memory
    yield "network mode", definition.network_mode
    yield "execution role", last_part(definition.execution_role_arn)
    yield "task role", last_part(definition.task_role_arn)
    yield "architecture", definition.runtime_platform.cpu_architecture if definition.runtime_platform else ""
    yield "placement constraints", ", ".join(item.expression or item.type for item in definition.placement_constraints)
    for item in definition.container_definitions:
        yield from ((f"{field} of {item.name}", value) for field, value in _of_container(item))


def _of_container(item: ContainerDefinition) -> Iterator[tuple[str, str]]:
    yield "image", item.image
    yield "CPU", str(item.cpu or "")
    yield "memory", str(item.memory or item.memory_reservation or "")
    yield "ports", ", ".join(f"{one.host_port}:{one.container_port}" for one in item.port_mappings)
    yield "entry point", " ".join(item.entry_point)
    yield "command", " ".join(item.command)
    yield "secrets", ", ".join(f"{one.name} from {one.value_from}" for one in item.secrets)
    yield "health check", _probe(item.health_check) if item.health_check else ""
    yield "log group", item.log_configuration.options.get("awslogs-group", "") if item.log_configuration else ""
    yield "read-only root", "yes" if item.readonly_root_filesystem else ""
    yield "dependencies", ", ".join(f"{one.container_name} {one.condition}" for one in item.depends_on)


def _probe(check: HealthCheck) -> str:
    return (
        f"every {check.interval} s, {check.retries} times within {check.timeout} s each, after {check.start_period} s"
    )


def _digests(
    before: ServiceRevision, after: ServiceRevision, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield the containers whose image has the same name and another digest: its tag was moved in between."""
    old = {item.container_name: item.image_digest for item in before.container_images}
    for item in after.container_images:
        digest, field = old.get(item.container_name), f"image of {item.container_name}"
        if digest and digest != item.image_digest and was.get(field) == now.get(field):
            yield Difference(field=f"digest of the {field}", before=digest, after=item.image_digest)
