"""Nodes lag behind, or differ."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

_VERSION = re.compile(r"v?(\d+)\.(\d+)")
#: How many minor versions kubelets may lag behind the API server: three since 1.28, two before (version skew policy).
_LAG, _LAG_BEFORE, _LONGER_LAG = 3, 2, 28
#: Since this version kubelets talk to Docker only through cri-dockerd.
_WITHOUT_DOCKER = 24
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
    server = _minor(cluster.version.git_version)
    found = [*_skew(cluster.nodes, server), *_docker(cluster.nodes), *_kernels(cluster.nodes)]
    if found:
        yield Finding(
            subject=cluster.subject,
            summary=f"Nodes are out of step: {'; '.join(text for text, _, _ in found)}.",
            evidence=tuple(
                cluster.evidence("nodes", node, f"status.nodeInfo.{field}", getattr(node.status.node_info, attribute))
                for _, (field, attribute), nodes in found
                for node in nodes[:_SHOWN]
            ),
            count=len({node.name for _, _, nodes in found for node in nodes}),
        )


_Problem = tuple[str, tuple[str, str], Sequence[Node]]
_KUBELET = ("kubeletVersion", "kubelet_version")


def _skew(nodes: Iterable[Node], server: int | None) -> Iterator[_Problem]:
    if server is None:
        return
    allowed = _LAG if server >= _LONGER_LAG else _LAG_BEFORE
    lags = [(node, server - minor) for node in nodes if (minor := _minor(node.status.node_info.kubelet_version))]
    if old := [node for node, lag in lags if lag > allowed]:
        yield f"{_counted(old, 'kubelet')} more than {allowed} minor versions older than the API server", _KUBELET, old
    if new := [node for node, lag in lags if lag < 0]:
        yield f"{_counted(new, 'kubelet')} newer than the API server", _KUBELET, new


def _docker(nodes: Iterable[Node]) -> Iterator[_Problem]:
    shim = [
        node
        for node in nodes
        if node.status.node_info.container_runtime_version.startswith("docker://")
        and (_minor(node.status.node_info.kubelet_version) or _WITHOUT_DOCKER) < _WITHOUT_DOCKER
    ]
    if shim:
        field = ("containerRuntimeVersion", "container_runtime_version")
        yield f"{_counted(shim, 'kubelet')} on Docker's shim, which 1.24 removed", field, shim


def _kernels(nodes: Iterable[Node]) -> Iterator[_Problem]:
    by_kind: dict[tuple[str, str], dict[str, Node]] = {}
    for node in nodes:
        info = node.status.node_info
        by_kind.setdefault((info.os_image, info.architecture), {}).setdefault(info.kernel_version, node)
    for (system, architecture), kernels in by_kind.items():
        if len(kernels) > 1:
            text = f"{len(kernels)} different kernels run under {system} on {architecture}"
            yield text, ("kernelVersion", "kernel_version"), list(kernels.values())


def _minor(version: str) -> int | None:
    read = _VERSION.match(version)
    return int(read[2]) if read else None


def _counted(nodes: Sequence[Node], noun: str) -> str:
    return f"{len(nodes)} {noun} is" if len(nodes) == 1 else f"{len(nodes)} {noun}s are"
