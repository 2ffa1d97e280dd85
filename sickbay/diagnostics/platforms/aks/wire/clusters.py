"""Shapes of clusters and node pools, and of what Azure offers and asks for them."""

from collections.abc import Mapping

from msgspec import field

from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail, Wire


class Status(Wire, frozen=True, kw_only=True):
    """Why the last operation failed, where it did."""

    provisioning_error: ErrorDetail | None = None


class PowerState(Wire, frozen=True, kw_only=True):
    """`Running` or `Stopped`."""

    code: str = ""


class ApiServerAccess(Wire, frozen=True, kw_only=True):
    """Who may reach the API server."""

    authorized_ip_ranges: tuple[str, ...] = field(default=(), name="authorizedIPRanges")
    enable_private_cluster: bool = False


class NetworkProfile(Wire, frozen=True, kw_only=True):
    """How nodes and pods get addresses, and how they get out."""

    network_plugin: str = ""
    network_plugin_mode: str = ""
    outbound_type: str = ""


class ServicePrincipal(Wire, frozen=True, kw_only=True):
    """The application that the cluster acts as; `msi` stands for a managed identity."""

    client_id: str = ""


class Identity(Wire, frozen=True, kw_only=True):
    """A managed identity."""

    object_id: str = ""


class ClusterProperties(Wire, frozen=True, kw_only=True):
    """A cluster's properties."""

    provisioning_state: str = ""
    power_state: PowerState = PowerState()
    kubernetes_version: str = ""
    current_kubernetes_version: str = ""
    node_resource_group: str = ""
    network_profile: NetworkProfile = NetworkProfile()
    api_server_access_profile: ApiServerAccess = ApiServerAccess()
    service_principal_profile: ServicePrincipal = ServicePrincipal()
    identity_profile: Mapping[str, Identity] = {}
    support_plan: str = ""
    status: Status = Status()


class ManagedCluster(Wire, frozen=True, kw_only=True):
    """`GET …/managedClusters/{name}`."""

    id: str = ""
    name: str = ""
    location: str = ""
    properties: ClusterProperties = ClusterProperties()

    @property
    def version(self) -> str:
        """Give the version that its control plane runs."""
        return self.properties.current_kubernetes_version or self.properties.kubernetes_version


class UpgradeSettings(Wire, frozen=True, kw_only=True):
    """How a pool's nodes are replaced."""

    max_surge: str = ""
    drain_timeout_in_minutes: int = 0


class PoolProperties(Wire, frozen=True, kw_only=True):
    """A node pool's properties."""

    count: int = 0
    vm_size: str = ""
    vnet_subnet_id: str = field(default="", name="vnetSubnetID")
    pod_subnet_id: str = field(default="", name="podSubnetID")
    max_pods: int = 0
    min_count: int = 0
    max_count: int = 0
    enable_auto_scaling: bool = False
    orchestrator_version: str = ""
    current_orchestrator_version: str = ""
    node_image_version: str = ""
    upgrade_settings: UpgradeSettings = UpgradeSettings()
    provisioning_state: str = ""
    power_state: PowerState = PowerState()
    status: Status = Status()


class AgentPool(Wire, frozen=True, kw_only=True):
    """`GET …/agentPools`: a node pool."""

    id: str = ""
    name: str = ""
    properties: PoolProperties = PoolProperties()

    @property
    def version(self) -> str:
        """Give the Kubernetes version that its nodes run."""
        return self.properties.current_orchestrator_version or self.properties.orchestrator_version


class UpgradeProfileProperties(Wire, frozen=True, kw_only=True):
    """What a pool can be upgraded to."""

    latest_node_image_version: str = ""


class UpgradeProfile(Wire, frozen=True, kw_only=True):
    """`GET …/agentPools/{name}/upgradeProfiles/default`."""

    properties: UpgradeProfileProperties = UpgradeProfileProperties()


class KubernetesVersion(Wire, frozen=True, kw_only=True):
    """A minor version that AKS offers in a region."""

    version: str = ""


class KubernetesVersions(Wire, frozen=True, kw_only=True):
    """`GET …/locations/{region}/kubernetesVersions`."""

    values: tuple[KubernetesVersion, ...] = ()


class EndpointDetail(Wire, frozen=True, kw_only=True):
    """A port of an endpoint."""

    port: int = 0


class EndpointDependency(Wire, frozen=True, kw_only=True):
    """A name that nodes must reach."""

    domain_name: str = ""
    endpoint_details: tuple[EndpointDetail, ...] = ()


class OutboundEndpoints(Wire, frozen=True, kw_only=True):
    """One category of `GET …/outboundNetworkDependenciesEndpoints`."""

    endpoints: tuple[EndpointDependency, ...] = ()


class CredentialResult(Wire, frozen=True, kw_only=True):
    """A kubeconfig, in base64. It is used and never kept."""

    value: bytes = b""


class CredentialResults(Wire, frozen=True, kw_only=True):
    """`POST …/listClusterUserCredential`."""

    kubeconfigs: tuple[CredentialResult, ...] = ()
