"""What is left of Azure Container Service in the subscription, and of the machines that its engine made.

Its SDK is gone, so the generic listing finds it; each service itself is asked for its orchestrator and its counts.
"""

from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.resources import ContainerService, Resource

RESOURCES_VERSION = "2021-04-01"
#: The last version of the API that knows all its orchestrators.
SERVICES_VERSION = "2017-01-31"
_SERVICES = "resourceType eq 'Microsoft.ContainerService/containerServices'"
_MACHINES = "resourceType eq 'Microsoft.Compute/virtualMachines'"
#: Tags that acs-engine and its successor aks-engine set on each machine.
ENGINE_TAGS = ("acsengineVersion", "aksEngineVersion")


def read(connection: Connection, target: AksTarget) -> tuple[tuple[ContainerService, ...], tuple[Resource, ...]]:
    """Give the container services of the subscription, and the machines of an engine."""
    path = f"/subscriptions/{target.subscription}/resources"
    listed = decode_list(connection.get(path, RESOURCES_VERSION, {"$filter": _SERVICES}), Resource)
    services = tuple(_service(connection, item) for item in listed)
    machines = decode_list(connection.get(path, RESOURCES_VERSION, {"$filter": _MACHINES}), Resource)
    return services, tuple(item for item in machines if any(tag in item.tags for tag in ENGINE_TAGS))


def _service(connection: Connection, item: Resource) -> ContainerService:
    """Give what a service tells of itself; where its provider does not answer any more, what the listing has."""
    try:
        return decode(connection.get(item.id, SERVICES_VERSION)[0], ContainerService)
    except CallError:
        return ContainerService(id=item.id, name=item.name, location=item.location)
