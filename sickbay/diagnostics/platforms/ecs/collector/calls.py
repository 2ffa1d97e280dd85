"""The calls of ECS itself, each giving its shape from wire/, cleaned: batched, and listed page by page."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, islice
from secrets import token_bytes

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Cluster, Deployment, Service, ServiceEvent
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from sickbay.diagnostics.redaction import secret_values

#: Items that one call describes at most, and a list's longest page.
SERVICES_A_CALL, TASKS_A_CALL, INSTANCES_A_CALL, PAGE = 10, 100, 100, 100
#: Events kept of a service, the latest: it tells 100.
EVENTS = 40
_LONGEST = 2000
#: Of where logs go, only what names the place: other drivers' options hold tokens.
_LOG_OPTIONS = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")


class Calls:
    """ECS's calls, of one cluster. Each raises as Connection.call, or msgspec.ValidationError."""

    def __init__(self, connection: Connection, cluster: str) -> None:
        self._connection = connection
        self._cluster = cluster
        self._text = lru_cache(4096)(_cleaned)
        self._key = token_bytes(16)
        self.secrets: dict[str, tuple[str, ...]] = {}

    def cluster(self) -> tuple[Cluster, ...]:
        """Describe the cluster: nothing where there is none of its name."""
        answer = self._connection.call(Operation.CLUSTER, clusters=[self._cluster], include=["CONFIGURATIONS"])
        return msgspec.convert(answer["clusters"], tuple[Cluster, ...])

    def clusters(self) -> tuple[str, ...]:
        """List the names of the clusters that there are."""
        pages = self._connection.pages(Operation.CLUSTERS, maxResults=PAGE)
        return tuple(arn.rpartition("/")[2] for page in islice(pages, 3) for arn in page["clusterArns"])

    def service_names(self) -> Iterator[str]:
        """Yield the ARNs of the services, page by page."""
        pages = self._connection.pages(Operation.SERVICE_NAMES, cluster=self._cluster, maxResults=PAGE)
        return chain.from_iterable(page["serviceArns"] for page in pages)

    def services(self, names: Sequence[str]) -> tuple[Service, ...]:
        """Describe ten services at most; those that are gone are left out."""
        answer = self._connection.call(
            Operation.SERVICES, cluster=self._cluster, services=list(names), include=["TAGS"]
        )
        found = [{**raw, "events": raw.get("events", ())[:EVENTS]} for raw in answer["services"]]
        known = msgspec.convert(found, tuple[Service, ...])
        return tuple(self._service(item) for item in known if item.status != "INACTIVE")

    def task_names(self, status: str, service: str = "") -> Iterator[str]:
        """Yield the ARNs of the tasks that shall be in this status: RUNNING, or STOPPED for about an hour."""
        narrowed = {"serviceName": service} if service else {}
        pages = self._connection.pages(
            Operation.TASK_NAMES, cluster=self._cluster, desiredStatus=status, maxResults=PAGE, **narrowed
        )
        return chain.from_iterable(page["taskArns"] for page in pages)

    def tasks(self, names: Sequence[str]) -> tuple[Task, ...]:
        """Describe a hundred tasks at most."""
        answer = self._connection.call(Operation.TASKS, cluster=self._cluster, tasks=list(names))
        return tuple(self._task(item) for item in msgspec.convert(answer["tasks"], tuple[Task, ...]))

    def instance_names(self) -> Iterator[str]:
        """Yield the ARNs of the container instances, those that drain or failed to register too."""
        pages = self._connection.pages(Operation.INSTANCE_NAMES, cluster=self._cluster, maxResults=PAGE)
        return chain.from_iterable(page["containerInstanceArns"] for page in pages)

    def instances(self, names: Sequence[str]) -> tuple[ContainerInstance, ...]:
        """Describe a hundred container instances at most."""
        answer = self._connection.call(
            Operation.INSTANCES,
            cluster=self._cluster,
            containerInstances=list(names),
            include=["CONTAINER_INSTANCE_HEALTH"],
        )
        found = msgspec.convert(answer["containerInstances"], tuple[ContainerInstance, ...])
        return tuple(replace(item, status_reason=self._text(item.status_reason)) for item in found)

    def definition(self, arn: str) -> TaskDefinition:
        """Describe a task definition.

        Of its environment the names are kept, each with a mark of its value that nobody without this diagnosis's key
        can make; the secrets only until they are hidden in logs.
        """
        raw = self._connection.call(Operation.DEFINITION, taskDefinition=arn)["taskDefinition"]
        self.secrets[arn] = secret_values(
            f"{item.get('name', '')}={item.get('value', '')}"
            for container in raw.get("containerDefinitions", ())
            for item in container.get("environment", ())
        )
        for container in raw.get("containerDefinitions", ()):
            for item in container.get("environment", ()):
                item["mark"] = blake2b(item.pop("value", "").encode(), key=self._key, digest_size=8).hexdigest()
            for field in ("entryPoint", "command"):
                container[field] = [self._text(word) for word in container.get(field, ())]
            log = container.get("logConfiguration")
            if log:
                log["options"] = {key: log.get("options", {}).get(key, "") for key in _LOG_OPTIONS}
        return msgspec.convert(raw, TaskDefinition)

    def providers(self, names: Sequence[str]) -> tuple[CapacityProvider, ...]:
        """Describe capacity providers."""
        answer = self._connection.call(Operation.PROVIDERS, capacityProviders=list(names))
        found = msgspec.convert(answer["capacityProviders"], tuple[CapacityProvider, ...])
        return tuple(replace(item, update_status_reason=self._text(item.update_status_reason)) for item in found)

    def deployment_names(self, service: str) -> tuple[str, ...]:
        """List the ARNs of the last two deployments of a service."""
        answer = self._connection.call(Operation.DEPLOYMENT_NAMES, service=service, cluster=self._cluster, maxResults=2)
        return tuple(item["serviceDeploymentArn"] for item in answer["serviceDeployments"][:2])

    def deployments(self, arns: Sequence[str]) -> tuple[ServiceDeployment, ...]:
        """Describe deployments, twenty at most."""
        answer = self._connection.call(Operation.DEPLOYMENTS, serviceDeploymentArns=list(arns))
        found = msgspec.convert(answer["serviceDeployments"], tuple[ServiceDeployment, ...])
        return tuple(replace(item, status_reason=self._text(item.status_reason)) for item in found)

    def revisions(self, arns: Sequence[str]) -> tuple[ServiceRevision, ...]:
        """Describe what deployments came from and brought, twenty at most."""
        answer = self._connection.call(Operation.REVISIONS, serviceRevisionArns=list(arns)[:20])
        return msgspec.convert(answer["serviceRevisions"], tuple[ServiceRevision, ...])

    def _service(self, service: Service) -> Service:
        return replace(
            service,
            events=tuple(self._event(item) for item in service.events),
            deployments=tuple(self._deployment(item) for item in service.deployments),
            tags=tuple(tag for tag in service.tags if tag.key.startswith("aws:cloudformation:")),
        )

    def _event(self, event: ServiceEvent) -> ServiceEvent:
        return replace(event, message=self._text(event.message))

    def _deployment(self, item: Deployment) -> Deployment:
        return replace(item, rollout_state_reason=self._text(item.rollout_state_reason))

    def _task(self, task: Task) -> Task:
        if not task.stopped_reason and not any(item.reason for item in task.containers):
            return task
        containers = tuple(replace(item, reason=self._text(item.reason)) for item in task.containers)
        return replace(task, stopped_reason=self._text(task.stopped_reason), containers=containers)


def batches(items: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield the items in lots of this size, each as soon as it is full."""
    remaining = iter(items)
    while batch := tuple(islice(remaining, size)):
        yield batch


def _cleaned(text: str) -> str:
    return clean(text[:_LONGEST]) if text else ""
