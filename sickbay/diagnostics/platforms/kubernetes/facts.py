"""What was read of a cluster, as it was read: objects under the API's plurals, logs, metrics, and what is missing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Gap, Subject
from sickbay.diagnostics.platforms.kubernetes.provider import provider_of
from sickbay.diagnostics.platforms.kubernetes.revisions import Revisions
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import NodeGroup
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import (
    ApiService,
    CertificateSigningRequest,
    ConfigMapMeta,
    Event,
    IssuedCertificate,
    Namespace,
    ResourceQuota,
    Version,
    WebhookConfiguration,
)
from sickbay.diagnostics.platforms.kubernetes.wire.network import (
    EndpointSlice,
    Ingress,
    IngressClass,
    NetworkPolicy,
    Service,
)
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease, Node, NodeMetrics, PodMetrics
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.storage import (
    CsiDriver,
    CsiNode,
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
    VolumeAttachment,
)
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    CronJob,
    DaemonSet,
    HorizontalPodAutoscaler,
    Job,
    PodDisruptionBudget,
    ReplicationController,
    Workload,
)
from sickbay.diagnostics.targets import Request
from sickbay.diagnostics.what_changed import LEAD

K = TypeVar("K")
V = TypeVar("V")


class Obstacle(StrEnum):
    """What kept the collector from talking to the API server at all."""

    KUBECONFIG = "kubeconfig cannot be used"
    CREDENTIALS = "credentials cannot be had"
    UNAUTHORIZED = "credentials refused"
    REFUSED = "connection refused"
    TIMEOUT = "no answer in time"
    TLS = "TLS handshake failed"
    NAME = "host name not found"
    PROTOCOL = "not a Kubernetes API server"
    OTHER = "connection failed"


class Unreachable(Struct, frozen=True, kw_only=True):
    """Why nothing could be read: the class of the obstacle and the redacted text of the error."""

    obstacle: Obstacle
    message: str


class ContainerLog(Struct, frozen=True, kw_only=True):
    """The end of one container's log; `previous` is that of the run before the one that stands in the pod's state."""

    pod: str
    container: str
    tail: LogTail
    previous: bool = False


class Certificate(Struct, frozen=True, kw_only=True):
    """From when to when a certificate holds; `whose` is `API server` or `client`."""

    whose: str
    not_before: datetime
    not_after: datetime


class VolumeUse(Struct, frozen=True, kw_only=True):
    """How full a claim's volume is, in bytes, as the metrics source says."""

    claim: str
    used: float
    capacity: float


class Facts(Struct, frozen=True, kw_only=True):
    """One cluster, or the part of it that a scope needs. `taken_at` is by Sickbay's clock, `clock` by the API server's.

    Objects lie in fields named by the API's plurals. `complete` names those lists that were read to their end, for all
    that the request asked: only of them does absence prove anything. `health` is the answer of `/readyz?verbose`.
    `events` are those that are not Normal, `removals` those by which nodes left. Of `configmaps` only the metadata is
    read. `revisions` tell of the past of workloads that were changed in the window or are unwell. `issued` are
    cert-manager's certificates. `roots` are the objects that a scope names. `node_groups` are those that the cluster
    autoscaler tells of, read only while pods wait for a node.
    """

    request: Request
    taken_at: datetime
    cluster: str
    address: str
    clock: datetime | None = None
    unreachable: Unreachable | None = None
    version: Version = Version()
    health: str = ""
    certificates: tuple[Certificate, ...] = ()
    complete: frozenset[str] = frozenset()
    roots: tuple[Subject, ...] = ()
    pods: tuple[Pod, ...] = ()
    events: tuple[Event, ...] = ()
    removals: tuple[Event, ...] = ()
    configmaps: tuple[ConfigMapMeta, ...] = ()
    revisions: tuple[Revisions, ...] = ()
    issued: tuple[IssuedCertificate, ...] = ()
    services: tuple[Service, ...] = ()
    persistentvolumeclaims: tuple[PersistentVolumeClaim, ...] = ()
    resourcequotas: tuple[ResourceQuota, ...] = ()
    replicationcontrollers: tuple[ReplicationController, ...] = ()
    nodes: tuple[Node, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    persistentvolumes: tuple[PersistentVolume, ...] = ()
    deployments: tuple[Workload, ...] = ()
    replicasets: tuple[Workload, ...] = ()
    statefulsets: tuple[Workload, ...] = ()
    daemonsets: tuple[DaemonSet, ...] = ()
    jobs: tuple[Job, ...] = ()
    cronjobs: tuple[CronJob, ...] = ()
    horizontalpodautoscalers: tuple[HorizontalPodAutoscaler, ...] = ()
    poddisruptionbudgets: tuple[PodDisruptionBudget, ...] = ()
    endpointslices: tuple[EndpointSlice, ...] = ()
    ingresses: tuple[Ingress, ...] = ()
    ingressclasses: tuple[IngressClass, ...] = ()
    networkpolicies: tuple[NetworkPolicy, ...] = ()
    storageclasses: tuple[StorageClass, ...] = ()
    volumeattachments: tuple[VolumeAttachment, ...] = ()
    csinodes: tuple[CsiNode, ...] = ()
    csidrivers: tuple[CsiDriver, ...] = ()
    leases: tuple[Lease, ...] = ()
    validatingwebhookconfigurations: tuple[WebhookConfiguration, ...] = ()
    mutatingwebhookconfigurations: tuple[WebhookConfiguration, ...] = ()
    apiservices: tuple[ApiService, ...] = ()
    certificatesigningrequests: tuple[CertificateSigningRequest, ...] = ()
    pod_metrics: tuple[PodMetrics, ...] = ()
    node_metrics: tuple[NodeMetrics, ...] = ()
    volume_uses: tuple[VolumeUse, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    logs: tuple[ContainerLog, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def subject(self) -> Subject:
        """Give the cluster itself as the subject of a finding."""
        return Subject("cluster", self.cluster)

    @property
    def now(self) -> datetime:
        """Give the moment of reading by the API server's clock, by which its objects are dated."""
        return self.clock or self.taken_at

    @property
    def window_start(self) -> datetime:
        """Give the moment from which events and ends count."""
        return self.now - self.request.window

    @property
    def changes_start(self) -> datetime:
        """Give the moment from which changes count."""
        return self.window_start - LEAD

    def looked_at(self) -> Mapping[str, int]:
        """Give how many objects of each kind were read, and who runs the cluster; empty when it was not reached."""
        if self.unreachable:
            return {}
        shown = ("nodes", "namespaces", "pods", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs",
                 "services", "ingresses", "persistentvolumeclaims", "events")  # fmt: skip
        provider = provider_of(self.nodes)
        return {f"clusters ({provider})" if provider else "clusters": 1} | {
            plural: count for plural in shown if (count := len(getattr(self, plural)))
        }
