"""What each read of Azure needs: the action that deploy/azure/role.json grants, and a built-in role that has it."""

from msgspec import Struct


class Right(Struct, frozen=True):
    """A thing that is read, the action that lets it be read, and a built-in role with that action."""

    what: str
    action: str
    role: str = "Reader"


_SERVICE = "Microsoft.ContainerService/managedClusters"
CLUSTER = Right("the cluster's state", f"{_SERVICE}/read")
POOLS = Right("the node pools", f"{_SERVICE}/agentPools/read")
NODE_IMAGES = Right("the newest node images", f"{_SERVICE}/agentPools/upgradeProfiles/read")
MACHINES = Right("the machines of failed pools", f"{_SERVICE}/agentPools/machines/read")
ENDPOINTS = Right("the names that nodes must reach", f"{_SERVICE}/outboundNetworkDependenciesEndpoints/read")
DETECTORS = Right("AKS's own detectors", f"{_SERVICE}/detectors/read")
VERSIONS = Right("the supported versions", "Microsoft.ContainerService/locations/kubernetesVersions/read")
SCALE_SETS = Right("the scale sets of failed pools", "Microsoft.Compute/virtualMachineScaleSets/read")
INSTANCES = Right("the state of their machines", "Microsoft.Compute/virtualMachineScaleSets/instanceView/read")
CORES = Right("the quota of cores", "Microsoft.Compute/locations/usages/read")
SUBNETS = Right("the free addresses of subnets", "Microsoft.Network/virtualNetworks/usages/read")
POOL_SUBNETS = Right("the subnets of node pools", "Microsoft.Network/virtualNetworks/subnets/read")
NAT_GATEWAYS = Right("the NAT gateways", "Microsoft.Network/natGateways/read")
METRICS = Right("outbound connections (metrics)", "Microsoft.Insights/metrics/read", "Monitoring Reader")
ACTIVITY = Right("the activity log", "Microsoft.Insights/eventtypes/values/read", "Monitoring Reader")
HEALTH = Right("resource health", "Microsoft.ResourceHealth/availabilityStatuses/read")
ROLES = Right("role assignments", "Microsoft.Authorization/roleAssignments/read")
RESOURCES = Right("what is left of Azure Container Service", "Microsoft.Resources/subscriptions/resources/read")
SERVICES = Right("container services of old", "Microsoft.ContainerService/containerServices/read")

#: All that the shipped role grants.
GRANTED = (CLUSTER, POOLS, NODE_IMAGES, MACHINES, ENDPOINTS, DETECTORS, VERSIONS, SCALE_SETS, INSTANCES, CORES, SUBNETS,
           POOL_SUBNETS, NAT_GATEWAYS, METRICS, ACTIVITY, HEALTH, ROLES, RESOURCES, SERVICES)  # fmt: skip

#: Not in the shipped role: asked for only where a target's `user_credentials` allows it.
USER_CREDENTIALS = Right(
    "the cluster's user credentials",
    f"{_SERVICE}/listClusterUserCredential/action",
    "Azure Kubernetes Service Cluster User Role",
)

#: How a gap calls the cluster's other side.
KUBERNETES = "the Kubernetes part of the cluster"
