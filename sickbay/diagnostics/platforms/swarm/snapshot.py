"""What the collector read of one swarm at one moment, and how its parts depend on each other."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Evidence, Gap, Subject
from sickbay.diagnostics.platforms.docker.snapshot import Unreachable
from sickbay.diagnostics.platforms.docker.wire.engine import Event, Version
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.swarm.references import reference
from sickbay.diagnostics.platforms.swarm.wire.cluster import Info, Membership
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request

K = TypeVar("K")
V = TypeVar("V")

#: How many characters of a node's id tell it from others of its host name.
_ID = 10


class Snapshot(Struct, frozen=True, kw_only=True, dict=True):
    """One swarm.

    `info` is what the asked engine tells of its place in the swarm, None where it told nothing. `services` are those
    of the scope and `others` the rest, with which they share nodes and networks; `asked_nodes` holds the ids of the
    nodes that the scope names. Of nodes, tasks and networks all are there. `logs` holds the end of a task's log by its
    id. `authority_ends` is when the certificate of the swarm's authority runs out, `authority_began` since when it
    holds. `events` are the swarm's that the asked engine still knows.
    """

    request: Request
    taken_at: datetime
    swarm: str
    address: str
    unreachable: Unreachable | None = None
    version: Version = Version()
    info: Info | None = None
    authority_ends: datetime | None = None
    authority_began: datetime | None = None
    nodes: tuple[Node, ...] = ()
    services: tuple[Service, ...] = ()
    others: tuple[Service, ...] = ()
    asked_nodes: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    networks: tuple[Network, ...] = ()
    logs: Mapping[str, LogTail] = {}
    events: tuple[Event, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def subject(self) -> Subject:
        """Give the swarm itself as the subject of a finding."""
        return Subject("swarm", self.swarm)

    @property
    def membership(self) -> Membership:
        """Give the asked engine's place in the swarm; an empty one where it told nothing."""
        return self.info.swarm if self.info else Membership()

    @property
    def window_start(self) -> datetime:
        """Give the moment from which what happened counts."""
        return self.taken_at - self.request.window

    def looked_at(self) -> Mapping[str, int]:
        """Give how many nodes, services, tasks and networks were read; empty where no manager told of them."""
        if not (self.nodes or self.services):
            return {}
        counted = {
            "nodes": len(self.nodes_in_scope),
            "services": len(self.services),
            "tasks": sum(len(self.tasks_of(service)) for service in self.services),
            "networks": len(self.networks_in_scope),
        }
        return {kind: count for kind, count in counted.items() if count}

    def evidence(self, call: str, value: object) -> Evidence:
        """Give a fact as evidence; `call` names the request and the field."""
        return Evidence(source=call, value=str(value), at=self.taken_at)

    def service_evidence(self, service: Service, field: str, value: object) -> Evidence:
        """Give a fact of a service as evidence."""
        return self.evidence(f"GET /services {service.name} {field}", value)

    def node_evidence(self, node: Node, field: str, value: object) -> Evidence:
        """Give a fact of a node as evidence."""
        return self.evidence(f"GET /nodes {self.node_name(node.id)} {field}", value)

    def task_evidence(self, service: Service, task: Task, field: str, value: object) -> Evidence:
        """Give a fact of a task as evidence, under the name that `docker service ps` gives it."""
        return self.evidence(f"GET /tasks {self.task_name(service, task)} {field}", value)

    def log_evidence(self, service: Service, task: Task) -> tuple[Evidence, ...]:
        """Give the end of a task's log as evidence, or nothing where none was read or it is empty."""
        log = self.logs.get(task.id)
        if log is None or not log.text.strip():
            return ()
        source = f"GET /tasks/{task.id[:12]}/logs of {self.task_name(service, task)}"
        return (Evidence(source=source, value=log.text, at=self.taken_at),)

    def task_name(self, service: Service, task: Task) -> str:
        """Give a task's name: its service and its slot, or its node where every node runs one."""
        return f"{service.name}.{task.slot or self.node_name(task.node_id) or task.id[:12]}"

    def node_name(self, node_id: str) -> str:
        """Give a node's host name, with the beginning of its id where another node has the same one."""
        node = self.node_by_id.get(node_id)
        if node is None:
            return node_id[:12]
        name = node.description.hostname or node.id[:12]
        return name if self._host_names[node.description.hostname] == 1 else f"{name} ({node.id[:_ID]})"

    def node_subject(self, node: Node) -> Subject:
        """Give a node as the subject of a finding."""
        return Subject("node", self.node_name(node.id))

    def service_subject(self, service: Service) -> Subject:
        """Give a service as the subject of a finding."""
        return Subject("service", service.name)

    def tasks_of(self, service: Service) -> tuple[Task, ...]:
        """Give a service's tasks, the latest last; of a job, those of its latest run."""
        tasks = self._tasks_by_service.get(service.id, ())
        if not service.job:
            return tasks
        return tuple(task for task in tasks if task.job_iteration == service.job_status.job_iteration)

    def networks_of(self, service: Service) -> tuple[Network, ...]:
        """Give the networks that a service names, where they were read."""
        named = {use.target for use in service.template.networks}
        return tuple(network for network in self.networks if network.id in named or network.name in named)

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on.

        A service depends on the swarm, its image, its networks, configs and secrets, and the nodes of the tasks that
        hold its places, or held them where the node takes no more; on all nodes while one of its tasks waits for one.
        Nodes and networks depend on the swarm.
        """
        everything = frozenset(self.node_subject(node) for node in self.nodes)
        graph = {subject: frozenset({self.subject}) for subject in everything}
        for network in self.networks:
            graph[Subject("network", network.name)] = frozenset({self.subject})
        closed = {node.id for node in self.nodes if not node.takes_tasks}
        for service in self.services:
            tasks = self.tasks_of(service)
            held = closed & {task.node_id for task in tasks}
            nodes = held | ({task.node_id for task in tasks if task.wanted} & self.node_by_id.keys())
            used = frozenset(self.node_subject(self.node_by_id[id_]) for id_ in nodes)
            image = Subject("image", reference(service.image))
            parts = {self.subject, image, *(Subject("network", item.name) for item in self.networks_of(service))}
            container = service.template.container_spec
            parts |= {Subject("config", use.config_name) for use in container.configs}
            parts |= {Subject("secret", use.secret_name) for use in container.secrets}
            anywhere = any(task.waits for task in tasks)
            graph[self.service_subject(service)] = frozenset(parts | (everything if anywhere else used))
        return graph

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: see images.py."""
        from sickbay.diagnostics.platforms.swarm.images import pulls_of

        return tuple(pulls_of(self))

    @cached_property
    def nodes_in_scope(self) -> tuple[Node, ...]:
        """The nodes that the scope names, or those of its services' tasks; all while one of these waits for a node."""
        if not self.request.scope:
            return self.nodes
        if self.asked_nodes:
            return tuple(node for node in self.nodes if node.id in self.asked_nodes)
        held = [task for service in self.services for task in self.tasks_of(service)]
        ids = {task.node_id for task in held if task.wanted or task.state == "running"}
        return self.nodes if any(task.waits for task in held) else tuple(node for node in self.nodes if node.id in ids)

    @cached_property
    def networks_in_scope(self) -> tuple[Network, ...]:
        """The networks that the services of the scope name; all without a scope."""
        if not self.request.scope:
            return self.networks
        ids = {network.id for service in self.services for network in self.networks_of(service)}
        return tuple(network for network in self.networks if network.id in ids)

    @cached_property
    def node_by_id(self) -> Mapping[str, Node]:
        """The nodes by their id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def tasks_by_node(self) -> Mapping[str, tuple[Task, ...]]:
        """The tasks on each node by its id, those without one under the empty id."""
        return _grouped((task.node_id, task) for task in self.tasks)

    @cached_property
    def service_by_id(self) -> Mapping[str, Service]:
        """All services by their id."""
        return {service.id: service for service in (*self.services, *self.others)}

    @cached_property
    def _host_names(self) -> Counter[str]:
        return Counter(node.description.hostname for node in self.nodes)

    @cached_property
    def _tasks_by_service(self) -> Mapping[str, tuple[Task, ...]]:
        return _grouped((task.service_id, task) for task in sorted(self.tasks, key=lambda task: task.created_at))


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
