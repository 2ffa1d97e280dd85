"""What a snapshot by itself tells of changes, in words that name what, from what to what, when and by whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes import changing
from sickbay.diagnostics.platforms.kubernetes.changing import changes
from sickbay.diagnostics.platforms.kubernetes.facts import Certificate, Obstacle, Unreachable
from sickbay.diagnostics.platforms.kubernetes.revisions import Maker, Revision, Revisions, rollouts
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import (
    CertificateSigningRequest,
    ConfigMapMeta,
    IssuedCertificate,
)
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    NOW,
    ago,
    autoscaler,
    cluster,
    deployment,
    event,
    make,
    meta,
    node,
)
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service

API = Subject("deployment", "shop/api")
SINCE = NOW - timedelta(hours=25)


def writer(manager: str, time: str, **owned: Any) -> dict[str, Any]:
    """Give an entry of managedFields: `f_spec={"f:template": {}}`."""
    fields = {name.replace("_", ":", 1): value for name, value in owned.items()}
    return {"manager": manager, "operation": "Update", "time": time, "fieldsV1": fields}


def template(image: str, restarted: str = "") -> dict[str, Any]:
    annotations = {"kubectl.kubernetes.io/restartedAt": restarted} if restarted else {}
    return {"metadata": {"annotations": annotations}, "spec": {"containers": [{"name": "app", "image": image}]}}


def revision(
    number: int, image: str, *, minutes: float, earlier: tuple[int, ...] = (), restarted: str = ""
) -> Revision:
    return Revision(
        keeper=f"ReplicaSet shop/api-{image[-1]}", number=number, created_at=NOW - timedelta(minutes=minutes),
        template=template(image, restarted), earlier=earlier,
    )  # fmt: skip


def past(*revisions: Revision, written: float | None = None, **more: Any) -> Revisions:
    """Give a deployment's past; `written` is how many minutes ago its template was last written."""
    at = None if written is None else NOW - timedelta(minutes=written)
    found = rollouts(revisions, at, SINCE, more.get("scalings", ()))
    return Revisions(workload=API, rollouts=tuple(found), **more)


def told(snapshot: Snapshot, *kinds: EventKind) -> list[Event]:
    return [one for one in changes(snapshot).changes if not kinds or one.kind in kinds]


def test_a_rollout_is_told_with_its_field_time_and_writer() -> None:
    """Given a deployment whose image was set six minutes ago, then that rollout is told as a person would ask."""
    written = [
        writer("helm", ago(days=2), f_spec={"f:template": {}, "f:replicas": {}}),
        writer("kubectl-set", ago(minutes=6), f_spec={"f:template": {}}),
    ]
    snapshot = cluster(
        deployment(managedFields=written),
        revisions=(past(revision(1, "api:1", minutes=3000), revision(2, "api:2", minutes=6)),),
    )

    (found,) = told(snapshot)

    assert found == Event(
        at=NOW - timedelta(minutes=6), source="ReplicaSet shop/api-2, revision 2", subject="deployment/shop/api",
        kind=EventKind.IMAGE, field="containers[app].image", before="api:1", after="api:2", actor="kubectl-set",
    )  # fmt: skip


def test_a_rollback_is_told_when_it_was_written() -> None:
    """Given a revision older than the one before it, then it came back, when the template was last written."""
    snapshot = cluster(
        deployment(),
        revisions=(past(revision(3, "api:1", minutes=3000), revision(2, "api:2", minutes=60), written=4),),
    )

    (found,) = told(snapshot)

    assert (found.before, found.after) == ("api:2", "api:1")
    assert found.at == NOW - timedelta(minutes=4)
    assert found.source.endswith("rolled back")


def test_an_image_that_came_back_is_told_each_time_when_it_came() -> None:
    """Given a bad image that was rolled out, taken back and rolled out again, then all three are told, no scaling."""
    written = [
        writer("kubectl-client-side-apply", ago(minutes=21), f_spec={"f:template": {}}),
        writer("kubectl-set", ago(minutes=4), f_spec={"f:template": {}}),
    ]
    events = (
        scaling("Scaled up replica set api-1 to 2", 21),
        scaling("Scaled down replica set api-2 to 0", 9),
        scaling("Scaled up replica set api-2 to 1", 4),
    )
    good, bad = (
        revision(3, "api:1", minutes=21, earlier=(1,)), revision(4, "api:2", minutes=20, earlier=(2,)),
    )  # fmt: skip
    makers = (made("api-1", 21, returned=True), made("api-2", 20, returned=True))
    snapshot = cluster(
        deployment(managedFields=written, creationTimestamp=ago(days=2)),
        revisions=(past(good, bad, written=4, makers=makers, scalings=events),),
    )

    assert [((NOW - one.at).seconds // 60, one.after, one.actor) for one in told(snapshot)] == [
        (20, "api:2", ""), (9, "api:1", ""), (4, "api:2", "kubectl-set"),
    ]  # fmt: skip


def test_what_came_back_several_times_is_dated_as_far_as_events_tell() -> None:
    """Given two images that came back twice and once, of which events tell the last times, then no time is made up."""
    events = (
        scaling("Scaled up replica set api-1 to 2", 30),
        scaling("Scaled up replica set api-2 to 1", 19),
        scaling("Scaled down replica set api-2 to 0", 11),
        scaling("Scaled up replica set api-3 to 1", 5),
    )  # fmt: skip
    revisions = (
        revision(5, "api:1", minutes=30, earlier=(1, 3)), revision(4, "api:2", minutes=25, earlier=(2,)),
        revision(6, "api:3", minutes=5),
    )  # fmt: skip
    makers = (made("api-1", 30, returned=True), made("api-2", 25, returned=True), made("api-3", 5))

    found = told(
        cluster(
            deployment(creationTimestamp=ago(days=2)),
            revisions=(past(*revisions, written=5, makers=makers, scalings=events),),
        )
    )

    assert [((NOW - one.at).seconds // 60, one.after) for one in found] == [
        (25, "api:2"), (11, "api:1"), (5, "api:3"),
    ]  # fmt: skip


def test_a_scaling_up_is_no_rollback() -> None:
    """Given an image that came back at a time that no event tells, and was scaled since, then no rollback is told."""
    events = (scaling("Scaled up replica set api-1 to 2", 9), scaling("Scaled up replica set api-3 to 1", 5))
    revisions = (
        revision(3, "api:1", minutes=30, earlier=(1,)), revision(2, "api:2", minutes=25),
        revision(4, "api:3", minutes=5),
    )  # fmt: skip

    found = told(cluster(deployment(), revisions=(past(*revisions, written=5, scalings=events),)), EventKind.IMAGE)

    assert [one.after for one in found] == ["api:2", "api:3"]


def test_a_rollout_before_a_rollback_is_told_too() -> None:
    """Given a bad image that was taken back, by which the good one has a new number, then both moments are told."""
    good, bad = revision(3, "api:1", minutes=3000, earlier=(1,)), revision(2, "api:2", minutes=20)

    found = told(cluster(deployment(), revisions=(past(good, bad, written=4),)))

    assert [((NOW - one.at).seconds // 60, one.after) for one in found] == [(20, "api:2"), (4, "api:1")]


def test_a_restart_is_told_as_one() -> None:
    """Given `kubectl rollout restart`, then it is a restart; beside another change it is not worth a word."""
    at = "2026-11-24T02:50:00Z"
    old = revision(1, "api:1", minutes=3000)

    (alone,) = told(cluster(deployment(), revisions=(past(old, revision(2, "api:1", minutes=5, restarted=at)),)))
    (beside,) = told(cluster(deployment(), revisions=(past(old, revision(2, "api:2", minutes=5, restarted=at)),)))

    assert alone.kind is EventKind.RESTART
    assert beside.kind is EventKind.IMAGE


def test_what_is_older_than_the_window_is_not_told() -> None:
    """Given a rollout of last week, then nothing is told of it."""
    old = past(revision(1, "api:1", minutes=20_000), revision(2, "api:2", minutes=10_000))

    assert not told(cluster(deployment(), revisions=(old,)))


def test_a_template_whose_revisions_are_hidden_is_told_all_the_same() -> None:
    """Given a role that hides ReplicaSets, then who wrote the template, and when, is told without the field."""
    written = [writer("argocd-controller", ago(minutes=9), f_spec={"f:template": {}})]
    labels = {"argocd.argoproj.io/instance": "shop"}

    (found,) = told(cluster(deployment(managedFields=written, labels=labels)))

    assert (found.kind, found.field) == (EventKind.TEMPLATE, "template")
    assert found.actor == "Argo CD application shop (argocd-controller)"


@pytest.mark.parametrize(
    ("about", "manager", "expected"),
    [
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "helm", "Helm release shop (helm)"),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/api"}}, "argocd-controller",
         "Argo CD application web (argocd-controller)"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux"}},
         "kustomize-controller", "Flux Kustomization flux/apps (kustomize-controller)"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "kubectl-edit", "kubectl-edit"),
    ],
)  # fmt: skip
def test_a_deployment_tool_is_named_with_what_it_deploys(about: Mapping[str, Any], manager: str, expected: str) -> None:
    """Given who wrote, then a tool is named with its unit, and a person's edit of what is a tool's stays a person's."""
    written = [writer(manager, ago(minutes=9), f_spec={"f:template": {}})]

    (found,) = told(cluster(deployment(managedFields=written, **about)))

    assert found.actor == expected


def scaling(message: str, minutes: float, **more: Any) -> Any:
    about = {"type": "Normal", "firstTimestamp": ago(minutes=minutes), **more}
    return event("Deployment", "api", "ScalingReplicaSet", message, minutes_ago=minutes, **about)


def made(name: str, minutes: float, *, returned: bool = False) -> Maker:
    return Maker(name=name, created_at=NOW - timedelta(minutes=minutes), returned=returned)


@pytest.mark.parametrize("before", ["", "(combined from similar events): "])
def test_a_scaling_down_is_told_from_how_many_to_how_many(before: str) -> None:
    """Given a deployment that was scaled down by hand, then both numbers, the time and the writer are told."""
    written = [{**writer("kubectl", ago(minutes=5), f_spec={"f:replicas": {}}), "subresource": "scale"}]
    events = (
        scaling("Scaled up replica set api-1 to 3", 50), scaling(f"{before}Scaled down replica set api-1 to 0", 5),
    )  # fmt: skip
    makers = (made("api-1", 50),)
    snapshot = cluster(deployment(replicas=0, managedFields=written), revisions=(past(makers=makers, scalings=events),))

    (found,) = told(snapshot, EventKind.SCALE)

    assert (found.field, found.before, found.after) == ("spec.replicas", "3", "0")
    assert (found.at, found.actor) == (NOW - timedelta(minutes=5), "kubectl")


def test_the_scaling_of_a_rollout_is_no_change_of_its_own() -> None:
    """Given a rollout, in which an old ReplicaSet shrinks as a new one grows, then no scaling is told."""
    events = (
        scaling("Scaled up replica set api-2 to 1", 10),
        scaling("Scaled down replica set api-1 to 2", 9),
        scaling("Scaled up replica set api-2 to 2 from 1", 9),
        scaling("Scaled down replica set api-1 to 0 from 2", 8),
    )
    makers = tuple(
        Maker(name=f"api-{number}", created_at=NOW - timedelta(minutes=minutes))
        for number, minutes in ((1, 90), (2, 10))
    )

    assert not told(cluster(deployment(), revisions=(past(makers=makers, scalings=events),)), EventKind.SCALE)


def test_a_scaling_after_a_rollback_is_told_and_the_rollback_is_not() -> None:
    """Given an older ReplicaSet that took over again and was then scaled, then the scaling alone is told."""
    events = (
        scaling("Scaled down replica set api-2 to 2 from 3", 20.1),
        scaling("Scaled up replica set api-1 to 1 from 0", 20),
        scaling("Scaled down replica set api-2 to 0 from 2", 19),
        scaling("Scaled up replica set api-1 to 3 from 1", 18.9),
        scaling("Scaled down replica set api-1 to 1 from 3", 5),
    )
    makers = (made("api-1", 900), made("api-2", 600))

    (found,) = told(cluster(deployment(), revisions=(past(makers=makers, scalings=events),)), EventKind.SCALE)

    assert (found.before, found.after) == ("3", "1")


def test_a_scaling_after_a_rollback_is_told_where_no_event_of_its_growth_is_left() -> None:
    """Given a ReplicaSet that took over again and was turned off, of which the last event tells, then that is told."""
    events = (scaling("(combined from similar events): Scaled down replica set api-1 to 0", 5),)
    good, bad = revision(3, "api:1", minutes=900, earlier=(1,)), revision(2, "api:2", minutes=60)
    makers = (made("api-1", 900), made("api-2", 60))
    snapshot = cluster(deployment(replicas=0), revisions=(past(good, bad, written=50, makers=makers, scalings=events),))

    (found,) = told(snapshot, EventKind.SCALE)

    assert (found.at, found.after) == (NOW - timedelta(minutes=5), "0")


def test_an_autoscaler_is_named_as_who_scaled() -> None:
    """Given an autoscaler that noted a scaling when the deployment was scaled, then it is who did it."""
    events = (scaling("Scaled up replica set api-1 to 4 from 2", 5),)
    makers = (made("api-1", 90),)
    snapshot = cluster(
        deployment(replicas=4), autoscaler(lastScaleTime=ago(minutes=5.1), desiredReplicas=4),
        revisions=(past(makers=makers, scalings=events),),
    )  # fmt: skip

    (found,) = told(snapshot, EventKind.SCALE)

    assert (found.before, found.after, found.actor) == ("2", "4", "horizontalpodautoscaler/shop/api")


def config_map(*written: Mapping[str, Any], name: str = "settings", **more: Any) -> ConfigMapMeta:
    return make(ConfigMapMeta, {"metadata": meta(name, managedFields=list(written), **more)})


def reading(name: str = "settings") -> Workload:
    """Give a deployment whose pods read a config map."""
    source = {"configMapRef": {"name": name}}
    spec = {"containers": [{"name": "app", "image": "api:1", "envFrom": [source]}]}
    return make(Workload, {"metadata": meta("api"), "spec": {"template": {"spec": spec}}})


def test_an_edit_of_a_config_map_is_told_with_its_key_where_that_is_known() -> None:
    """Given a config map of which a writer owns one key, then that key is told; of more, only the edit."""
    one = writer("operator", ago(minutes=4), f_data={".": {}, "f:LOG_LEVEL": {}})
    two = writer("helm", ago(minutes=9), f_data={"f:A": {}, "f:B": {}})

    found = told(cluster(reading(), config_map(one, two)))

    assert [(item.subject, item.kind, item.field, item.actor) for item in found] == [
        ("configmap/shop/settings", EventKind.CONFIG, "", "helm"),
        ("configmap/shop/settings", EventKind.CONFIG, "data[LOG_LEVEL]", "operator"),
    ]


def test_a_config_map_in_which_a_component_keeps_its_state_is_no_change() -> None:
    """Given a config map that no pod reads, written by a part of the cluster, then that is not told; a person's is."""
    state = config_map(writer("leader-elector", ago(seconds=5), f_data={"f:leader": {}}), name="lock")
    by_hand = config_map(writer("kubectl-edit", ago(minutes=5), f_data={"f:Corefile": {}}), name="coredns")

    (found,) = told(cluster(state, by_hand))

    assert found.subject == "configmap/shop/coredns"


def test_a_service_that_was_edited_is_told() -> None:
    """Given a service whose selector somebody wrote after it was made, then that is a change of the network."""
    late = writer("kubectl-patch", ago(minutes=3), f_spec={"f:selector": {}})

    (found,) = told(cluster(service(metadata={"managedFields": [late]})))

    assert (found.subject, found.kind, found.field) == ("service/shop/api", EventKind.NETWORK, "spec.selector")


def test_what_is_new_is_told_with_its_maker() -> None:
    """Given a deployment that was made in the window, then that is told, with its image and who made it."""
    made = [writer("helm", ago(minutes=30), f_spec={"f:template": {}})]

    (found,) = told(cluster(deployment(creationTimestamp=ago(minutes=30), managedFields=made)))

    assert (found.kind, found.after, found.actor) == (EventKind.CREATED, "registry.example.com/shop/api:1", "helm")


def test_of_very_many_changes_the_newest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a cluster in which everything is new, then the newest of it is told."""
    monkeypatch.setattr(changing, "MOST", 2)
    made = [deployment(f"app-{minutes}", creationTimestamp=ago(minutes=minutes)) for minutes in (3, 1, 2)]

    assert [item.subject for item in told(cluster(*made))] == ["deployment/shop/app-2", "deployment/shop/app-1"]


def test_nodes_that_joined_fell_silent_were_cordoned_or_left_are_told() -> None:
    """Given a node of each, then each is told with its time; a condition that turned long ago is not."""
    silent = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "lastTransitionTime": ago(minutes=7)}
    old = {"type": "Ready", "status": "True", "lastTransitionTime": ago(days=9)}
    cordon = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": ago(minutes=6)}
    left = event("Node", "node-4", "RemovingNode", "Removing Node node-4", namespace="", minutes_ago=5)
    fresh = node("node-3")
    snapshot = cluster(
        node("node-1", conditions=[silent]),
        node("node-2", conditions=[old], spec={"unschedulable": True, "taints": [cordon]}),
        make(type(fresh), {"metadata": {"name": "node-3", "creationTimestamp": ago(minutes=8)}}),
        removals=(left,),
    )

    assert [(item.subject, item.kind, item.field, item.after) for item in told(snapshot)] == [
        ("node/node-3", EventKind.NODE_JOINED, "", ""),
        ("node/node-1", EventKind.NODE_LOST, "conditions[Ready]", "Unknown (NodeStatusUnknown)"),
        ("node/node-2", EventKind.NODE_CHANGED, "spec.unschedulable", "true"),
        ("node/node-4", EventKind.NODE_LOST, "", ""),
    ]


def test_a_node_that_never_reported_was_never_ready() -> None:
    """Given a node whose kubelet never reported, then it is told as lost, and not that it was ready before."""
    silent = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusNeverUpdated"}

    (found,) = told(cluster(node(conditions=[{**silent, "lastTransitionTime": ago(minutes=5)}])), EventKind.NODE_LOST)

    assert (found.before, found.after) == ("", "Unknown (NodeStatusNeverUpdated)")


def test_certificates_that_are_new_are_told() -> None:
    """Given certificates of the API server, a kubelet and cert-manager that were renewed, then each is told."""
    served = Certificate(whose="API server", not_before=NOW - timedelta(hours=2), not_after=NOW + timedelta(days=365))
    old = Certificate(whose="client", not_before=NOW - timedelta(days=90), not_after=NOW + timedelta(days=275))
    approved = {"type": "Approved", "reason": "AutoApproved", "lastUpdateTime": ago(hours=1)}
    request = make(
        CertificateSigningRequest,
        {
            "metadata": meta("csr-1", ""),
            "spec": {"username": "system:node:node-1", "signerName": "kubernetes.io/kubelet-serving"},
            "status": {"conditions": [approved]},
        },
    )

    holds = {"notBefore": ago(minutes=30), "notAfter": "2027-02-22T00:00:00Z"}
    issued = make(IssuedCertificate, {"metadata": meta("web"), "status": holds})

    found = told(cluster(request, certificates=(served, old), issued=(issued,)), EventKind.CERTIFICATE)

    assert [(item.subject, item.actor) for item in found] == [
        ("cluster/lab", ""), ("node/node-1", "AutoApproved"), ("certificate/shop/web", "cert-manager"),
    ]  # fmt: skip


def test_where_it_was_read_is_told_also_when_nothing_changed() -> None:
    """Given a cluster in which nothing changed, then what was looked at is told; of one that is away, nothing."""
    away = Unreachable(obstacle=Obstacle.REFUSED, message="connection refused")

    assert changes(cluster(deployment(), config_map())).sources == (
        "writers of 1 workload", "config maps: 1", "nodes: 1",
    )  # fmt: skip
    assert changes(cluster(unreachable=away)).sources == ()
