"""Shapes of tasks: each is one attempt of a service to run a container."""

from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire
from sickbay.diagnostics.platforms.swarm.wire.services import Index, Resources

#: States in the order in which a task goes through them, up to the one in which it does its work.
ON_THE_WAY = ("new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting")
#: States of a task that ended before it should.
FAILED = frozenset({"failed", "rejected"})


class ContainerStatus(Wire, frozen=True, kw_only=True):
    """The container of a task, on its node."""

    container_id: str = field(default="", name="ContainerID")
    exit_code: int = 0


class TaskStatus(Wire, frozen=True, kw_only=True):
    """How far a task came, and the error that the column ERROR of `docker service ps` shows."""

    timestamp: datetime = NEVER
    state: str = ""
    message: str = ""
    err: str = ""
    container_status: ContainerStatus = ContainerStatus()


class TaskContainer(Wire, frozen=True, kw_only=True):
    """The image that a task was made from; its digest follows it where the registry told one."""

    image: str = ""


class TaskTemplate(Wire, frozen=True, kw_only=True):
    """What is needed of a task's own specification."""

    container_spec: TaskContainer = TaskContainer()
    resources: Resources = Resources()


class AttachedNetwork(Wire, frozen=True, kw_only=True):
    """A network by its id."""

    id: str = field(default="", name="ID")


class Attachment(Wire, frozen=True, kw_only=True):
    """A task's addresses on one network."""

    network: AttachedNetwork = AttachedNetwork()
    addresses: tuple[str, ...] = ()


class Task(Wire, frozen=True, kw_only=True):
    """One of `GET /tasks`; `slot` is 0 for a service on every node."""

    id: str = field(name="ID")
    created_at: datetime = NEVER
    spec: TaskTemplate = TaskTemplate()
    service_id: str = field(default="", name="ServiceID")
    slot: int = 0
    node_id: str = field(default="", name="NodeID")
    status: TaskStatus = TaskStatus()
    desired_state: str = ""
    networks_attachments: tuple[Attachment, ...] = ()
    job_iteration: Index = Index()

    @property
    def image(self) -> str:
        """Give the image that the task was made from."""
        return self.spec.container_spec.image

    @property
    def state(self) -> str:
        """Give how far the task came."""
        return self.status.state

    @property
    def wanted(self) -> bool:
        """Say whether the task is still meant to run, or to be done."""
        return self.desired_state in {"running", "ready", "complete"}

    @property
    def waits(self) -> bool:
        """Say whether no node has been found for it yet."""
        return self.wanted and not self.node_id

    @property
    def ran(self) -> bool:
        """Say whether its container ran, or at least began to."""
        return self.status.message in {"started", "finished"} or self.status.err.startswith("task: non-zero exit")

    @property
    def failed(self) -> bool:
        """Say whether it ended before it should."""
        return self.state in FAILED
