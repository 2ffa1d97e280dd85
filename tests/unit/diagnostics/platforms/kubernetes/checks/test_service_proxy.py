"""K8S-S104: kube-proxy or what replaces it, recorded in its documented shapes: the lab has none."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.service_proxy import service_proxy
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, log, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import daemon_set


def proxy_pod(node: str, of: str = "kube-proxy", **more: Any) -> Any:
    owner = {"kind": "DaemonSet", "name": of, "uid": "ds", "controller": True}
    about = {"ownerReferences": [owner], **more.pop("metadata", {})}
    return pod(f"{of}-{node}", deployment="", namespace="kube-system", node=node, metadata=about, **more)


def test_the_nodes_without_it_are_named() -> None:
    """Given kube-proxy unready on one of two nodes, when judged, then that node and its log are in the finding."""
    ill = proxy_pod("node-2", ready=False)
    snapshot = cluster(
        daemon_set("kube-proxy", desired=2, ready=1), proxy_pod("node-1"), ill, logs=[log(ill, "iptables: bad rule")]
    )

    (found,) = findings(service_proxy, snapshot)

    assert found.subject == Subject("daemonset", "kube-system/kube-proxy")
    assert "not ready on 1 of 2 nodes (node-2)" in found.summary
    assert found.evidence[-1].value == "iptables: bad rule"


@pytest.mark.parametrize("name", ["cilium", "calico-node", "ovnkube-node"])
def test_a_replacement_is_looked_at_where_there_is_no_kube_proxy(name: str) -> None:
    """Given no kube-proxy and a replacement that is unready, when judged, then the replacement is named."""
    (found,) = findings(service_proxy, cluster(daemon_set(name, ready=0), proxy_pod("node-1", of=name, ready=False)))

    assert found.summary.startswith(f"{name} is not ready on 1 of 1 nodes")


def test_a_proxy_without_any_pod_is_counted_by_its_status() -> None:
    """Given a DaemonSet whose pods do not exist, when judged, then its own count tells."""
    (found,) = findings(service_proxy, cluster(daemon_set("kube-proxy", desired=3, ready=0)))

    assert "on 3 of 3 nodes" in found.summary


@pytest.mark.parametrize(
    "objects",
    [
        [daemon_set("kube-proxy"), proxy_pod("node-1")],
        [daemon_set("kube-proxy", ready=0),
         proxy_pod("node-1", ready=False, metadata={"creationTimestamp": ago(seconds=30)})],
        [daemon_set("kube-proxy"), proxy_pod("node-1"), daemon_set("cilium", ready=0)],
        [daemon_set("fluent-bit", ready=0)],
        [],
    ],
    ids=["well", "just started", "not what carries services", "no proxy", "nothing"],
)  # fmt: skip
def test_what_is_well_or_carries_no_services_is_left_alone(objects: list[Any]) -> None:
    """Given a proxy that is ready or starts, or another DaemonSet, when judged, then nothing is found."""
    assert findings(service_proxy, cluster(*objects)) == []
