"""Logs of the unwell, within bounds, also of pods that are gone and of nodes that do not answer."""

from typing import Any

from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, Handler, items, raw, refusal

LOG = "/api/v1/namespaces/shop/pods/{}/log"


def crashing(name: str, node: str = "node-1") -> dict[str, Any]:
    """A pod that stands alone and crashes."""
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    status = {
        "name": "app",
        "restartCount": 5,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": ended,
    }
    return {
        "metadata": {"name": name, "namespace": "shop", "uid": name},
        "spec": {"nodeName": node, "containers": [{"name": "app"}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }


def test_the_log_of_the_run_before_is_cleaned(api: FakeApi, read: Read) -> None:
    """Given a crashing pod whose log holds a password and escapes, when read, then both are out and the rest is in."""
    api.routes["/api/v1/pods"] = items(crashing("a"))
    api.routes[LOG.format("a")] = raw(b"2026-11-24T02:58:00Z \x1b[31mpassword=hunter2222 refused\xff\n")

    (log,) = read().logs

    assert log.previous
    assert log.tail.last_line == "password=[redacted] refused\ufffd"


def test_what_the_kubelet_says_in_place_of_a_log_is_none(api: FakeApi, read: Read) -> None:
    """Given a container that the kubelet removed after its pod was listed, when read, then its excuse is no log."""
    api.routes["/api/v1/pods"] = items(crashing("a"))
    api.routes[LOG.format("a")] = raw(b"unable to retrieve container logs for docker://b01c191b7a6dc117")

    assert read().logs == ()


def test_a_pod_that_is_gone_is_no_gap(api: FakeApi, read: Read) -> None:
    """Given a pod that was deleted after it was listed, when read, then there is no log and no gap for it."""
    api.routes["/api/v1/pods"] = items(crashing("a"))
    api.routes[LOG.format("a")] = refusal(404, 'pods "a" not found')

    snapshot = read()

    assert snapshot.logs == ()
    assert not [gap for gap in snapshot.gaps if "log" in gap.what]


def test_a_log_without_end_is_cut(api: FakeApi, read: Read) -> None:
    """Given a log of a gigabyte, when read, then no more than its bound is read and it is marked as cut."""

    def endless(handler: Handler, _query: dict[str, str]) -> None:
        handler.send(200, b"", promised=1_000_000_000)
        for _ in range(2000):
            handler.wfile.write(b"x y\n" * 16_384)

    api.routes["/api/v1/pods"] = items(crashing("a"))
    api.routes[LOG.format("a")] = endless

    (log,) = read().logs

    assert log.tail.cut
    assert len(log.tail.text) <= 128 * 1024


def test_a_node_that_does_not_answer_is_asked_once(api: FakeApi, read: Read) -> None:
    """Given twenty crashing pods on a node without its kubelet, when read, then few are asked for and a gap tells."""
    api.routes["/api/v1/pods"] = items(*(crashing(f"pod-{n}") for n in range(20)), crashing("well", "node-2"))
    for n in range(20):
        api.routes[LOG.format(f"pod-{n}")] = refusal(500, 'Get "https://node-1:10250/": dial tcp: connection refused')
    api.routes[LOG.format("well")] = raw(b"2026-11-24T02:58:00Z out of luck\n")

    snapshot = read()

    asked = [path for path in api.requests if "/pod-" in path and "/log?" in path]
    assert 1 <= len(asked) <= 8
    assert [log.pod for log in snapshot.logs] == ["shop/well"]
    assert [gap.what for gap in snapshot.gaps if "log" in gap.what] == ["logs of pods on 1 node (node-1)"]
