"""The question every incident starts with: after a bad rollout, `/diagnose lab shop/api` names it, its field, its time.

On a real cluster, from the page.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.started import asked, started
from tests.integration.kubernetes.conftest import lab
from tests.integration.kubernetes.lab import IMAGE, PREFIX, Lab, wait_for
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["lab"]

pytestmark = [pytest.mark.kubernetes, pytest.mark.browser, pytest.mark.timeout(600)]

SCENARIO = "rolled-out"
NAMESPACE = PREFIX + SCENARIO
BROKEN = "lab/busybox:brokn"
ROLLOUT = f"deployment/{NAMESPACE}/api: containers[api].image {IMAGE} → {BROKEN}, by kubectl-set"


def deployment() -> dict[str, Any]:
    labels = {"app": "api"}
    container = {"name": "api", "image": IMAGE, "imagePullPolicy": "Never", "command": ["sleep", "100000"]}
    template = {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": NAMESPACE},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


@pytest.fixture
def shop(lab: Lab) -> Iterator[Lab]:
    """A cluster with a workload that runs."""
    lab.make_namespaces([SCENARIO])
    try:
        lab.apply(deployment())
        lab.kubectl("rollout", "status", "deployment/api", "-n", NAMESPACE, "--timeout=120s")
        yield lab
    finally:
        lab.remove([SCENARIO])


@pytest.fixture
def page(shop: Lab, tmp_path: Path) -> Iterator[Page]:
    """Give the page of `sickbay up` with the cluster as a target, for somebody in London in winter."""
    (tmp_path / "sickbay.yaml").write_text(
        f"targets: {{lab: {{platform: kubernetes, kubeconfig: '{shop.kubeconfig}'}}}}\n"
    )
    with (
        started(tmp_path) as url,
        chromium() as browser,
        opened(browser, url, timezone_id="UTC", locale="en-GB") as page,
    ):
        yield page


def test_after_a_bad_rollout_the_card_names_its_field_and_time(shop: Lab, page: Page) -> None:
    """Given a rollout of an image that is not there, when a person asks, then the card names that as the cause."""
    roll_out_badly(shop)
    at = _rolled_out(shop)

    thread = asked(page, f"/diagnose lab {NAMESPACE}/api", f"Diagnosis of lab › {NAMESPACE}/api")

    expect(thread).to_contain_text("K8S-P103")
    card, reply = _messages(thread)
    assert f"Likely cause: {ROLLOUT}, " in card
    assert f" {at.hour}:{at:%M}, " in card
    assert f"Likely cause: {ROLLOUT}" in reply
    assert "What changed" in reply
    assert "Watched: " in reply


def test_the_thread_can_be_asked_what_changed(shop: Lab, page: Page) -> None:
    """Given a workload that is well, when a person asks what changed, then its making is listed, and who watched."""
    thread = asked(page, f"/diagnose lab {NAMESPACE}/api changes --since 2h", f"Changes of lab › {NAMESPACE}/api")

    expect(thread).to_contain_text("What changed")
    card, reply = _messages(thread)
    assert "change since" in card or "changes since" in card
    assert "wrong" not in card
    assert f"deployment/{NAMESPACE}/api: created" in reply
    assert "Watched: " in reply


def roll_out_badly(shop: Lab) -> None:
    """Give the workload an image that is not there, and wait until a pod of it says so."""
    shop.kubectl("set", "image", "deployment/api", f"api={BROKEN}", "-n", NAMESPACE)
    wait_for(lambda: _waiting(shop), "a pod that cannot have its image")


def _messages(thread: Locator) -> tuple[str, str]:
    """Give what the card and the first reply say, each on one line."""
    card, reply = (thread.get_by_test_id("message").nth(number).inner_text() for number in (0, 1))
    return " ".join(card.split()), " ".join(reply.split())


def _waiting(shop: Lab) -> bool:
    pods = shop.get("pods", "-n", NAMESPACE)["items"]
    statuses = [status for pod in pods for status in pod["status"].get("containerStatuses", ())]
    return any("Image" in status["state"].get("waiting", {}).get("reason", "") for status in statuses)


def _rolled_out(shop: Lab) -> datetime:
    """Give when the broken template came, as the cluster itself says."""
    (moment,) = (
        item["metadata"]["creationTimestamp"]
        for item in shop.get("replicasets", "-n", NAMESPACE)["items"]
        if item["spec"]["template"]["spec"]["containers"][0]["image"] == BROKEN
    )
    return datetime.fromisoformat(moment)
