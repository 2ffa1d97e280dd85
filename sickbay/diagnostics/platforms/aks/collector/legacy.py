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
_SERVICES = "Microsoft.ContainerService/containerServices"
_MACHINES = ("Microsoft.Compute/virtualMachines", "Microsoft.Compute/virtualMachineScaleSets")
#: Tags that acs-engine and its successor aks-engine set on each machine. AKS, which was built of the latter, set them
#: too, but told that it was the source.
_ENGINE_TAGS = ("acsengineVersion", "aksEngineVersion")
_SOURCE_TAG, _BY_AKS = "creationSource", "aks-"


class Legacy:
    """Reads what is left, beside everything else: the listings start at once."""

    def __init__(self, reading: Reading, target: AksTarget) -> None:
        self._reading = reading
        self._path = f"/subscriptions/{target.subscription}/resources"
        self._services = self._listed(_SERVICES)
        self._machines = [self._listed(kind) for kind in _MACHINES]

    def fill(self, snapshot: Snapshot) -> Snapshot:
        """Give the snapshot with the container services of the subscription, and the machines of an engine."""
        reading = self._reading
        listed = reading.finish(rights.RESOURCES, self._services, ())
        coming = [(item, reading.start(partial(_service, reading, item))) for item in listed]
        machines = [item for future in self._machines for item in reading.finish(rights.RESOURCES, future, ())]
        # Where its provider does not answer any more, what the listing has of a service is told all the same.
        services = tuple(
            reading.maybe(rights.SERVICES, future)
            or ContainerService(id=item.id, name=item.name, location=item.location)
            for item, future in coming
        )
        return replace(snapshot, services=services, engine_machines=tuple(filter(_by_engine, machines)))

    def _listed(self, kind: str) -> "Future[tuple[Resource, ...]]":
        return self._reading.start(
            lambda: decode_list(
                self._reading.connection.get(self._path, RESOURCES_VERSION, {"$filter": f"resourceType eq '{kind}'"}),
                Resource,
            )
        )


def _by_engine(machine: Resource) -> bool:
    tagged = any(tag in machine.tags for tag in _ENGINE_TAGS)
    return tagged and not machine.tags.get(_SOURCE_TAG, "").startswith(_BY_AKS)


def _service(reading: Reading, item: Resource) -> ContainerService:
    return decode(reading.connection.get(item.id, SERVICES_VERSION)[0], ContainerService)
