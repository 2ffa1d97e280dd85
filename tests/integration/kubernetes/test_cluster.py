"""Faults of what belongs to no namespace: nodes, webhooks, APIs. Each is made for its test alone, and taken away."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.kubernetes.lab import PREFIX, KubectlError, Lab, read_scenario, told, wait_for

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

_GRACE = timedelta(minutes=4)


@pytest.fixture
def made(lab: Lab, request: pytest.FixtureRequest) -> Iterator[list[Mapping[str, Any]]]:
    """Give the objects of a scenario, whose namespace is there: nodes are made, the rest is the test's to make."""
    name: str = request.param
    objects = read_scenario(name)
    nodes = [item for item in objects if item["kind"] == "Node"]
    try:
        lab.make_namespaces([name])
        for node in nodes:
            lab.apply(node)
            if "status" in node:
                lab.beat(node["metadata"]["name"])
        yield [item for item in objects if item not in nodes]
    finally:
        for item in objects:
            if "namespace" not in item["metadata"]:
                lab.kubectl("delete", "--ignore-not-found", item["kind"], item["metadata"]["name"])
        lab.kubectl("delete", "--ignore-not-found", "lease", "-n", "kube-node-lease", PREFIX + name)
        lab.remove([name])


def scenario(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("made", [name], ids=[name], indirect=True)


@scenario("silent-node")
@pytest.mark.usefixtures("made")
def test_a_node_that_is_silent(lab: Lab) -> None:
    """Given a node of which nothing is heard, when it is diagnosed, then its silence is on top."""
    lab.until("node/sickbay-silent-node", "K8S-N101", "node/sickbay-silent-node")


@scenario("cordoned-node")
def test_a_node_that_is_cordoned(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given a pod that may only run on a cordoned node, then the cordon is told, and is the cause of the wait."""
    lab.apply(*made)

    report = lab.until(
        "sickbay-cordoned-node", "K8S-P104", "deployment/sickbay-cordoned-node/api",
        later=_GRACE, meanwhile=lambda: lab.beat("sickbay-cordoned-node"),
    )  # fmt: skip

    assert "cordoned" in report.findings[0].summary


@scenario("tainted-node")
def test_a_node_that_is_kept_for_others(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given a pod that may only run on a node whose taint it does not tolerate, then the taint is the cause."""
    lab.apply(*made)

    report = lab.until(
        "sickbay-tainted-node", "K8S-P104", "deployment/sickbay-tainted-node/api",
        later=_GRACE, meanwhile=lambda: lab.beat("sickbay-tainted-node"),
    )  # fmt: skip

    assert "dedicated" in report.findings[0].summary


@scenario("budget-blocks-drain")
def test_a_budget_that_blocks_a_drain(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given the only pod of a budget on a node that is being drained, then the budget is on top."""
    lab.apply(*made)
    namespace = "sickbay-budget-blocks-drain"
    wait_for(lambda: lab.get("pods", "-n", namespace)["items"], "a pod on the node")
    (pod,) = lab.get("pods", "-n", namespace)["items"]
    ready = {"type": "Ready", "status": "True"}
    running = {"name": "app", "image": "x", "imageID": "x", "ready": True, "restartCount": 0, "state": {"running": {}}}
    status = {"phase": "Running", "conditions": [ready], "containerStatuses": [running]}
    lab.replace_status(f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}", {**pod, "status": status})

    lab.until(
        namespace,
        "K8S-W107",
        f"poddisruptionbudget/{namespace}/api",
        later=_GRACE,
        meanwhile=lambda: lab.beat(namespace),
    )


@scenario("daemon-set-misscheduled")
def test_a_pod_of_a_daemon_set_where_it_should_not_be(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given a node that was tainted after a daemon set's pod came to it, then the daemon set is on top."""
    lab.apply(*made)
    name = "sickbay-daemon-set-misscheduled"

    def placed() -> bool:
        lab.beat(name)
        return any(pod["spec"].get("nodeName") == name for pod in lab.get("pods", "-n", name)["items"])

    wait_for(placed, "the daemon set's pod on its node")
    lab.kubectl("taint", "node", name, "sickbay.test/later:NoSchedule")

    lab.until(name, "K8S-W104", f"daemonset/{name}/agent", later=_GRACE, meanwhile=lambda: lab.beat(name))


@scenario("webhook-gone")
def test_a_webhook_whose_service_is_gone(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given a webhook that must agree to pods and cannot be asked, then it explains why there are no pods."""
    webhook, workload = made
    lab.apply(webhook)
    wait_for(lambda: _refuses_pods(lab), "the webhook to be asked")
    lab.apply(workload)

    report = lab.until("sickbay-webhook-gone", "K8S-X102", "webhook/policy.sickbay.test", later=_GRACE)

    folded = [item.code for item in report.findings if item.explained_by]
    assert "K8S-W102" in folded, told(report)


def _refuses_pods(lab: Lab) -> bool:
    try:
        lab.kubectl("run", "probe", "-n", "sickbay-webhook-gone", "--image=x", "--restart=Never", "--dry-run=server")
    except KubectlError as error:
        return "policy.sickbay.test" in str(error)
    return False


@scenario("api-service-down")
def test_an_api_that_nobody_answers_for(lab: Lab, made: list[Mapping[str, Any]]) -> None:
    """Given an API whose service is gone, then it is on top of a namespace whose deletion it holds up."""
    lab.apply(*made)
    wait_for(lambda: lab.get("apiservice", "v1.broken.sickbay.test").get("status"), "the API to be found missing")
    lab.kubectl("delete", "namespace", "sickbay-api-service-down", "--wait=false")

    lab.until(
        "sickbay-api-service-down", "K8S-X103", "apiservice/v1.broken.sickbay.test", later=timedelta(minutes=30),
        also=lambda report: "K8S-X108" in {item.code for item in report.findings if item.explained_by},
    )  # fmt: skip
