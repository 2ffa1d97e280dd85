"""A watch of a cluster: what it tells, where it takes up again, and what it says that it cannot know."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest

from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.kubernetes.collector import streams
from sickbay.diagnostics.platforms.kubernetes.collector import watching as watching_module
from sickbay.diagnostics.platforms.kubernetes.collector.watching import watch
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, Handler, kubeconfig, refusal
from tests.unit.diagnostics.platforms.patience import stopping

DEPLOYMENTS, CONFIG_MAPS, PODS = "/apis/apps/v1/deployments", "/api/v1/configmaps", "/api/v1/pods"
__all__ = ["stopping"]

Watching = Callable[..., Iterator[Batch]]


class Watched:
    """A kind as the fake API serves it: its list by version, and what each watch tells before it is cut, or hangs.

    The newest list is served, at the beginning the `first` one if it is named.
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[Mapping[str, Any]]],
        *watches: Sequence[Mapping[str, Any]],
        first: str = "",
    ) -> None:
        self._first = first
        self._lists = lists
        self._watches = list(watches)
        self.asked: list[dict[str, str]] = []

    def __call__(self, handler: Handler, query: dict[str, str]) -> None:
        self.asked.append(query)
        if query.get("watch") == "true":
            if not self._watches:
                handler.send_response(200)
                handler.send_header("Transfer-Encoding", "chunked")
                handler.end_headers()
                time.sleep(30)  # it is open, and nothing happens
                return
            lines = self._watches.pop(0)
            handler.send(200, "".join(json.dumps(line) + "\n" for line in lines).encode())
            return
        wanted = query.get("resourceVersion", "")
        version = wanted if wanted in self._lists else "" if wanted else self._first or max(self._lists, key=int)
        self._first = ""
        if not version:
            refusal(410, "The provided resource version is too old.")(handler, query)
            return
        body = {"metadata": {"resourceVersion": version}, "items": self._lists[version]}
        handler.send(200, json.dumps(body).encode())


def line(kind: str, item: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Give a line of a watch."""
    return {"type": kind, "object": {**item, "metadata": {**item["metadata"], "resourceVersion": version}}}


def about(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", "uid": name, "creationTimestamp": "2026-11-24T01:00:00Z", **more}


def deployment(image: str, *, replicas: int = 2, at: str = "2026-11-24T01:00:00Z") -> dict[str, Any]:
    owned: dict[str, Any] = {"f:spec": {"f:template": {}}}
    writer = {"manager": "kubectl-set", "operation": "Update", "time": at, "fieldsV1": owned}
    template = {"spec": {"containers": [{"name": "app", "image": image}]}}
    return {
        "metadata": about("api", managedFields=[writer]), "spec": {"replicas": replicas, "template": template}
    }  # fmt: skip


def config_map(**data: str) -> dict[str, Any]:
    return {"metadata": about("settings"), "data": data}


@pytest.fixture
def watching(api: FakeApi, tmp_path: Path, stopping: Signal, monkeypatch: pytest.MonkeyPatch) -> Watching:
    """Watch the cluster behind `api` from a cursor on: `watching(cursor)`; it ends with the test."""
    monkeypatch.setattr(streams, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(watching_module, "GATHER", 0.05)
    quiet = Watched({"1": []})
    for kind in KINDS.values():
        for place in kind.apis:
            api.routes.setdefault(kind.path(place), quiet)
    target = KubernetesTarget(name="lab", kubeconfig=kubeconfig(tmp_path, api.url))
    return lambda cursor="": watch(target, cursor, stopping)


def events_of(batches: Iterator[Batch], count: int) -> tuple[list[Event], Batch]:
    """Give so many events, and the batch that brought the last."""
    found = list[Event]()
    for batch in batches:
        found += batch.events
        if len(found) >= count:
            return found, batch
    raise AssertionError(f"the watch ended with {found}")


def test_a_new_image_is_told_with_what_was_before_when_and_by_whom(api: FakeApi, watching: Watching) -> None:
    """Given a deployment, when its image is changed, then field, both values, time and writer are told."""
    changed = line("MODIFIED", deployment("api:2", at="2026-11-24T02:00:00Z"), "8")
    api.routes[DEPLOYMENTS] = Watched({"7": [deployment("api:1")]}, [changed])

    (event,), batch = events_of(watching(), 1)

    assert (event.subject, event.kind, event.field) == (
        "deployment/shop/api", EventKind.IMAGE, "containers[app].image",
    )  # fmt: skip
    assert (event.before, event.after, event.actor) == ("api:1", "api:2", "kubectl-set")
    assert f"{event.at:%H:%M}" == "02:00"
    assert json.loads(batch.cursor)["deployments"] == "8"


def test_what_is_there_at_the_beginning_is_no_news(api: FakeApi, watching: Watching) -> None:
    """Given a cluster, when its watch begins, then the first batch tells nothing, and comes at once."""
    api.routes[DEPLOYMENTS] = Watched({"7": [deployment("api:1")]})

    first = next(watching())

    assert (first.events, first.lost) == ((), "")


def test_a_later_watch_tells_what_happened_in_between(api: FakeApi, watching: Watching) -> None:
    """Given a cursor of a watch that ended, when another takes up, then it knows what was before, and loses nothing."""
    scaled = line("MODIFIED", deployment("api:1", replicas=5), "9")
    served = Watched({"7": [deployment("api:1")], "9": [deployment("api:1", replicas=5)]}, [scaled])
    api.routes[DEPLOYMENTS] = served

    (event,), batch = events_of(watching(json.dumps({"deployments": "7"})), 1)

    assert (event.kind, event.before, event.after) == (EventKind.SCALE, "2", "5")
    assert batch.lost == ""
    assert served.asked[0]["resourceVersionMatch"] == "Exact"


def test_a_watch_that_is_cut_again_and_again_loses_nothing(api: FakeApi, watching: Watching) -> None:
    """Given a watch that the API server ends after each line, then every change is told, once, in order."""
    cuts = [[line("MODIFIED", deployment(f"api:{number}"), str(number))] for number in range(2, 6)]
    served = Watched({"1": [deployment("api:1")]}, *cuts)
    api.routes[DEPLOYMENTS] = served

    found, _ = events_of(watching(), 4)

    assert [event.after for event in found] == ["api:2", "api:3", "api:4", "api:5"]
    assert [query["resourceVersion"] for query in served.asked[1:5]] == ["1", "2", "3", "4"]


def test_a_history_that_was_thrown_away_is_compared_and_said(api: FakeApi, watching: Watching) -> None:
    """Given a watch whose version is too old, then what differs from what was known is told, and the rest is lost."""
    gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old resource version"}}
    lists = {"1": [deployment("api:1")], "9": [deployment("api:9")]}
    api.routes[DEPLOYMENTS] = Watched(lists, [gone], first="1")

    (event,), batch = events_of(watching(), 1)

    assert (event.before, event.after) == ("api:1", "api:9")
    assert "forgotten" in batch.lost
    assert "deployments" in batch.lost


def test_a_cursor_that_is_too_old_begins_anew_and_says_so(api: FakeApi, watching: Watching) -> None:
    """Given a cursor of which the API server knows nothing any more, then that is said, and the watch goes on."""
    api.routes[DEPLOYMENTS] = Watched({"9": [deployment("api:1")]})

    first = next(watching(json.dumps({"deployments": "2"})))

    assert first.lost == "deployments: the API server has forgotten how they were when they were last watched"
    assert json.loads(first.cursor)["deployments"] == "9"


def test_of_a_config_map_the_key_is_told_and_never_a_value(api: FakeApi, watching: Watching) -> None:
    """Given a config map, when one of its values changes, then its key is told, and neither value."""
    changed = line("MODIFIED", config_map(LOG="debug-hunter2", DB="db"), "8")
    api.routes[CONFIG_MAPS] = Watched({"7": [config_map(LOG="info-hunter1", DB="db")]}, [changed])

    (event,), _ = events_of(watching(), 1)

    assert (event.subject, event.kind, event.field) == ("configmap/shop/settings", EventKind.CONFIG, "data[LOG]")
    assert "hunter" not in repr(event)


def test_what_comes_with_each_namespace_is_no_news(api: FakeApi, watching: Watching) -> None:
    """Given a namespace that is made, then its own config map is told, and not that of the cluster's authority."""
    authority = {"metadata": about("kube-root-ca.crt"), "data": {"ca.crt": "a"}}
    added = [line("ADDED", authority, "8"), line("ADDED", config_map(LOG="a"), "9")]
    api.routes[CONFIG_MAPS] = Watched({"7": []}, added)

    (event,), _ = events_of(watching(), 1)

    assert (event.subject, event.kind) == ("configmap/shop/settings", EventKind.CREATED)


def test_who_alone_owns_a_key_wrote_it(api: FakeApi, watching: Watching) -> None:
    """Given an API server that keeps the time of a writer's first edit, then its second has a writer all the same."""
    made = {
        "manager": "helm",
        "operation": "Update",
        "time": "2026-11-01T00:00:00Z",
        "fieldsV1": {"f:data": {"f:DB": {}}},
    }
    edited = {**made, "manager": "kubectl-patch", "time": "2026-11-02T00:00:00Z", "fieldsV1": {"f:data": {"f:LOG": {}}}}
    before, after = config_map(LOG="a", DB="db"), config_map(LOG="b", DB="db")
    for one in (before, after):
        one["metadata"]["managedFields"] = [made, edited]
    api.routes[CONFIG_MAPS] = Watched({"7": [before]}, [line("MODIFIED", after, "8")])

    (event,), _ = events_of(watching(), 1)

    assert (event.field, event.actor) == ("data[LOG]", "kubectl-patch")


def test_what_came_and_went_is_told(api: FakeApi, watching: Watching) -> None:
    """Given a deployment that is made and another that is deleted, then both are told."""
    other = {**deployment("web:1"), "metadata": about("web")}
    lines = [line("ADDED", other, "8"), line("DELETED", deployment("api:1"), "9")]
    api.routes[DEPLOYMENTS] = Watched({"7": [deployment("api:1")]}, lines)

    found, _ = events_of(watching(), 2)

    assert [(event.subject, event.kind) for event in found] == [
        ("deployment/shop/web", EventKind.CREATED), ("deployment/shop/api", EventKind.REMOVED),
    ]  # fmt: skip


def test_an_oom_kill_is_told_under_the_pods_workload(api: FakeApi, watching: Watching) -> None:
    """Given a pod of a deployment, when its container is restarted after an OOM kill, then that happened to both."""
    owner = {"kind": "ReplicaSet", "name": "api-7d4b9c", "uid": "rs", "controller": True}
    labels = {"pod-template-hash": "7d4b9c"}
    end = {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-11-24T02:00:00Z"}

    def pod(restarts: int) -> dict[str, Any]:
        status = {"name": "app", "restartCount": restarts, "lastState": {"terminated": end} if restarts else {}}
        meta = about("api-7d4b9c-x1", ownerReferences=[owner], labels=labels)
        return {"metadata": meta, "status": {"phase": "Running", "containerStatuses": [status]}}

    api.routes[PODS] = Watched({"7": [pod(0)]}, [line("MODIFIED", pod(1), "8")])

    (event,), _ = events_of(watching(), 1)

    assert (event.subject, event.kind) == ("deployment/shop/api", EventKind.OUT_OF_MEMORY)
    assert not event.kind.is_change


def test_a_kind_that_rbac_refuses_is_said_with_each_batch(api: FakeApi, watching: Watching) -> None:
    """Given a role that hides the nodes, then each batch says that they are not watched, for its time; all else is."""
    api.routes["/api/v1/nodes"] = refusal(403, 'nodes is forbidden: User "u" cannot list resource "nodes"')
    api.routes[DEPLOYMENTS] = Watched({"7": [deployment("api:1")]}, [line("MODIFIED", deployment("api:2"), "8")])
    batches = watching()

    first = next(batches)
    found, later = ([*first.events], first) if first.events else events_of(batches, 1)

    assert first.lost == "nodes: RBAC refuses to list and watch them"
    assert len(found) == 1
    assert later.lost == first.lost


def test_a_kind_that_fails_does_not_keep_the_others(api: FakeApi, watching: Watching) -> None:
    """Given an API that only answers with errors, then the others are watched all the same, and it is said."""
    for place in KINDS["horizontalpodautoscalers"].apis:
        api.routes[KINDS["horizontalpodautoscalers"].path(place)] = refusal(400, "it is broken")

    first = next(watching())

    assert first.lost == "horizontalpodautoscalers: they cannot be watched: it is broken"


def test_a_cluster_that_goes_away_ends_the_watch(api: FakeApi, watching: Watching) -> None:
    """Given a cluster of which nothing can be read any more, then the watch ends, and may be begun again later."""
    for path in list(api.routes):
        if path.startswith("/api"):
            api.routes[path] = refusal(400, "etcd is away")

    with pytest.raises(TemporaryError, match="etcd is away"):
        next(watching())


def test_a_role_that_hides_everything_is_an_error(api: FakeApi, watching: Watching) -> None:
    """Given a role for one namespace alone, then the watch of the whole cluster says that it cannot be."""
    for path in list(api.routes):
        if path.startswith("/api"):
            api.routes[path] = refusal(403, "forbidden")

    with pytest.raises(PermanentError, match="RBAC"):
        next(watching())


def test_a_cluster_that_is_away_may_come_back(tmp_path: Path) -> None:
    """Given a cluster that does not answer, then the error says that trying again may help."""
    target = KubernetesTarget(name="lab", kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:1"))

    with pytest.raises(TemporaryError, match="lab cannot be reached"):
        next(watch(target, "", Signal()))


def test_a_watch_ends_when_it_is_told_to(watching: Watching, stopping: Signal) -> None:
    """Given a watch in which nothing happens, when it is to stop, then it does within a second or so."""
    batches = watching()
    next(batches)
    stopping.set()
    began = time.monotonic()

    assert list(batches) == []
    assert time.monotonic() - began < 3
