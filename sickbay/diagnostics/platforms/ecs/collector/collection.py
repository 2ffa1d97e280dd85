"""The order in which one cluster is read: services, tasks and instances at once, then what is in doubt."""

from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.ecs.collector import calls as ecs
from sickbay.diagnostics.platforms.ecs.collector import listing
from sickbay.diagnostics.platforms.ecs.collector.calls import Calls
from sickbay.diagnostics.platforms.ecs.collector.depth import Depth
from sickbay.diagnostics.platforms.ecs.collector.listing import Listing, described
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.collector.scope import Scope, parsed, unknown
from sickbay.diagnostics.platforms.ecs.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task


class _Coming(NamedTuple):
    services: "tuple[Listing[Service], ...]"
    tasks: "tuple[Listing[Task], ...]"
    instances: "tuple[Listing[ContainerInstance], ...]"


class Collection:
    """Reads one cluster."""

    def __init__(self, reading: Reading, cluster: str) -> None:
        self._reading = reading
        self._calls = Calls(reading.connection, cluster)

    def fill(self, snapshot: Snapshot, progress: Progress) -> Snapshot:
        """Give the snapshot with all that was read. Raises UnknownScopeError and CancelledError."""
        reading, asked = self._reading, parsed(snapshot.request.scope)
        cluster = reading.start(self._calls.cluster)
        service = self._asked_service(asked)
        coming = self._begun(service)
        found = reading.finish(Operation.CLUSTER, cluster)
        if found is not None and not any(item.status == "ACTIVE" for item in found):
            return replace(snapshot, unreachable=self._no_cluster())
        progress("Services and tasks")
        snapshot = replace(
            snapshot,
            cluster=found[0] if found else None,
            services=(service,) if service else described(reading, coming.services, Operation.SERVICES),
            tasks=tuple({item.task_arn: item for item in described(reading, coming.tasks, Operation.TASKS)}.values()),
            instances=described(reading, coming.instances, Operation.INSTANCES),
        )
        if snapshot.cluster is None and not (snapshot.services or snapshot.tasks or snapshot.instances):
            return replace(snapshot, unreachable=reading.first)
        return self._deeper(self._within(snapshot, asked, service), progress)

    def _begun(self, service: Service | None) -> "_Coming":
        """Begin all lists at once, narrowed to a service that was asked for."""
        calls, name = self._calls, service.service_name if service else ""
        begin = partial(listing.begin, self._reading)
        return _Coming(
            services=() if service else (begin(calls.service_names, calls.services, ecs.SERVICES_A_CALL),),
            tasks=tuple(
                begin(partial(calls.task_names, status, name), calls.tasks, ecs.TASKS_A_CALL)
                for status in ("RUNNING", "STOPPED")
            ),
            instances=(begin(calls.instance_names, calls.instances, ecs.INSTANCES_A_CALL),),
        )

    def _deeper(self, snapshot: Snapshot, progress: Progress) -> Snapshot:
        depth = Depth(self._reading, self._calls, snapshot.cluster_name)
        progress("Load balancers")
        snapshot = depth.around(snapshot)
        progress("Logs and changes")
        return depth.behind(snapshot)

    def _asked_service(self, asked: Scope) -> Service | None:
        if not asked.may_be_service:
            return None
        coming = self._reading.start(partial(self._calls.services, [asked.name]))
        return next(iter(self._reading.gather(Operation.SERVICES, [coming])), None)

    def _within(self, snapshot: Snapshot, asked: Scope, service: Service | None) -> Snapshot:
        """Give the snapshot with what the scope names. Raises UnknownScopeError."""
        if not asked.name or (service and not asked.task):
            return snapshot
        wanted = asked.task if service else asked.name
        task = next((item for item in snapshot.tasks if wanted and item.id.startswith(wanted)), None)
        if task and asked.kind != "instance":
            services = tuple(item for item in snapshot.services if item.service_name == task.service)
            return replace(snapshot, tasks=(task,), services=services)
        machine = next((item for item in snapshot.instances if wanted in _names(item)), None)
        if machine and asked.kind != "task" and not service:
            return _on(snapshot, machine)
        names = (
            *(item.service_name for item in snapshot.services),
            *(f"{service.service_name}/{item.id}" for item in snapshot.tasks if service),
            *(item.name for item in snapshot.instances),
        )
        raise unknown(snapshot.request.scope, names)

    def _no_cluster(self) -> Unreachable:
        known = self._reading.finish(Operation.CLUSTERS, self._reading.start(self._calls.clusters))
        return Unreachable(
            obstacle=Obstacle.NO_CLUSTER,
            message="DescribeClusters tells no active cluster of this name",
            call=Operation.CLUSTER.name_of_call,
            known=tuple(sorted(known or ())),
        )


def _names(instance: ContainerInstance) -> set[str]:
    return {instance.ec2_instance_id, last_part(instance.container_instance_arn)} - {""}


def _on(snapshot: Snapshot, machine: ContainerInstance) -> Snapshot:
    """Give the snapshot with one instance, its tasks, and the services of these."""
    tasks = tuple(item for item in snapshot.tasks if item.container_instance_arn == machine.container_instance_arn)
    held = {task.service for task in tasks}
    services = tuple(item for item in snapshot.services if item.service_name in held)
    return replace(snapshot, instances=(machine,), tasks=tasks, services=services, asked_instance=machine.name)
