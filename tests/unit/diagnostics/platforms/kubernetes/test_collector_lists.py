"""Lists in pages, from servers that lose their place, are busy, ill, old, or answer in shapes of their own."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Connection
from sickbay.diagnostics.platforms.kubernetes.collector.decoding import next_page
from sickbay.diagnostics.platforms.kubernetes.collector.reading import PAGES_WAITING, Reading
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import (
    FakeApi,
    Handler,
    answer,
    hang,
    in_turn,
    items,
    kubeconfig,
    pages,
    raw,
    refusal,
)

PODS, SERVICES = "/api/v1/pods", "/api/v1/services"


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "shop", "uid": name}, **more}


def names(objects: tuple[Any, ...]) -> list[str]:
    return [item.metadata.name for item in objects]


def gap(snapshot: Snapshot, start: str) -> str:
    return next(item.reason for item in snapshot.gaps if item.what.startswith(start))


def test_all_pages_are_read(api: FakeApi, read: Read) -> None:
    """Given pods in three pages, when read, then all are there in their order, and the list is complete."""
    api.routes[PODS] = pages([named("a"), named("b")], [named("c")], [named("d")])

    snapshot = read()

    assert names(snapshot.pods) == ["a", "b", "c", "d"]
    assert snapshot.knows("pods")


def compact(number: int, *, last: bool) -> bytes:
    """Give a page of one pod as the API server writes it, without spaces and the list's metadata first."""
    following = {} if last else {"continue": str(number + 1)}
    content = {"kind": "PodList", "metadata": following, "items": [named(f"pod-{number}")]}
    return json.dumps(content, separators=(",", ":")).encode()


def test_the_next_page_is_asked_for_while_this_one_arrives(api: FakeApi, read: Read) -> None:
    """Given a page whose rest is sent only once the next page was asked for, when read, then both are there."""
    asked = threading.Event()

    def slow(handler: Handler, query: dict[str, str]) -> None:
        if "continue" in query:
            asked.set()
            handler.send(200, compact(1, last=True))
            return
        body = compact(0, last=False)
        handler.send(200, body[:-20], promised=len(body))
        handler.wfile.flush()
        assert asked.wait(10), "the next page was not asked for"
        handler.wfile.write(body[-20:])

    api.routes[PODS] = slow

    snapshot = read()

    assert names(snapshot.pods) == ["pod-0", "pod-1"]
    assert snapshot.knows("pods")


def test_only_a_few_pages_wait_to_be_taken(api: FakeApi, tmp_path: Path) -> None:
    """Given a list of many pages, when they are taken slowly, then no more than a few are fetched ahead."""
    api.routes[PODS] = lambda handler, query: handler.send(
        200, compact(number := int(query.get("continue", "0")), last=number == 9)
    )
    target, budget = KubernetesTarget(name="lab", kubeconfig=kubeconfig(tmp_path, api.url)), Budget(20)
    reading = Reading(Connection(target, budget), budget)
    reading.open()

    for taken, _ in enumerate(reading._pages(PODS, {}), start=1):
        settled = min(taken + 1, 10)
        while len(asked := [path for path in api.requests if path.startswith(PODS)]) < settled:
            time.sleep(0.005)
        assert len(asked) <= taken + PAGES_WAITING
    reading.close()

    assert taken == 10


def test_an_expired_token_starts_the_list_again(api: FakeApi, read: Read) -> None:
    """Given a server that forgets its place once (410), when read, then the list is read from its start, once each."""
    whole = pages([named("a")], [named("b")])
    gone = refusal(410, "The provided continue parameter is too old")
    api.routes[PODS] = in_turn(whole, gone, whole, whole)

    snapshot = read()

    assert names(snapshot.pods) == ["a", "b"]
    assert snapshot.knows("pods")


def test_a_list_that_expires_each_time_is_a_gap(api: FakeApi, read: Read) -> None:
    """Given a server whose tokens are always too old, when read, then what was read stays, and a gap says so."""

    def forgetful(handler: Any, query: dict[str, str]) -> None:
        if "continue" in query:
            refusal(410, "too old")(handler, query)
        else:
            pages([named("a")], [named("b")])(handler, query)

    api.routes[PODS] = forgetful

    snapshot = read()

    assert names(snapshot.pods) == ["a"]
    assert not snapshot.knows("pods")
    assert gap(snapshot, "pods") == "read 1, then: too old"


def test_a_busy_server_is_waited_for(api: FakeApi, read: Read) -> None:
    """Given a 429 with Retry-After, when read, then it is waited out and the list is complete."""
    api.routes[PODS] = in_turn(refusal(429, "too many requests", retry_after="1"), items(named("a")))
    began = time.monotonic()

    snapshot = read()

    assert names(snapshot.pods) == ["a"]
    assert time.monotonic() - began >= 1.0


def test_a_server_too_busy_for_the_budget_is_a_gap(api: FakeApi, read: Read) -> None:
    """Given a 429 that asks to wait longer than there is time, when read, then the rest is read and a gap says why."""
    api.routes[PODS] = refusal(429, "too many requests, please try again later", retry_after="60")
    api.routes[SERVICES] = items(named("web"))

    snapshot = read()

    assert names(snapshot.services) == ["web"]
    assert "too many requests" in gap(snapshot, "pods")


def test_an_ill_server_is_asked_again_and_then_a_gap(api: FakeApi, read: Read) -> None:
    """Given one list that answers 500 once and one that always does, when read, then one is there and one is a gap."""
    api.routes[PODS] = in_turn(refusal(500, "etcd leader changed"), items(named("a")))
    api.routes[SERVICES] = refusal(500, "etcdserver: request timed out")

    snapshot = read()

    assert names(snapshot.pods) == ["a"]
    assert gap(snapshot, "services") == "etcdserver: request timed out"


def test_half_a_body_is_a_gap(api: FakeApi, read: Read) -> None:
    """Given a body that ends before its promised length, when read, then that list is a gap."""
    api.routes[PODS] = raw(b'{"metadata":{},"items":[', promised=1000)

    assert not read().knows("pods")


def test_garbage_is_a_gap(api: FakeApi, read: Read) -> None:
    """Given an answer that is not JSON, and one that is no list, when read, then both are gaps that say so."""
    api.routes[PODS] = raw(b"<html>login</html>")
    api.routes[SERVICES] = answer({"metadata": {}, "items": "none"})

    snapshot = read()

    assert "is not a list" in gap(snapshot, "pods")
    assert "is not a list" in gap(snapshot, "services")


def test_one_misshapen_object_costs_only_itself(api: FakeApi, read: Read) -> None:
    """Given three pods of which one has a list for its name, when read, then two are there and a gap counts one."""
    api.routes[PODS] = items(named("a"), {"metadata": {"name": ["x"]}}, named("b", spec=None))

    snapshot = read()

    assert names(snapshot.pods) == ["a", "b"]
    assert gap(snapshot, "pods") == "1 of them have an unknown shape"


def test_what_a_hanging_list_costs(api: FakeApi, read: Read) -> None:
    """Given one list that never answers, when read within 3 s, then the rest is there and the time's end is a gap."""
    api.routes[PODS] = hang()
    api.routes[SERVICES] = items(named("web"))
    began = time.monotonic()

    snapshot = read(seconds=3.0)

    assert names(snapshot.services) == ["web"]
    assert time.monotonic() - began < 6.0
    assert any("pods" in item.what for item in snapshot.gaps)


def test_older_places_are_tried(api: FakeApi, read: Read) -> None:
    """Given a server of 1.20, when read, then budgets, cron jobs and autoscalers come from the older versions."""
    for old in ("batch/v1", "policy/v1", "autoscaling/v2"):
        plural = {"batch": "cronjobs", "policy": "poddisruptionbudgets"}.get(old[:-3], "horizontalpodautoscalers")
        api.routes[f"/apis/{old}/{plural}"] = refusal(404, "the server could not find the requested resource")
    api.routes["/apis/batch/v1beta1/cronjobs"] = items(named("nightly"))
    api.routes["/apis/policy/v1beta1/poddisruptionbudgets"] = items(named("api"))
    api.routes["/apis/autoscaling/v2beta2/horizontalpodautoscalers"] = items(named("web"))

    snapshot = read()

    found = (snapshot.cronjobs, snapshot.poddisruptionbudgets, snapshot.horizontalpodautoscalers)
    assert [names(one) for one in found] == [["nightly"], ["api"], ["web"]]


def test_endpoints_stand_in_for_slices(api: FakeApi, read: Read) -> None:
    """Given a server that serves no endpoint slices, when read, then Endpoints become slices, ready and not."""
    for version in ("v1", "v1beta1"):
        api.routes[f"/apis/discovery.k8s.io/{version}/endpointslices"] = refusal(404, "not found")
    api.routes[SERVICES] = items(named("web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}))
    subset = {"addresses": [{"ip": "10.0.0.1"}], "notReadyAddresses": [{"ip": "10.0.0.2"}], "ports": [{"port": 80}]}
    api.routes["/api/v1/namespaces/shop/endpoints"] = items(named("web", subsets=[subset]))

    snapshot = read()

    (slice_,) = snapshot.service_slices(snapshot.services[0])
    assert [(item.addresses, item.conditions.ready) for item in slice_.endpoints or ()] == [
        (("10.0.0.1",), True),
        (("10.0.0.2",), False),
    ]


def test_nothing_but_get_and_never_a_secret(api: FakeApi, read: Read) -> None:
    """Given a cluster, when read whole, then no request is for secrets, node proxies, exec or attach."""
    api.routes[PODS] = items(named("a"))

    read()

    assert len(api.requests) > 25
    forbidden = ("secrets", "/proxy", "/exec", "/attach", "/portforward")
    assert not [path for path in api.requests if any(word in path for word in forbidden)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"PodList","metadata":{"continue":"abc"},"items":[{"metadata":{"name":"a"}}]}',
        b'{"items":[{"metadata":{"continue":"no"}}],"metadata":{"continue":"abc"}}',
        b'{"metadata": {"continue": "abc"}, "items": []}',
        b'{"metadata":{"continue":"abc","note":"' + b"x" * 5000 + b'"},"items":[]}',
    ],
)
def test_the_token_of_the_next_page_is_found_wherever_it_stands(body: bytes) -> None:
    """Given a page whose token stands before its items, after them, or far away, when read, then it is found."""
    assert next_page(body) == "abc"
