"""Shapes of other resources: role assignments, the generic listing, container services of old."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.aks.wire.base import Wire


class RoleAssignmentProperties(Wire, frozen=True, kw_only=True):
    """Which role, and where."""

    role_definition_id: str = ""
    scope: str = ""


class RoleAssignment(Wire, frozen=True, kw_only=True):
    """`GET …/providers/Microsoft.Authorization/roleAssignments`."""

    properties: RoleAssignmentProperties = RoleAssignmentProperties()


class Resource(Wire, frozen=True, kw_only=True):
    """A resource of the generic listing."""

    id: str = ""
    name: str = ""
    location: str = ""
    tags: Mapping[str, str] = {}


class Orchestrator(Wire, frozen=True, kw_only=True):
    """What a container service of old runs: `DCOS`, `Swarm`, `Kubernetes`, `DockerCE` or `Custom`."""

    orchestrator_type: str = ""


class ServicePool(Wire, frozen=True, kw_only=True):
    """Machines of a container service of old."""

    count: int = 0
    fqdn: str = ""


class ServiceProperties(Wire, frozen=True, kw_only=True):
    """The properties of a container service of old."""

    orchestrator_profile: Orchestrator = Orchestrator()
    master_profile: ServicePool = ServicePool()
    agent_pool_profiles: tuple[ServicePool, ...] = ()


class ContainerService(Wire, frozen=True, kw_only=True):
    """`GET …/containerServices/{name}`: Azure Container Service, which ended in January 2020."""

    id: str = ""
    name: str = ""
    location: str = ""
    properties: ServiceProperties = ServiceProperties()
