"""What changed on a real cluster, at a moment that is known: each change must come out as the one behind the finding.

No recorder watches: the snapshot alone tells. The last test watches the same changes as they happen.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Report
from tests.integration.kubernetes.lab import IMAGE, PREFIX, Lab, wait_for

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

NAME = "changed"
SHOP = PREFIX + NAME
SETTINGS = f"configmap/{SHOP}/settings"
#: Clocks of tests and cluster, which counts whole seconds, may differ by so much.
NEAR = timedelta(seconds=2)
#: Runs as long as its settings are as they should be.
COMMAND = ["sh", "-c", 'if [ "$MODE" = fast ]; then exec sleep 100000; fi; echo "bad mode $MODE"; exit 3']


def workload(name: str, *, replicas: int = 1) -> Mapping[str, Any]:
    """Give a deployment of pods that read the settings."""
    source = {"configMapRef": {"name": "settings"}}
    container = {
        "name": "app", "image": IMAGE, "imagePullPolicy": "Never", "command": COMMAND, "envFrom": [source],
        "readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 1},
    }  # fmt: skip
    spec = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": SHOP},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template},
    }  # fmt: skip


@pytest.fixture
def shop(lab: Lab) -> Iterator[Lab]:
    """Give a namespace with a deployment, its settings and its service, all of it well."""
    lab.make_namespaces([NAME])
    about = {"namespace": SHOP}
    ports = [{"port": 80, "targetPort": 8080}]
    lab.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", **about}, "data": {"MODE": "fast"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api", **about},
         "spec": {"selector": {"app": "api"}, "ports": ports}},
        workload("api"),
    )  # fmt: skip
    wait_for(lambda: lab.get("deployment", "api", "-n", SHOP)["status"].get("readyReplicas") == 1, "a ready pod")
    yield lab
    lab.remove([NAME])


def cause_of(report: Report) -> Event:
    """Give the change that is told as the likely cause of what is on top."""
    suspect = report.findings[0].suspect
    assert suspect is not None, f"no cause among {report.changes}"
    return suspect.change


def test_a_rollout_of_a_bad_image_is_the_cause(shop: Lab) -> None:
    """Given a bad image, rolled out at a known moment, then rollout, field, both values, time and writer are told."""
    began = datetime.now(UTC)
    shop.kubectl("set", "image", "deployment/api", "app=lab/nowhere:2", "-n", SHOP)

    report = shop.until(f"{SHOP}/api", "K8S-P103", f"deployment/{SHOP}/api")

    change = cause_of(report)
    assert (change.subject, change.kind, change.field) == (
        f"deployment/{SHOP}/api", EventKind.IMAGE, "containers[app].image",
    )  # fmt: skip
    assert (change.before, change.after, change.actor) == (IMAGE, "lab/nowhere:2", "kubectl-set")
    assert change.source.startswith(f"ReplicaSet {SHOP}/api-")
    assert began - NEAR <= change.at <= datetime.now(UTC) + NEAR


def test_an_edit_of_a_config_map_is_the_cause(shop: Lab) -> None:
    """Given settings that were edited, when the pods that read them crash, then that edit is told, with its key."""
    began = datetime.now(UTC)
    shop.kubectl("patch", "configmap", "settings", "-n", SHOP, "-p", '{"data":{"MODE":"slow"}}')
    shop.kubectl("delete", "pod", "-n", SHOP, "-l", "app=api", "--wait=false")

    report = shop.until(
        f"{SHOP}/api", "K8S-P101", f"deployment/{SHOP}/api", also=lambda told: told.findings[0].suspect is not None
    )

    change = cause_of(report)
    assert (change.subject, change.kind, change.actor) == (SETTINGS, EventKind.CONFIG, "kubectl-patch")
    assert change.field == "data[MODE]"
    assert began - NEAR <= change.at <= datetime.now(UTC) + NEAR
    assert "slow" not in repr(report.changes)


def test_a_scaling_down_is_the_cause(shop: Lab) -> None:
    """Given a deployment that was scaled to nothing, when its service has no endpoints, then that scaling is told."""
    began = datetime.now(UTC)
    shop.kubectl("scale", "deployment/api", "--replicas=0", "-n", SHOP)

    report = shop.until(SHOP, "K8S-S101", f"service/{SHOP}/api")

    change = cause_of(report)
    assert (change.subject, change.kind) == (f"deployment/{SHOP}/api", EventKind.SCALE)
    assert (change.field, change.before, change.after) == ("spec.replicas", "1", "0")
    assert began - NEAR <= change.at <= datetime.now(UTC) + NEAR


def test_a_node_that_is_lost_is_the_cause(shop: Lab) -> None:
    """Given a node that falls silent, then its loss is told as the cause; one that left, as a loss."""
    node = f"{PREFIX}lost-node"
    try:
        shop.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}})

        report = shop.until(f"node/{node}", "K8S-N101", f"node/{node}")

        change = cause_of(report)
        assert (change.subject, change.kind, change.field) == (f"node/{node}", EventKind.NODE_LOST, "conditions[Ready]")
    finally:
        shop.kubectl("delete", "--ignore-not-found", "node", node)
    wait_for(lambda: (f"node/{node}", EventKind.NODE_LOST) in told_changes(shop), "the cluster's word that it left")


def told_changes(shop: Lab) -> list[tuple[str, EventKind]]:
    """Give what a diagnosis of the whole cluster tells of changes."""
    return [(change.subject, change.kind) for change in shop.diagnose("").report.changes]


def test_a_recorder_sees_each_change_as_it_happens(shop: Lab) -> None:
    """Given a watch, when an image, a setting, a number of pods and a node change, then each comes out, once."""
    node, seen, stopping, watching = f"{PREFIX}brief-node", list[Event](), Signal(), Signal()

    def watch() -> None:
        for batch in catalogue.load_platforms()["kubernetes"].watch(shop.target, "", stopping):
            seen.extend(event for event in batch.events if event.kind.is_change)
            watching.set()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        assert watching.wait(60)
        shop.kubectl("set", "image", "deployment/api", "app=lab/nowhere:2", "-n", SHOP)
        shop.kubectl("patch", "configmap", "settings", "-n", SHOP, "-p", '{"data":{"MODE":"slow"}}')
        shop.kubectl("scale", "deployment/api", "--replicas=3", "-n", SHOP)
        shop.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}})
        shop.kubectl("delete", "node", node)
        expected = [
            (f"deployment/{SHOP}/api", EventKind.IMAGE, "containers[app].image", IMAGE, "lab/nowhere:2"),
            (SETTINGS, EventKind.CONFIG, "data[MODE]", "", ""),
            (f"deployment/{SHOP}/api", EventKind.SCALE, "spec.replicas", "1", "3"),
            (f"node/{node}", EventKind.NODE_JOINED, "", "", ""),
            (f"node/{node}", EventKind.NODE_LOST, "", "", ""),
        ]

        def told() -> list[tuple[str, EventKind, str, str, str]]:
            rows = [(one.subject, one.kind, one.field, one.before, one.after) for one in list(seen)]
            return [row for row in rows if SHOP in row[0] or node in row[0]]

        wait_for(lambda: set(expected) <= set(told()), "every change")
        assert sorted(told()) == sorted(expected)
    finally:
        stopping.set()
        shop.kubectl("delete", "--ignore-not-found", "node", node)
    thread.join(10)
    assert not thread.is_alive()
