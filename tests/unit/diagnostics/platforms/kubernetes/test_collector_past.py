"""What is read of the past of workloads: of which, how much, and what is said where it cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.collector import past
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, Handler, items, refusal

APPS = "/apis/apps/v1"
REPLICA_SETS = f"{APPS}/namespaces/shop/replicasets"
EVENTS = "/api/v1/namespaces/shop/events"


def about(name: str, kind: str = "", **more: Any) -> dict[str, Any]:
    owners = [{"kind": kind, "name": "api", "uid": "o", "controller": True}] if kind else []
    return {"name": name, "namespace": "shop", "uid": name, "ownerReferences": owners, **more}


def template(image: str) -> dict[str, Any]:
    environment = [{"name": "DB_PASSWORD", "value": f"hunter-{image}"}]
    return {"spec": {"containers": [{"name": "app", "image": image, "env": environment}]}}


def workload(name: str = "api", *, generation: int = 2, ready: int = 0) -> dict[str, Any]:
    """Give a deployment that was changed since it was made, and wants one pod."""
    selector = {"matchLabels": {"app": name}}
    return {
        "metadata": about(name, generation=generation, creationTimestamp="2026-11-01T00:00:00Z"),
        "spec": {"replicas": 1, "selector": selector, "template": template("api:2")},
        "status": {"readyReplicas": ready},
    }


def replica_set(number: int, made: str, *, owner: str = "Deployment") -> dict[str, Any]:
    annotations = {"deployment.kubernetes.io/revision": str(number), "secret": "of no use"}
    meta = about(f"api-{number}", owner, creationTimestamp=made, annotations=annotations)
    return {"metadata": meta, "spec": {"template": template(f"api:{number}")}}


def recently() -> str:
    """Give a moment of this day, by the clock that the fake API has."""
    return f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"


def test_the_revisions_of_what_is_unwell_are_compared(api: FakeApi, read: Read) -> None:
    """Given a deployment without a ready pod, then what its newest revision changed is known, and no value."""
    api.routes[f"{APPS}/deployments"] = items(workload())
    api.routes[REPLICA_SETS] = items(
        replica_set(1, "2026-11-01T00:00:00Z"), replica_set(2, recently()),
        replica_set(7, recently(), owner="Rollout"),
    )  # fmt: skip

    snapshot = read()

    (found,) = snapshot.revisions
    (rollout,) = found.rollouts
    assert found.workload == Subject("deployment", "shop/api")
    assert rollout.source == "ReplicaSet shop/api-2, revision 2"
    assert [(one.field, one.before, one.after) for one in rollout.differences] == [
        ("containers[app].image", "api:1", "api:2"),
        ("containers[app].env[DB_PASSWORD]", "a value", "another value"),
    ]
    assert "hunter" not in repr(snapshot)


def test_the_numbers_that_a_revision_had_before_are_known(api: FakeApi, read: Read) -> None:
    """Given a ReplicaSet that came back, then the rollout that it was taken back from is known as well."""
    good, bad = replica_set(3, "2026-11-01T00:00:00Z"), replica_set(2, recently())
    good["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] = "1"
    api.routes[f"{APPS}/deployments"] = items(workload())
    api.routes[REPLICA_SETS] = items(good, bad)

    (found,) = read().revisions

    assert [rollout.source for rollout in found.rollouts] == ["ReplicaSet shop/api-2, revision 2"]


def test_a_stateful_sets_revisions_are_those_of_its_controller(api: FakeApi, read: Read) -> None:
    """Given a stateful set that was changed, then its ControllerRevisions are compared."""

    def revision(number: int, made: str) -> dict[str, Any]:
        data = {"spec": {"template": {**template(f"api:{number}"), "$patch": "replace"}}}
        meta = about(f"api-{number}", "StatefulSet", creationTimestamp=made)
        return {"metadata": meta, "revision": number, "data": data}

    api.routes[f"{APPS}/statefulsets"] = items(workload())
    api.routes[f"{APPS}/namespaces/shop/controllerrevisions"] = items(
        revision(1, "2026-11-01T00:00:00Z"), revision(2, recently())
    )

    (found,) = read().revisions

    assert found.rollouts[0].source == "ControllerRevision shop/api-2, revision 2"


def test_what_is_well_and_as_it_was_made_is_not_asked_about(api: FakeApi, read: Read) -> None:
    """Given deployments that were never changed, or are well and were changed long ago, then nothing more is read."""
    api.routes[f"{APPS}/deployments"] = items(workload(generation=1), workload("web", ready=1))

    assert read().revisions == ()
    assert not [path for path in api.requests if "replicasets" in path]


def test_a_scope_has_the_past_of_what_it_names(api: FakeApi, read: Read) -> None:
    """Given a namespace that is asked for, then the past of its workloads is read, well or not."""
    api.routes["/api/v1/namespaces/shop"] = lambda handler, _: handler.send(200, b'{"metadata":{"name":"shop"}}')
    api.routes[f"{APPS}/namespaces/shop/deployments"] = items(workload(ready=1))

    assert [one.workload.name for one in read("shop").revisions] == ["shop/api"]


def test_only_so_many_are_read_and_that_is_said(api: FakeApi, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more unwell workloads than are looked into, then those that are left out are a gap."""
    monkeypatch.setattr(past, "MOST", 2)
    api.routes[f"{APPS}/deployments"] = items(*(workload(f"app-{number}") for number in range(5)))

    snapshot = read()

    assert len(snapshot.revisions) == 2
    assert "what changed of 3 workloads" in [gap.what for gap in snapshot.gaps]


def test_revisions_that_rbac_hides_are_a_gap(api: FakeApi, read: Read) -> None:
    """Given a role that hides ReplicaSets, then that is said, and the workload's past is not known."""
    api.routes[f"{APPS}/deployments"] = items(workload())
    message = (
        'replicasets.apps is forbidden: User "u" cannot list resource "replicasets" in API group "apps" in the '
        'namespace "shop"'
    )
    api.routes[REPLICA_SETS] = refusal(403, message)

    snapshot = read()

    assert snapshot.revisions == ()
    assert "replicasets: needs list on replicasets.apps" in [gap.what for gap in snapshot.gaps]


def test_of_config_maps_the_metadata_alone_is_asked_for(api: FakeApi, read: Read) -> None:
    """Given config maps, when a cluster is read, then the API server is asked to keep what stands in them."""
    asked = list[str]()

    def config_maps(handler: Handler, _query: dict[str, str]) -> None:
        asked.append(handler.headers["Accept"])
        items({"metadata": about("settings")})(handler, _query)

    api.routes["/api/v1/configmaps"] = config_maps

    assert [item.name for item in read().configmaps] == ["shop/settings"]
    assert asked == ["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"]


def test_nodes_that_left_are_known_by_their_events(api: FakeApi, read: Read) -> None:
    """Given the event of a node's leaving, when the cluster is read, then it is known."""
    thing = {"kind": "Node", "name": "node-9"}
    event = {"metadata": {"name": "e"}, "involvedObject": thing, "type": "Normal", "reason": "RemovingNode"}
    api.routes["/api/v1/namespaces/default/events"] = items(event)

    assert [item.involved_object.name for item in read().removals] == ["node-9"]


def test_for_changes_alone_neither_logs_nor_metrics_are_read(api: FakeApi, read: Read) -> None:
    """Given a cluster without metrics, when changes alone are asked for, then that they are missing is no gap."""
    api.routes[f"{APPS}/deployments"] = items(workload())

    snapshot = read(changes=True)

    assert not [gap for gap in snapshot.gaps if "memory" in gap.what or "volumes" in gap.what]
    assert not [path for path in api.requests if "metrics" in path]
