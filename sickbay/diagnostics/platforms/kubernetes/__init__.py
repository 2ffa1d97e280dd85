"""Kubernetes clusters: workloads, nodes, services, volumes and the control plane, as the API server tells of them."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget

PLATFORM = Platform(
    name="kubernetes",
    title="Kubernetes cluster",
    target=KubernetesTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.kubernetes.collector:collect",
    checks="sickbay.diagnostics.platforms.kubernetes.checks",
    ranks=("cpu", "memory"),
    ranking="sickbay.diagnostics.platforms.kubernetes.top:top",
    logs="sickbay.diagnostics.platforms.kubernetes.collector.asked_logs:read_logs",
    scoping="sickbay.diagnostics.platforms.kubernetes.scopes:choices",
    changing="sickbay.diagnostics.platforms.kubernetes.changing:changes",
    measuring="sickbay.diagnostics.platforms.kubernetes.measuring:figures",
    watching="sickbay.diagnostics.platforms.kubernetes.collector.watching:watch",
    steps=("API server", "Objects", "Logs and metrics"),
)
