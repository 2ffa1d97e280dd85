"""Shapes of tasks and their containers."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import Wire, last_part


class ManagedAgent(Wire, frozen=True, kw_only=True):
    """An agent that ECS runs beside a container, such as that of ECS Exec."""

    name: str = ""
    last_status: str = ""
    reason: str = ""


class Container(Wire, frozen=True, kw_only=True):
    """One container of a task; `exit_code` is there once it ran and ended, `reason` where it failed."""

    name: str = ""
    image: str = ""
    image_digest: str = ""
    runtime_id: str = ""
    last_status: str = ""
    exit_code: int | None = None
    reason: str = ""
    health_status: str = ""
    managed_agents: tuple[ManagedAgent, ...] = ()


class Detail(Wire, frozen=True, kw_only=True):
    """A named value of an attachment."""

    name: str = ""
    value: str = ""


class Attachment(Wire, frozen=True, kw_only=True):
    """A network interface or volume that a task gets."""

    type: str = ""
    status: str = ""
    details: tuple[Detail, ...] = ()


class Attribute(Wire, frozen=True, kw_only=True):
    """What a task or an instance says of itself, such as its architecture."""

    name: str = ""
    value: str = ""


class Task(Wire, frozen=True, kw_only=True):
    """One of `DescribeTasks`; `cpu` in units, as text.

    `group` is `service:NAME` for a service's task and `family:NAME` for one of its own.
    """

    task_arn: str
    task_definition_arn: str = ""
    group: str = ""
    launch_type: str = ""
    platform_version: str = ""
    availability_zone: str = ""
    capacity_provider_name: str = ""
    container_instance_arn: str = ""
    cpu: str = ""
    last_status: str = ""
    desired_status: str = ""
    health_status: str = ""
    stop_code: str = ""
    stopped_reason: str = ""
    created_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    enable_execute_command: bool = False
    attributes: tuple[Attribute, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    containers: tuple[Container, ...] = ()

    @property
    def id(self) -> str:
        """Give the task's own id, the last part of its ARN."""
        return last_part(self.task_arn)

    @property
    def short_id(self) -> str:
        """Give enough of the id to tell tasks apart."""
        return self.id[:8]

    @property
    def service(self) -> str:
        """Give the name of the task's service, or nothing for a task of its own."""
        kind, _, name = self.group.partition(":")
        return name if kind == "service" else ""

    @property
    def family(self) -> str:
        """Give the family of the task's definition."""
        return last_part(self.task_definition_arn).partition(":")[0]

    @property
    def stopped(self) -> bool:
        """Say whether the task has ended, or is about to."""
        return self.desired_status == "STOPPED" or bool(self.stop_code)

    @property
    def ended(self) -> datetime | None:
        """Give when the task ended, or began to."""
        return self.stopped_at or self.stopping_at

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give what is said of the end: of the containers first, which say more, then of the task."""
        said = [container.reason for container in self.containers if container.reason]
        return (*said, *([self.stopped_reason] if self.stopped_reason else []))

    @property
    def architecture(self) -> str:
        """Give the architecture that the task runs on, as ECS names it, or nothing."""
        return next((item.value for item in self.attributes if item.name == "ecs.cpu-architecture"), "")
