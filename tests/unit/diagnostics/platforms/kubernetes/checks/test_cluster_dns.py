"""K8S-S103: the cluster's DNS, recorded in its documented shapes: the lab has none."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.kubernetes.checks.cluster_dns import cluster_dns
from sickbay.diagnostics.platforms.kubernetes.services import DNS
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, log, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service, slices

LABELS = {"k8s-app": "kube-dns", "pod-template-hash": "7d4b9c"}


def coredns(name: str = "coredns-7d4b9c-1", **more: Any) -> Any:
    labelled = {"labels": LABELS, **more.pop("metadata", {})}
    return pod(name, deployment="coredns", namespace="kube-system", metadata=labelled, **more)


def kube_dns(**more: Any) -> tuple[Any, Any]:
    selector = {"k8s-app": "kube-dns"}
    sent = service("kube-dns", namespace="kube-system", selector=selector, port=53)
    return sent, slices("kube-dns", namespace="kube-system", **more)


def test_dns_without_a_ready_pod_is_told_with_what_fails_most() -> None:
    """Given both CoreDNS pods unready and a log of failed look-ups, when judged, then it names the worst of them."""
    first, second = (coredns(f"coredns-7d4b9c-{n}", ready=False) for n in (1, 2))
    text = (
        "[ERROR] plugin/errors: 2 db.example.com. A: read udp 10.0.0.2:41->10.9.9.9:53: i/o timeout\n"
        "[ERROR] plugin/errors: 2 db.example.com. AAAA: read udp 10.0.0.2:42->10.9.9.9:53: i/o timeout\n"
        '[INFO] 10.0.0.9:5000 - 7 "A IN old.shop.svc.cluster.local. udp 40 false 512" NXDOMAIN qr,aa,rd 133 0.0002s\n'
    )

    (found,) = findings(cluster_dns, cluster(first, second, *kube_dns(down=["node-1"]), logs=[log(first, text)]))

    assert found.subject == DNS
    assert "none of its 2 pods is ready" in found.summary
    assert '"db.example.com" failed most often (2 times)' in found.summary
    assert any("container=app" in item.source for item in found.evidence)


def test_dns_without_pods_is_told_to_be_scaled_up() -> None:
    """Given the service kube-dns without any endpoint or pod, when judged, then the remedy is to scale CoreDNS up."""
    (found,) = findings(cluster_dns, cluster(*kube_dns()))

    assert "it has no pods" in found.summary
    assert found.remedy is not None
    assert "Scale CoreDNS up" in found.remedy.text


@pytest.mark.parametrize(
    "objects",
    [
        [coredns(), *kube_dns(up=["node-1"])],
        [coredns("coredns-7d4b9c-1"), coredns("coredns-7d4b9c-2", ready=False), *kube_dns(up=["node-1"])],
        [coredns(ready=False, metadata={"creationTimestamp": ago(seconds=60)}), *kube_dns(down=["node-1"])],
        [],
    ],
    ids=["well", "one of two", "just started", "another DNS"],
)
def test_dns_that_answers_or_is_not_there_is_no_fault(objects: list[Any]) -> None:
    """Given DNS that answers, just starts, or is another than CoreDNS, when judged, then nothing is found."""
    assert findings(cluster_dns, cluster(*objects)) == []


def test_endpoints_that_were_refused_do_not_make_dns_ill() -> None:
    """Given that only the service kube-dns could be read, when judged, then nothing is concluded."""
    assert findings(cluster_dns, cluster(kube_dns()[0], complete=())) == []
