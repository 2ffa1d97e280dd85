"""Nodes lag behind, or differ."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.versions import discords

_SHOWN = 3


@check(
    "K8S-N108",
    title="Nodes out of step",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Upgrade the kubelets within the version skew policy, and keep the nodes of one pool alike.",
)
def node_versions(cluster: Snapshot) -> Iterator[Finding]:
    """Kubelets are too old for the API server or newer than it, or use Docker's shim, or nodes run different kernels.

    A kubelet may be three minor versions older than the API server since 1.28, two before, and never newer. Kubelets
    below 1.24 with a docker:// runtime lose it with their next upgrade. Kernels are compared within one operating
    system and architecture.
    """
    found = tuple(discords(cluster))
    if found:
        yield Finding(
            subject=cluster.subject,
            summary=f"Nodes are out of step: {'; '.join(item.words for item in found)}.",
            evidence=tuple(
                cluster.evidence("nodes", node, f"status.nodeInfo.{item.field}", item.value(node))
                for item in found
                for node in item.nodes[:_SHOWN]
            ),
            count=len({node.name for item in found for node in item.nodes}),
        )
