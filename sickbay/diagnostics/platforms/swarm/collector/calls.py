"""The read calls of Swarm's part of the Engine API, each giving its shape from wire/, cleaned."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.docker.collector.calls import EVENT_BYTES
from sickbay.diagnostics.platforms.docker.collector.connection import Connection
from sickbay.diagnostics.platforms.docker.collector.decoding import decode, decode_lines
from sickbay.diagnostics.platforms.docker.collector.logs import BYTES, LINES, read_log
from sickbay.diagnostics.platforms.docker.collector.scrubbing import Scrubber
from sickbay.diagnostics.platforms.docker.wire.engine import Event
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.swarm.differences import environment
from sickbay.diagnostics.platforms.swarm.wire.cluster import Info
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Service, ServiceSpec
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from sickbay.diagnostics.redaction import redact_values, secret_values

T = TypeVar("T")

#: Seconds for what a manager asks its swarm: without a leader, it waits 20 s for one before it says so.
MANAGER_SECONDS = 25.0
_OF_THE_SWARM = '{"scope":["swarm"]}'


class Calls:
    """The calls, over one connection. Each raises CallError or ShapeError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scrubber = Scrubber()
        self._environments: dict[str, tuple[str, ...]] = {}

    def info(self) -> Info:
        """Read the engine's place in the swarm."""
        info = decode(self._connection.get("/info", seconds=MANAGER_SECONDS), Info)
        return replace(info, swarm=replace(info.swarm, error=self._scrubber.text(info.swarm.error)))

    def nodes(self) -> tuple[Node, ...]:
        """List the nodes."""
        return self._listed("/nodes", tuple[Node, ...], self._node)

    def services(self) -> tuple[Service, ...]:
        """List the services.

        How many tasks of each run is counted from the tasks: `status=true` would say it only from API 1.41 on, and
        counts those of a node that is lost.
        """
        return self._listed("/services", tuple[Service, ...], self._service)

    def tasks(self) -> tuple[Task, ...]:
        """List the tasks, with the ended ones that the swarm keeps."""
        return self._listed("/tasks", tuple[Task, ...], self._task)

    def networks(self) -> tuple[Network, ...]:
        """List the networks that reach over all nodes."""
        body = self._connection.get("/networks", {"filters": _OF_THE_SWARM}, seconds=MANAGER_SECONDS)
        return tuple(self._scrubber.network(network) for network in decode(body, tuple[Network, ...]))

    def events(self, since: datetime, until: datetime) -> tuple[Event, ...]:
        """Read the swarm's events that this manager's engine still knows, of a time by its own clock."""
        asked = {"since": f"{since.timestamp():.9f}", "until": f"{until.timestamp():.9f}", "filters": _OF_THE_SWARM}
        body, _ = self._connection.read("/events", EVENT_BYTES, asked)
        return tuple(self._scrubber.event(event) for event in decode_lines(body, Event))

    def log(self, task: Task, *, tty: bool, lines: int = LINES, most: int = BYTES) -> LogTail:
        """Read the end of a task's log, without what its service's environment says is secret."""
        tail = read_log(self._connection, f"/tasks/{task.id}", tty=tty, lines=lines, most=most)
        secrets = secret_values(self._environments.get(task.service_id, ()))
        return replace(tail, text=redact_values(tail.text, secrets))

    def _listed(self, path: str, shape: type[tuple[T, ...]], clean: Callable[[T], T]) -> tuple[T, ...]:
        listed: Iterable[T] = decode(self._connection.get(path, seconds=MANAGER_SECONDS), shape)
        return tuple(clean(item) for item in listed)

    def _node(self, node: Node) -> Node:
        spec = replace(node.spec, labels=self._scrubber.labels(node.spec.labels))
        engine = node.description.engine
        engine = replace(engine, labels=self._scrubber.labels(engine.labels))
        return replace(
            node,
            spec=spec,
            description=replace(node.description, engine=engine),
            status=replace(node.status, message=self._scrubber.text(node.status.message)),
        )

    def _service(self, service: Service) -> Service:
        specs = [service.spec, *([service.previous_spec] if service.previous_spec else [])]
        self._environments[service.id] = tuple(
            variable for spec in specs for variable in spec.task_template.container_spec.env
        )
        status = service.update_status
        return replace(
            service,
            changed_secrets=tuple(self._changed_secrets(service)),
            spec=self._spec(service.spec),
            previous_spec=service.previous_spec and self._spec(service.previous_spec),
            update_status=replace(status, message=self._scrubber.text(status.message)),
        )

    def _changed_secrets(self, service: Service) -> Iterator[str]:
        """Yield the variables of which nobody will see that they have another value now."""
        before = environment(service.previous_spec) if service.previous_spec else {}
        for name, value in environment(service.spec).items():
            old = before.get(name, value)
            if old != value and self._hidden(name, old) == self._hidden(name, value):
                yield name

    def _hidden(self, name: str, value: str) -> str:
        (variable,) = self._scrubber.variables((f"{name}={value}",))
        return variable

    def _spec(self, spec: ServiceSpec) -> ServiceSpec:
        scrubber, container = self._scrubber, spec.task_template.container_spec
        probe = container.healthcheck
        container = replace(
            container,
            command=scrubber.words(container.command),
            args=scrubber.words(container.args),
            env=scrubber.variables(container.env),
            healthcheck=probe and replace(probe, test=scrubber.words(probe.test)),
        )
        template = replace(spec.task_template, container_spec=container)
        return replace(spec, labels=scrubber.labels(spec.labels), task_template=template)

    def _task(self, task: Task) -> Task:
        if not task.status.err:
            return task
        return replace(task, status=replace(task.status, err=self._scrubber.text(task.status.err)))
