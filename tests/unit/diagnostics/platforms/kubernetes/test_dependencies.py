"""What depends on what in a cluster, and that the chains of causes which people meet fold into one finding."""

from typing import Any

import pytest

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import Report, ReportTarget, Subject
from sickbay.diagnostics.platforms.kubernetes.dependencies import registry_of
from sickbay.diagnostics.platforms.kubernetes.services import DNS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import IssuedCertificate
from sickbay.diagnostics.platforms.kubernetes.wire.network import Ingress
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    HorizontalPodAutoscaler,
    PodDisruptionBudget,
    Workload,
)
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    container,
    deployment,
    event,
    job,
    lease,
    make,
    meta,
    node,
    pod,
    status,
)
from tests.unit.diagnostics.platforms.kubernetes.surroundings import (
    api_service,
    attachment,
    claim,
    daemon_set,
    ingress,
    ingress_class,
    namespace,
    policy,
    service,
    slices,
    storage_class,
    volume,
    webhook,
)

API = Subject("deployment", "shop/api")
MOUNTING = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
DEADLINE = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "api-7d4b9c" has timed out progressing.',
    "lastTransitionTime": ago(minutes=20),
}
REFUSED = (
    'Error creating: Internal error occurred: failed calling webhook "check.policy.example.com": Post '
    '"https://webhook.policy.svc:443/check": service "webhook" not found'
)


def needs(snapshot: Snapshot, subject: Subject) -> frozenset[Subject]:
    return snapshot.upstream()[subject]


def report(*objects: Any, **more: Any) -> Report:
    return judge(cluster(*objects, **more), ReportTarget(name="lab", platform="kubernetes", zone="default"))


def chain(of: Report) -> list[tuple[str, str]]:
    """Give code and subject of the findings, in the report's order, after proving that the first explains the rest."""
    assert [finding.id for finding in of.causes] == [of.findings[0].id], "more than one cause stands"
    return [(finding.code, finding.subject) for finding in of.findings]


def unmade() -> Workload:
    """A deployment that wants a pod and could not make it."""
    return make(Workload, {"metadata": meta("api"), "spec": {"replicas": 1}, "status": {"replicas": 0}})


def hpa(target: str = "api") -> HorizontalPodAutoscaler:
    condition = {
        "type": "ScalingActive",
        "status": "False",
        "reason": "FailedGetResourceMetric",
        "message": "unable to get metrics for resource cpu: the server could not find the requested resource",
        "lastTransitionTime": ago(minutes=20),
    }
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": target}, "minReplicas": 1, "maxReplicas": 5}
    return make(
        HorizontalPodAutoscaler,
        {"metadata": meta(target), "spec": spec, "status": {"currentReplicas": 1, "conditions": [condition]}},
    )


def test_an_unknown_subject_depends_on_the_cluster_alone() -> None:
    """Given a subject of which nothing is known, when asked, then only the cluster can reach it."""
    assert needs(cluster(), Subject("service", "shop/nobody")) == {Subject("cluster", "lab")}


def test_an_ingress_depends_on_all_that_stands_behind_it() -> None:
    """Given ingress, service, deployment, pod with a claim, when asked, then the ingress depends on each of them."""
    reached = needs(
        cluster(ingress(), service(), deployment(), pod(spec=MOUNTING), claim(volume="pv-1")),
        Subject("ingress", "shop/web"),
    )

    assert {
        Subject("service", "shop/api"),
        API,
        Subject("node", "node-1"),
        Subject("registry", "registry.example.com"),
        Subject("persistentvolumeclaim", "shop/data"),
        Subject("storageclass", "fast"),
        Subject("persistentvolume", "pv-1"),
    } <= reached


def test_an_ingress_depends_on_the_certificates_that_it_shows() -> None:
    """Given an ingress whose certificate cert-manager issues, when asked, then it depends on that certificate."""
    shown = make(Ingress, {"metadata": meta("web"), "spec": {"tls": [{"secretName": "web-tls"}, {"hosts": ["x"]}]}})
    issued = tuple(
        make(IssuedCertificate, {"metadata": meta(name), "spec": {"secretName": f"{name}-tls"}})
        for name in ("web", "x")
    )

    reached = needs(cluster(shown, issued=issued), Subject("ingress", "shop/web"))

    assert {item.name for item in reached if item.kind == "certificate"} == {"shop/web"}


def test_a_workload_depends_on_the_nodes_of_its_unready_pods_alone() -> None:
    """Given a ready pod on one node and an unready one on another, when asked, then only the other matters."""
    reached = needs(cluster(pod("api-7d4b9c-1"), pod("api-7d4b9c-2", node="node-2", ready=False)), API)

    assert Subject("node", "node-2") in reached
    assert Subject("node", "node-1") not in reached


def test_a_workload_depends_on_the_config_maps_that_its_pods_read() -> None:
    """Given config maps in variables, in a volume and in a projected one, when asked, then each of them matters."""
    names = ["one", "all", "volume", "projected"]
    app = container(
        env=[{"name": "A", "value": "s"}, {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "one", "key": "b"}}}],
        envFrom=[{"configMapRef": {"name": "all"}}, {"secretRef": {"name": "secret"}}],
    )
    volumes = [
        {"name": "v", "configMap": {"name": "volume"}},
        {"name": "p", "projected": {"sources": [{"configMap": {"name": "projected"}}, {"downwardAPI": {}}]}},
        {"name": "n", "projected": {"sources": None}},
    ]
    template = {"spec": {"containers": [app], "volumes": volumes}}
    reading = make(Workload, {"metadata": meta("api"), "spec": {"template": template}})

    found = {item.name for item in needs(cluster(reading), API) if item.kind == "configmap"}

    assert found == {f"shop/{name}" for name in names}


def test_a_cron_job_depends_on_what_its_jobs_read() -> None:
    """Given a job of a cron job that reads a config map, when asked, then the cron job depends on it."""
    app = container(envFrom=[{"configMapRef": {"name": "settings"}}])
    made = job("report-1", cronjob="report", spec={"template": {"spec": {"containers": [app]}}})

    assert Subject("configmap", "shop/settings") in needs(cluster(made), Subject("cronjob", "shop/report"))


def test_a_workload_depends_on_what_scales_it_and_on_the_policies_of_its_traffic() -> None:
    """Given an autoscaler and a policy on all pods, when asked, then the workload depends on both."""
    reached = needs(cluster(pod(), hpa(), policy()), API)

    assert {Subject("horizontalpodautoscaler", "shop/api"), Subject("networkpolicy", "shop/deny-all")} <= reached


def test_a_pod_that_waits_for_a_node_depends_on_those_that_take_none() -> None:
    """Given nodes that are silent, cordoned, gone and well, when a pod waits for one, then the well one is no cause."""
    silent = node("silent", conditions=[{"type": "Ready", "status": "Unknown"}])
    left = event("Node", "gone", "RemovingNode", "Removing Node gone", namespace="")
    snapshot = cluster(
        pod(node="", ready=False), silent, node("cordoned", spec={"unschedulable": True}), node("well"),
        removals=(left,),
    )  # fmt: skip

    assert {item.name for item in needs(snapshot, API) if item.kind == "node"} == {"silent", "cordoned", "gone"}


def test_every_replica_brings_its_own_claim() -> None:
    """Given two pods of one workload with a claim each, when asked, then it depends on both claims."""
    pods = [
        pod(f"api-7d4b9c-{n}", spec={"volumes": [{"persistentVolumeClaim": {"claimName": f"data-{n}"}}]})
        for n in (1, 2)
    ]

    claims = {item.name for item in needs(cluster(*pods), API) if item.kind == "persistentvolumeclaim"}

    assert claims == {"shop/data-1", "shop/data-2"}


def test_a_claim_depends_on_the_node_that_holds_its_volume_unless_it_is_shared() -> None:
    """Given a volume attached to a node, when asked, then its claim depends on that node; a shared one does not."""
    bound, held, of_claim = (
        claim(volume="pv-1"),
        attachment("pv-1", "node-9"),
        Subject("persistentvolumeclaim", "shop/data"),
    )
    shared = make(type(volume()), {"metadata": meta("pv-1", ""), "spec": {"accessModes": ["ReadWriteMany"]}})

    assert Subject("node", "node-9") in needs(cluster(bound, held, volume()), of_claim)
    assert Subject("node", "node-9") not in needs(cluster(bound, held, shared), of_claim)


def test_every_workload_needs_dns_except_dns() -> None:
    """Given CoreDNS and another workload, when asked, then only the other depends on the cluster's DNS."""
    dns_labels = {"k8s-app": "kube-dns", "pod-template-hash": "7d4b9c"}
    dns = pod("coredns-7d4b9c-1", deployment="coredns", namespace="kube-system", metadata={"labels": dns_labels})
    sent = service("kube-dns", namespace="kube-system", selector={"k8s-app": "kube-dns"})
    snapshot = cluster(pod(), dns, sent)

    assert DNS in needs(snapshot, API)
    assert DNS not in needs(snapshot, Subject("deployment", "kube-system/coredns"))
    assert Subject("deployment", "kube-system/coredns") not in needs(snapshot, API)


def test_autoscalers_depend_on_the_metrics_apis_and_namespaces_on_all() -> None:
    """Given a metrics API and another one, when asked, then only the namespace depends on the other."""
    other, metrics = api_service("v1.widgets.example.com"), api_service()
    snapshot = cluster(hpa(), deployment(), pod(), other, metrics, namespace())

    scaled = needs(snapshot, Subject("horizontalpodautoscaler", "shop/api"))

    assert {Subject("apiservice", metrics.name), API} <= scaled
    assert Subject("apiservice", other.name) not in scaled
    assert Subject("apiservice", other.name) in needs(snapshot, Subject("namespace", "shop"))
    assert API in needs(snapshot, Subject("namespace", "shop"))


def test_workloads_of_one_namespace_do_not_depend_on_each_other() -> None:
    """Given two workloads in a namespace, when asked, then neither can be the cause of the other's faults."""
    snapshot = cluster(pod(), pod("web-7d4b9c-1", deployment="web"), namespace())

    assert Subject("deployment", "shop/web") not in needs(snapshot, API)
    assert Subject("namespace", "shop") in needs(snapshot, API)


def test_a_disruption_budget_depends_on_what_it_guards() -> None:
    """Given a budget whose selector picks a workload's pods, when asked, then it depends on that workload."""
    guard = make(PodDisruptionBudget, {"metadata": meta("api"), "spec": {"selector": {"matchLabels": {"app": "api"}}}})

    assert API in needs(cluster(pod(), guard), Subject("poddisruptionbudget", "shop/api"))


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("busybox:1", "docker.io"),
        ("library/busybox", "docker.io"),
        ("registry.example.com/a/b@sha256:aa", "registry.example.com"),
        ("localhost/a", "localhost"),
        ("host:5000/a:1", "host:5000"),
    ],
)
def test_the_registry_of_an_image(image: str, registry: str) -> None:
    """Given an image's name, when its registry is asked for, then it is the host, or Docker Hub without one."""
    assert registry_of(image) == registry


def test_memory_folds_the_crash_loop_the_rollout_the_service_and_the_ingress() -> None:
    """Given a container that is OOM-killed again and again behind an ingress, when judged, then memory is the cause."""
    killed = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(minutes=1)}}
    looping = status(ready=False, restartCount=8, state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=killed)
    found = report(
        pod(ready=False, statuses=[looping]),
        deployment(ready=0, conditions=[DEADLINE]),
        service(),
        slices(down=["node-1"]),
        ingress(),
        ingress_class(),
    )

    assert chain(found)[0] == ("K8S-P102", "deployment/shop/api")
    assert {
        ("K8S-P101", "deployment/shop/api"),
        ("K8S-W101", "deployment/shop/api"),
        ("K8S-S101", "service/shop/api"),
        ("K8S-S106", "ingress/shop/web"),
    } == set(chain(found)[1:])


def test_a_missing_class_folds_the_unschedulable_pod_and_its_rollout() -> None:
    """Given a claim of an unknown class, when judged, then it explains the pod that waits and the missed deadline."""
    unplaced = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims.",
        "lastTransitionTime": ago(minutes=20),
    }
    waiting = pod(node="", ready=False, spec=MOUNTING, phase="Pending", conditions=[unplaced], containerStatuses=[])
    pending = claim(phase="Pending", of_class="fsat")

    found = report(waiting, pending, storage_class(), deployment(ready=0, conditions=[DEADLINE]))

    assert chain(found) == [
        ("K8S-V101", "persistentvolumeclaim/shop/data"),
        ("K8S-P104", "deployment/shop/api"),
        ("K8S-W101", "deployment/shop/api"),
    ]


def test_a_dead_webhook_folds_the_pods_that_are_not_created() -> None:
    """Given a webhook without its service that FailedCreate blames, when judged, then the webhook is the cause."""
    refused = event("ReplicaSet", "api-7d4b9c", "FailedCreate", REFUSED, count=12)

    found = report(refused, webhook(), unmade())

    assert chain(found) == [
        ("K8S-X102", "webhook/check.policy.example.com"),
        ("K8S-W102", "deployment/shop/api"),
    ]


def test_the_pods_behind_a_webhook_are_its_cause() -> None:
    """Given a webhook whose service's pods are not ready, when judged, then that service explains the webhook."""
    ill = pod("webhook-7d4b9c-1", deployment="webhook", namespace="policy", ready=False)
    sent = service("webhook", namespace="policy")
    refused = event("ReplicaSet", "api-7d4b9c", "FailedCreate", REFUSED)

    found = report(ill, sent, slices("webhook", namespace="policy", down=["node-1"]), refused, webhook(), unmade())

    assert chain(found) == [
        ("K8S-S101", "service/policy/webhook"),
        ("K8S-X102", "webhook/check.policy.example.com"),
        ("K8S-W102", "deployment/shop/api"),
    ]


def test_an_api_that_is_away_folds_autoscaler_and_namespace() -> None:
    """Given the metrics API unavailable, when judged, then it explains the autoscaler and the namespace that stays."""
    failure = {"type": "NamespaceDeletionDiscoveryFailure", "status": "True", "message": "Discovery failed: metrics"}
    going = namespace("old", deletionTimestamp=ago(minutes=30), conditions=[failure])

    found = report(api_service(available=False), hpa(), going, deployment(), pod())

    assert chain(found)[0] == ("K8S-X103", "apiservice/v1beta1.metrics.k8s.io")
    assert set(chain(found)[1:]) == {
        ("K8S-W106", "horizontalpodautoscaler/shop/api"),
        ("K8S-X108", "namespace/old"),
    }


def test_a_crash_loop_of_kube_proxy_folds_the_services_of_its_node() -> None:
    """Given kube-proxy in a crash loop, when judged, then that explains that services fail on its node."""
    owner = {"kind": "DaemonSet", "name": "kube-proxy", "uid": "ds", "controller": True}
    ended = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": ago(minutes=1)}}
    looping = status(ready=False, restartCount=8, state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=ended)
    ill = pod("kube-proxy-1", deployment="", namespace="kube-system", ready=False, statuses=[looping],
              metadata={"ownerReferences": [owner]})  # fmt: skip

    found = report(ill, daemon_set("kube-proxy", ready=0))

    assert chain(found)[0] == ("K8S-P101", "daemonset/kube-system/kube-proxy")
    assert ("K8S-S104", "daemonset/kube-system/kube-proxy") in chain(found)


def test_a_pod_that_does_not_go_folds_the_namespace_that_does_not_go() -> None:
    """Given a pod held by a finalizer in a namespace that is being deleted, when judged, then the pod is the cause."""
    held = pod(
        ready=False,
        metadata={"deletionTimestamp": ago(minutes=30), "finalizers": ["example.com/hold"]},
    )
    remaining = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "example.com/hold in 1 resource"}

    found = report(held, namespace(deletionTimestamp=ago(minutes=31), conditions=[remaining]))

    assert chain(found)[0] == ("K8S-P111", "deployment/shop/api")
    assert ("K8S-X108", "namespace/shop") in chain(found)


def test_dns_without_endpoints_folds_into_one_cause() -> None:
    """Given CoreDNS unready, when judged, then the service's missing endpoints explain that DNS is down."""
    labels = {"k8s-app": "kube-dns", "pod-template-hash": "7d4b9c"}
    ill = pod(
        "coredns-7d4b9c-1", deployment="coredns", namespace="kube-system", ready=False, metadata={"labels": labels}
    )
    sent = service("kube-dns", namespace="kube-system", selector={"k8s-app": "kube-dns"})

    found = report(ill, sent, slices("kube-dns", namespace="kube-system", down=["node-1"]))

    assert chain(found) == [("K8S-S101", "service/kube-system/kube-dns"), ("K8S-S103", "service/kube-system/kube-dns")]


def test_a_silent_node_folds_the_volume_that_it_holds() -> None:
    """Given a silent node that holds a volume which a pod elsewhere needs, when judged, then the node is the cause."""
    unknown = {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "lastTransitionTime": ago(minutes=9),
    }
    silent = node("node-2", conditions=[unknown])
    creating = status(ready=False, state={"waiting": {"reason": "ContainerCreating"}})
    blocked = pod(ready=False, spec=MOUNTING, statuses=[creating], metadata={"creationTimestamp": ago(minutes=8)})
    multi = event("Pod", "api-7d4b9c-x1", "FailedAttachVolume", 'Multi-Attach error for volume "pv-1" Volume is in use')

    found = report(
        silent,
        node("node-1"),
        lease("node-1"),
        lease("node-2", seconds_ago=540),
        blocked,
        multi,
        claim(volume="pv-1"),
        volume(),
        attachment("pv-1", "node-2", attached=True),
    )

    codes = [code for code, _ in chain(found)]
    assert chain(found)[0] == ("K8S-N101", "node/node-2")
    assert "K8S-V103" in codes


def test_a_healthy_cluster_has_no_finding() -> None:
    """Given all kinds of objects, each well, when judged, then no incident is found."""
    found = report(
        pod(spec=MOUNTING), deployment(), service(), slices(up=["node-1"]), ingress(), ingress_class(), namespace(),
        claim(volume="pv-1"), volume(), storage_class(), attachment(attached=True), webhook(service=""), api_service(),
        lease("kube-scheduler", namespace="kube-system"), node(), lease(),
    )  # fmt: skip

    assert [finding.id for finding in found.findings] == []
    assert found.gaps == ()
