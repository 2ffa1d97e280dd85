"""Shapes of services, their endpoints, ingresses and network policies."""

from collections.abc import Mapping

from msgspec import field

from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition, LabelSelector, Resource, Wire, Written


class ServicePort(Wire, frozen=True, kw_only=True):
    """One port of a service; `target_port` is the pods' port, a number or a name, the port itself where it is 0."""

    name: str = ""
    protocol: str = "TCP"
    port: int = 0
    target_port: int | str = 0
    node_port: int = 0


class ServiceSpec(Wire, frozen=True, kw_only=True):
    """Which pods a service sends to."""

    type: str = "ClusterIP"
    cluster_ip: str = field(default="", name="clusterIP")
    selector: Mapping[str, str] = {}
    ports: tuple[ServicePort, ...] = ()
    external_name: str = ""
    external_traffic_policy: str = ""
    load_balancer_class: str = ""
    publish_not_ready_addresses: bool = False


class LoadBalancerIngress(Wire, frozen=True, kw_only=True):
    """An address that the cloud gave."""

    ip: str = ""
    hostname: str = ""


class LoadBalancerStatus(Wire, frozen=True, kw_only=True):
    """The addresses that the cloud gave."""

    ingress: tuple[LoadBalancerIngress, ...] = ()


class ServiceStatus(Wire, frozen=True, kw_only=True):
    """Where a service can be reached from outside."""

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()
    conditions: tuple[Condition, ...] = ()


class Service(Written, frozen=True, kw_only=True):
    """`GET /api/v1/services`."""

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointConditions(Wire, frozen=True, kw_only=True):
    """Whether an endpoint may be sent to; not said means yes."""

    ready: bool | None = None


class ObjectReference(Wire, frozen=True, kw_only=True):
    """Another object, by kind and name; `field_path` says which part of it: `spec.containers{app}`."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class Endpoint(Wire, frozen=True, kw_only=True):
    """One address of a service."""

    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    target_ref: ObjectReference | None = None
    node_name: str = ""


class EndpointPort(Wire, frozen=True, kw_only=True):
    """One port of a slice; without a number it could not be resolved."""

    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(Resource, frozen=True, kw_only=True):
    """`GET /apis/discovery.k8s.io/v1/endpointslices`; the service is named by a label. Go writes null for none."""

    endpoints: tuple[Endpoint, ...] | None = None
    ports: tuple[EndpointPort, ...] | None = None

    @property
    def service(self) -> str:
        """Give `namespace/name` of the service."""
        return f"{self.metadata.namespace}/{self.metadata.labels.get('kubernetes.io/service-name', '')}"


class EndpointAddress(Wire, frozen=True, kw_only=True):
    """One address in the older shape."""

    ip: str = ""
    node_name: str = ""
    target_ref: ObjectReference | None = None


class EndpointSubset(Wire, frozen=True, kw_only=True):
    """Addresses that share their ports."""

    addresses: tuple[EndpointAddress, ...] = ()
    not_ready_addresses: tuple[EndpointAddress, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class Endpoints(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/endpoints`, for servers that have no slices; named as its service."""

    subsets: tuple[EndpointSubset, ...] = ()


class BackendPort(Wire, frozen=True, kw_only=True):
    """A service's port, by number or by name."""

    number: int = 0
    name: str = ""


class ServiceBackend(Wire, frozen=True, kw_only=True):
    """The service that a rule sends to."""

    name: str = ""
    port: BackendPort = BackendPort()


class Backend(Wire, frozen=True, kw_only=True):
    """Where a rule sends; another resource than a service is left out."""

    service: ServiceBackend | None = None


class HttpPath(Wire, frozen=True, kw_only=True):
    """One path of a rule."""

    path: str = ""
    backend: Backend = Backend()


class HttpRule(Wire, frozen=True, kw_only=True):
    """The paths of a host."""

    paths: tuple[HttpPath, ...] = ()


class IngressRule(Wire, frozen=True, kw_only=True):
    """What is sent where for one host."""

    host: str = ""
    http: HttpRule | None = None


class IngressTls(Wire, frozen=True, kw_only=True):
    """Where the certificate of some hosts lies."""

    secret_name: str = ""


class IngressSpec(Wire, frozen=True, kw_only=True):
    """The rules of an ingress and the class of controller that follows them."""

    ingress_class_name: str = ""
    default_backend: Backend | None = None
    rules: tuple[IngressRule, ...] = ()
    tls: tuple[IngressTls, ...] = ()

    @property
    def backends(self) -> tuple[ServiceBackend, ...]:
        """Give every service that is sent to."""
        found = [self.default_backend] if self.default_backend else []
        found += [path.backend for rule in self.rules if rule.http for path in rule.http.paths]
        return tuple(backend.service for backend in found if backend.service)


class Ingress(Written, frozen=True, kw_only=True):
    """`GET /apis/networking.k8s.io/v1/ingresses`."""

    spec: IngressSpec = IngressSpec()
    status: ServiceStatus = ServiceStatus()


class IngressClass(Resource, frozen=True, kw_only=True):
    """`GET /apis/networking.k8s.io/v1/ingressclasses`."""


class IpBlock(Wire, frozen=True, kw_only=True):
    """A range of addresses."""

    cidr: str = ""


class Peer(Wire, frozen=True, kw_only=True):
    """Who may come in: pods by label, namespaces by label, or addresses."""

    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IpBlock | None = None


class IngressPolicyRule(Wire, frozen=True, kw_only=True):
    """One rule; none of `peers` means everybody."""

    peers: tuple[Peer, ...] = field(default=(), name="from")


class NetworkPolicySpec(Wire, frozen=True, kw_only=True):
    """Which pods are shut off, and who may reach them all the same."""

    pod_selector: LabelSelector = LabelSelector()
    policy_types: tuple[str, ...] = ()
    ingress: tuple[IngressPolicyRule, ...] = ()

    @property
    def limits_ingress(self) -> bool:
        """Say whether it limits what comes in; without types it does."""
        return not self.policy_types or "Ingress" in self.policy_types


class NetworkPolicy(Written, frozen=True, kw_only=True):
    """`GET /apis/networking.k8s.io/v1/networkpolicies`."""

    spec: NetworkPolicySpec = NetworkPolicySpec()
