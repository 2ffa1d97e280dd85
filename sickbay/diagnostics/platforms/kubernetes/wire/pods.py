"""Shapes of pods."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition, Resource, Wire


class Resources(Wire, frozen=True, kw_only=True):
    """Quantities by resource, as written: `500m`, `128Mi`."""

    requests: Mapping[str, str | int | float] = {}
    limits: Mapping[str, str | int | float] = {}


class ContainerPort(Wire, frozen=True, kw_only=True):
    """A port that a container says it listens on."""

    name: str = ""
    container_port: int = 0
    host_port: int = 0
    host_ip: str = field(default="", name="hostIP")
    protocol: str = "TCP"


class HttpGet(Wire, frozen=True, kw_only=True):
    """Where a probe asks by HTTP; the port is a number or a name."""

    path: str = ""
    port: int | str = 0


class Socket(Wire, frozen=True, kw_only=True):
    """Where a probe connects."""

    port: int | str = 0


class ExecAction(Wire, frozen=True, kw_only=True):
    """What a probe runs."""

    command: tuple[str, ...] = ()


class Probe(Wire, frozen=True, kw_only=True):
    """How the kubelet asks a container whether it is well; times in seconds."""

    http_get: HttpGet | None = None
    tcp_socket: Socket | None = None
    exec: ExecAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 1
    period_seconds: int = 10
    failure_threshold: int = 3


class Container(Wire, frozen=True, kw_only=True):
    """One container of a pod's specification. Its environment is not read: it may hold secrets."""

    name: str = ""
    image: str = ""
    image_pull_policy: str = ""
    restart_policy: str = ""
    ports: tuple[ContainerPort, ...] = ()
    resources: Resources = Resources()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None


class ClaimSource(Wire, frozen=True, kw_only=True):
    """The claim behind a volume."""

    claim_name: str = ""


class Volume(Wire, frozen=True, kw_only=True):
    """One volume of a pod, where a claim is behind it."""

    name: str = ""
    persistent_volume_claim: ClaimSource | None = None


class Toleration(Wire, frozen=True, kw_only=True):
    """A taint that the pod puts up with; an empty key with operator Exists tolerates all."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""


class PodSpec(Wire, frozen=True, kw_only=True):
    """What a pod is to be."""

    node_name: str = ""
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    node_selector: Mapping[str, str] = {}
    tolerations: tuple[Toleration, ...] = ()
    host_network: bool = False
    restart_policy: str = ""
    priority_class_name: str = ""
    service_account_name: str = ""
    termination_grace_period_seconds: int = 30

    @property
    def claims(self) -> tuple[str, ...]:
        """Give the names of the claims that the pod mounts."""
        sources = (volume.persistent_volume_claim for volume in self.volumes)
        return tuple(source.claim_name for source in sources if source)


class Waiting(Wire, frozen=True, kw_only=True):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class Running(Wire, frozen=True, kw_only=True):
    """Since when a container runs."""

    started_at: datetime | None = None


class Terminated(Wire, frozen=True, kw_only=True):
    """How a container ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerState(Wire, frozen=True, kw_only=True):
    """Where a container stands: one of the three."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Wire, frozen=True, kw_only=True):
    """What the kubelet says of a container; `last_state` is how the run before this one ended."""

    name: str = ""
    ready: bool = False
    restart_count: int = 0
    image: str = ""
    image_id: str = field(default="", name="imageID")
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()

    @property
    def steady(self) -> bool:
        """Say whether the container runs, is ready, and never had to be started again."""
        runs = self.ready and self.state.running is not None
        return runs and not self.restart_count and self.last_state.terminated is None


class PodStatus(Wire, frozen=True, kw_only=True):
    """Where a pod stands; `phase` is Pending, Running, Succeeded, Failed or Unknown."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = field(default="", name="podIP")
    qos_class: str = field(default="", name="qosClass")
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/pods`."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    def condition(self, kind: str) -> Condition | None:
        """Give the condition of that type, where the pod has it."""
        return next((item for item in self.status.conditions if item.type == kind), None)

    @property
    def ready(self) -> bool:
        """Say whether the pod may be sent traffic."""
        condition = self.condition("Ready")
        return condition is not None and condition.status == "True"

    @property
    def finished(self) -> bool:
        """Say whether the pod has ended for good."""
        return self.status.phase in {"Succeeded", "Failed"}

    @property
    def steady(self) -> bool:
        """Say whether the pod, by its own word, does all that it is meant to, and has done so since it was started."""
        status = self.status
        return (
            status.phase == "Running"
            and self.metadata.deletion_timestamp is None
            and not status.init_container_statuses
            and bool(status.container_statuses)
            and all(one.steady for one in status.container_statuses)
        )

    @property
    def alive(self) -> bool:
        """Say whether the pod is meant to run: it has neither ended for good nor is it being deleted."""
        return self.metadata.deletion_timestamp is None and not self.finished
