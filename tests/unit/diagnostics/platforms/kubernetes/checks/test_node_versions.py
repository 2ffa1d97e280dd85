"""K8S-N108: kubelets, runtimes and kernels that are out of step."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_versions import node_versions
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Version
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings, node


def machine(kubelet: str, *, runtime: str = "containerd://1.7.22", kernel: str = "6.1.0", name: str = "node-1") -> Node:
    info = {
        "kubeletVersion": kubelet,
        "containerRuntimeVersion": runtime,
        "kernelVersion": kernel,
        "osImage": "Debian GNU/Linux 12",
        "architecture": "amd64",
    }
    return node(name, nodeInfo=info)


def said(server: str, *nodes: Node) -> str:
    snapshot = replace(cluster(*nodes), version=Version(git_version=server))
    return " ".join(found.summary for found in findings(node_versions, snapshot))


@pytest.mark.parametrize(
    ("server", "kubelet", "words"),
    [
        ("v1.31.2", "v1.27.9", "1 kubelet is more than 3 minor versions older than the API server"),
        ("v1.27.0", "v1.24.1", "1 kubelet is more than 2 minor versions older than the API server"),
        ("v1.30.4-eks-a737599", "v1.31.0-eks-94953ac", "1 kubelet is newer than the API server"),
    ],
)
def test_a_kubelet_beyond_the_allowed_skew_is_told(server: str, kubelet: str, words: str) -> None:
    """Given a kubelet too old for its server, or newer, when judged, then that is said with what is allowed."""
    assert words in said(server, machine(kubelet))


@pytest.mark.parametrize(
    ("server", "kubelet"),
    [
        ("v1.31.2", "v1.28.0"),
        ("v1.27.0", "v1.25.1"),
        ("v1.31.2+k3s1", "v1.31.0+k3s1"),
        ("", "v1.20.2"),
        ("v1.31.2", ""),
    ],
)
def test_an_allowed_or_unknown_skew_is_left_alone(server: str, kubelet: str) -> None:
    """Given a kubelet within the policy, or a version that is not known, when judged, then nothing is found."""
    assert said(server, machine(kubelet)) == ""


def test_dockers_shim_is_told_and_cri_dockerd_is_not() -> None:
    """Given docker:// on 1.20, when judged, then it is told; on 1.31 it can only be cri-dockerd, which is well."""
    assert "1 kubelet is on Docker's shim" in said("v1.20.2", machine("v1.20.2", runtime="docker://20.10.24"))
    assert said("v1.31.2", machine("v1.31.2", runtime="docker://27.1.0")) == ""


def test_mixed_kernels_are_one_finding_about_the_cluster() -> None:
    """Given three nodes of one system on two kernels, when judged, then one finding of the cluster says so."""
    nodes = [
        machine("v1.31.2", name=f"node-{nth}", kernel=kernel) for nth, kernel in enumerate(("6.1.0", "6.1.0", "6.8.0"))
    ]

    (found,) = findings(node_versions, cluster(*nodes))

    assert found.subject == Subject("cluster", "lab")
    assert "2 different kernels run under Debian GNU/Linux 12 on amd64" in found.summary
    assert [item.value for item in found.evidence] == ["6.1.0", "6.8.0"]


def test_different_systems_may_have_different_kernels() -> None:
    """Given nodes of two architectures with a kernel each, when judged, then nothing is found."""
    arm = node("node-2", nodeInfo={"kubeletVersion": "v1.31.2", "architecture": "arm64", "kernelVersion": "6.8.0"})

    assert findings(node_versions, cluster(machine("v1.31.2"), arm)) == []
