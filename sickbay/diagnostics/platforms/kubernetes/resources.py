"""The kinds of objects that are read, where the API serves them, and the older places where it served them before."""

from collections.abc import Mapping

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import (
    ApiService,
    CertificateSigningRequest,
    ConfigMapMeta,
    Event,
    IssuedCertificate,
    Namespace,
    ResourceQuota,
    WebhookConfiguration,
)
from sickbay.diagnostics.platforms.kubernetes.wire.network import (
    Endpoints,
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
from sickbay.diagnostics.platforms.kubernetes.wire.templates import ControllerRevision, ReplicaSet
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    CronJob,
    DaemonSet,
    HorizontalPodAutoscaler,
    Job,
    PodDisruptionBudget,
    ReplicationController,
    Workload,
)

_CORE = "/api/v1"


class ResourceKind(Struct, frozen=True, kw_only=True):
    """One kind: its plural as in the API's paths, its name as in `kubectl get`, where it is served, newest first.

    Of one that is `opaque` only the metadata is asked for: its content never leaves the API server.
    """

    plural: str
    kind: str
    shape: type[Resource]
    apis: tuple[str, ...] = (_CORE,)
    namespaced: bool = True
    opaque: bool = False

    def path(self, api: str, namespace: str = "", name: str = "") -> str:
        """Give the path of the list, of one namespace's, or of one object."""
        place = f"{api}/namespaces/{namespace}" if namespace and self.namespaced else api
        return f"{place}/{self.plural}/{name}" if name else f"{place}/{self.plural}"


_APPS = ("/apis/apps/v1",)
_BATCH = ("/apis/batch/v1", "/apis/batch/v1beta1")
_NETWORKING = ("/apis/networking.k8s.io/v1",)
_STORAGE = ("/apis/storage.k8s.io/v1", "/apis/storage.k8s.io/v1beta1")
_ADMISSION = ("/apis/admissionregistration.k8s.io/v1",)
_METRICS = ("/apis/metrics.k8s.io/v1beta1",)

_KINDS = (
    ResourceKind(plural="pods", kind="pod", shape=Pod),
    ResourceKind(plural="events", kind="event", shape=Event),
    ResourceKind(plural="configmaps", kind="configmap", shape=ConfigMapMeta, opaque=True),
    ResourceKind(plural="services", kind="service", shape=Service),
    ResourceKind(plural="endpoints", kind="endpoints", shape=Endpoints),
    ResourceKind(plural="persistentvolumeclaims", kind="persistentvolumeclaim", shape=PersistentVolumeClaim),
    ResourceKind(plural="resourcequotas", kind="resourcequota", shape=ResourceQuota),
    ResourceKind(plural="replicationcontrollers", kind="replicationcontroller", shape=ReplicationController),
    ResourceKind(plural="nodes", kind="node", shape=Node, namespaced=False),
    ResourceKind(plural="namespaces", kind="namespace", shape=Namespace, namespaced=False),
    ResourceKind(plural="persistentvolumes", kind="persistentvolume", shape=PersistentVolume, namespaced=False),
    ResourceKind(plural="deployments", kind="deployment", shape=Workload, apis=_APPS),
    ResourceKind(plural="replicasets", kind="replicaset", shape=Workload, apis=_APPS),
    ResourceKind(plural="statefulsets", kind="statefulset", shape=Workload, apis=_APPS),
    ResourceKind(plural="daemonsets", kind="daemonset", shape=DaemonSet, apis=_APPS),
    ResourceKind(plural="jobs", kind="job", shape=Job, apis=_BATCH[:1]),
    ResourceKind(plural="cronjobs", kind="cronjob", shape=CronJob, apis=_BATCH),
    ResourceKind(
        plural="horizontalpodautoscalers",
        kind="horizontalpodautoscaler",
        shape=HorizontalPodAutoscaler,
        apis=("/apis/autoscaling/v2", "/apis/autoscaling/v2beta2"),
    ),
    ResourceKind(
        plural="poddisruptionbudgets",
        kind="poddisruptionbudget",
        shape=PodDisruptionBudget,
        apis=("/apis/policy/v1", "/apis/policy/v1beta1"),
    ),
    ResourceKind(
        plural="endpointslices",
        kind="endpointslice",
        shape=EndpointSlice,
        apis=("/apis/discovery.k8s.io/v1", "/apis/discovery.k8s.io/v1beta1"),
    ),
    ResourceKind(plural="ingresses", kind="ingress", shape=Ingress, apis=_NETWORKING),
    ResourceKind(plural="ingressclasses", kind="ingressclass", shape=IngressClass, apis=_NETWORKING, namespaced=False),
    ResourceKind(plural="networkpolicies", kind="networkpolicy", shape=NetworkPolicy, apis=_NETWORKING),
    ResourceKind(plural="storageclasses", kind="storageclass", shape=StorageClass, apis=_STORAGE, namespaced=False),
    ResourceKind(
        plural="volumeattachments", kind="volumeattachment", shape=VolumeAttachment, apis=_STORAGE, namespaced=False
    ),
    ResourceKind(plural="csinodes", kind="csinode", shape=CsiNode, apis=_STORAGE, namespaced=False),
    ResourceKind(plural="csidrivers", kind="csidriver", shape=CsiDriver, apis=_STORAGE, namespaced=False),
    ResourceKind(plural="leases", kind="lease", shape=Lease, apis=("/apis/coordination.k8s.io/v1",)),
    ResourceKind(
        plural="validatingwebhookconfigurations",
        kind="validatingwebhookconfiguration",
        shape=WebhookConfiguration,
        apis=_ADMISSION,
        namespaced=False,
    ),
    ResourceKind(
        plural="mutatingwebhookconfigurations",
        kind="mutatingwebhookconfiguration",
        shape=WebhookConfiguration,
        apis=_ADMISSION,
        namespaced=False,
    ),
    ResourceKind(
        plural="apiservices",
        kind="apiservice",
        shape=ApiService,
        apis=("/apis/apiregistration.k8s.io/v1",),
        namespaced=False,
    ),
    ResourceKind(
        plural="certificatesigningrequests",
        kind="certificatesigningrequest",
        shape=CertificateSigningRequest,
        apis=("/apis/certificates.k8s.io/v1",),
        namespaced=False,
    ),
)

#: Every kind by its plural, which is also the name of the snapshot's field.
KINDS: Mapping[str, ResourceKind] = {item.plural: item for item in _KINDS}
#: The two of metrics.k8s.io, whose plurals are those of other kinds.
POD_METRICS = ResourceKind(plural="pods", kind="podmetrics", shape=PodMetrics, apis=_METRICS)
NODE_METRICS = ResourceKind(plural="nodes", kind="nodemetrics", shape=NodeMetrics, apis=_METRICS, namespaced=False)
#: What keeps the templates of a workload's revisions.
REPLICA_SETS = ResourceKind(plural="replicasets", kind="replicaset", shape=ReplicaSet, apis=_APPS)
CONTROLLER_REVISIONS = ResourceKind(
    plural="controllerrevisions", kind="controllerrevision", shape=ControllerRevision, apis=_APPS
)
#: What cert-manager issues; read where it is installed.
CERT_MANAGER = "cert-manager.io"
ISSUED = ResourceKind(
    plural="certificates", kind="certificate", shape=IssuedCertificate, apis=(f"/apis/{CERT_MANAGER}/v1",)
)
#: The one ConfigMap that is read whole: what the cluster autoscaler tells of itself.
AUTOSCALER_STATUS = f"{_CORE}/namespaces/kube-system/configmaps/cluster-autoscaler-status"
#: Kinds that make pods, as the owner of pods and as what a scope may name.
WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets", "replicationcontrollers", "cronjobs", "jobs")
