"""What is left of Azure Container Service in the subscription, and of the machines that its engine made.

Its SDK is gone, so the generic listing finds it; each service itself is asked for its orchestrator and its counts.
"""

from concurrent.futures import Future
from functools import partial

from msgspec.structs import replace

from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.collector.decoding import decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.resources import ContainerService, Resource

RESOURCES_VERSION = "2021-04-01"
#: The last version of the API that knows all its orchestrators.
SERVICES_VERSION = "2017-01-31"
_SERVICES = "resourceType eq 'Microsoft.ContainerService/containerServices'"
_MACHINES = "resourceType eq 'Microsoft.Compute/virtualMachines'"
#: Tags that acs-engine and its successor aks-engine set on each machine.
ENGINE_TAGS = ("acsengineVersion", "aksEngineVersion")


class Legacy:
    """Reads what is left, beside everything else: the listings start at once."""

    def __init__(self, reading: Reading, target: AksTarget) -> None:
        self._reading = reading
        self._path = f"/subscriptions/{target.subscription}/resources"
        self._services, self._machines = self._listed(_SERVICES), self._listed(_MACHINES)

    def fill(self, snapshot: Snapshot) -> Snapshot:
        """Give the snapshot with the container services of the subscription, and the machines of an engine."""
        reading = self._reading
        listed = reading.finish(rights.RESOURCES, self._services, ())
        coming = [(item, reading.start(partial(_service, reading, item))) for item in listed]
        machines = reading.finish(rights.RESOURCES, self._machines, ())
        # Where its provider does not answer any more, what the listing has of a service is told all the same.
        services = tuple(
            reading.maybe(rights.SERVICES, future)
            or ContainerService(id=item.id, name=item.name, location=item.location)
            for item, future in coming
        )
        made = tuple(item for item in machines if any(tag in item.tags for tag in ENGINE_TAGS))
        return replace(snapshot, services=services, engine_machines=made)

    def _listed(self, which: str) -> "Future[tuple[Resource, ...]]":
        return self._reading.start(
            lambda: decode_list(
                self._reading.connection.get(self._path, RESOURCES_VERSION, {"$filter": which}), Resource
            )
        )


def _service(reading: Reading, item: Resource) -> ContainerService:
    return decode(reading.connection.get(item.id, SERVICES_VERSION)[0], ContainerService)
