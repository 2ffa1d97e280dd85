"""Which nodes are out of step: with the API server's version, with their container runtime, with each other."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

_VERSION = re.compile(r"v?(\d+)\.(\d+)")
#: How many minor versions kubelets may lag behind the API server: three since 1.28, two before (version skew policy).
_LAG, _LAG_BEFORE, _LONGER_LAG = 3, 2, 28
#: Since this version kubelets talk to Docker only through cri-dockerd.
_WITHOUT_DOCKER = 24


class Discord(Struct, frozen=True):
    """What is out of step, in words; the field of a node's `nodeInfo` that tells it, and the nodes."""

    words: str
    field: str
    nodes: Sequence[Node]

    def value(self, node: Node) -> str:
        """Give the field of one of the nodes."""
        info = node.status.node_info
        values = {
            "kubeletVersion": info.kubelet_version,
            "containerRuntimeVersion": info.container_runtime_version,
            "kernelVersion": info.kernel_version,
        }
        return values[self.field]


def discords(cluster: Snapshot) -> Iterator[Discord]:
    """Yield what is out of step in a cluster."""
    yield from _skew(cluster.nodes, _minor(cluster.version.git_version))
    yield from _docker(cluster.nodes)
    yield from _kernels(cluster.nodes)


def _skew(nodes: Iterable[Node], server: int | None) -> Iterator[Discord]:
    if server is None:
        return
    allowed = _LAG if server >= _LONGER_LAG else _LAG_BEFORE
    lags = [(node, server - minor) for node in nodes if (minor := _minor(node.status.node_info.kubelet_version))]
    if old := [node for node, lag in lags if lag > allowed]:
        words = f"{_counted(old, 'kubelet')} more than {allowed} minor versions older than the API server"
        yield Discord(words, "kubeletVersion", old)
    if new := [node for node, lag in lags if lag < 0]:
        yield Discord(f"{_counted(new, 'kubelet')} newer than the API server", "kubeletVersion", new)


def _docker(nodes: Iterable[Node]) -> Iterator[Discord]:
    shim = [
        node
        for node in nodes
        if node.status.node_info.container_runtime_version.startswith("docker://")
        and (_minor(node.status.node_info.kubelet_version) or _WITHOUT_DOCKER) < _WITHOUT_DOCKER
    ]
    if shim:
        words = f"{_counted(shim, 'kubelet')} on Docker's shim, which 1.24 removed"
        yield Discord(words, "containerRuntimeVersion", shim)


def _kernels(nodes: Iterable[Node]) -> Iterator[Discord]:
    by_kind: dict[tuple[str, str], dict[str, Node]] = {}
    for node in nodes:
        info = node.status.node_info
        by_kind.setdefault((info.os_image, info.architecture), {}).setdefault(info.kernel_version, node)
    for (system, architecture), kernels in by_kind.items():
        if len(kernels) > 1:
            text = f"{len(kernels)} different kernels run under {system} on {architecture}"
            yield Discord(text, "kernelVersion", list(kernels.values()))


def _minor(version: str) -> int | None:
    read = _VERSION.match(version)
    return int(read[2]) if read else None


def _counted(nodes: Sequence[Node], noun: str) -> str:
    return f"{len(nodes)} {noun} is" if len(nodes) == 1 else f"{len(nodes)} {noun}s are"
