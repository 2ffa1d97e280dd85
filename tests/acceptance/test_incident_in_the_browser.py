"""From an alert to the post-mortem, on a real cluster: what the team and the target did stands in one thread."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.started import PATIENCE, started
from tests.acceptance.test_rollout_in_the_browser import BROKEN, NAMESPACE, ROLLOUT, roll_out_badly, shop
from tests.integration.kubernetes.conftest import lab
from tests.integration.kubernetes.lab import Lab
from tests.integration.simulator_page.browser import chromium, opened
from tests.integration.slack.bots import free_port
from tests.unit.incidents.alert_payloads import alertmanager, prometheus_alert

__all__ = ["lab", "shop"]

pytestmark = [pytest.mark.kubernetes, pytest.mark.browser, pytest.mark.timeout(600)]

SECRET = "of-the-sender-0123456789"
SETTINGS = """
targets: {{lab: {{platform: kubernetes, kubeconfig: '{kubeconfig}'}}}}
http: {{port: {port}}}
policy:
  - {{name: incidents, do: [incident]}}
alerts:
  senders: [alertmanager]
  targets:
    - {{target: lab, scope: "{{namespace}}/{{deployment}}"}}
  incidents:
    - {{severity: sev2, channel: C0OPS}}
"""


@pytest.fixture
def port(shop: Lab, tmp_path: Path) -> int:
    """A port at which alerts about the cluster are taken, once it is started."""
    port = free_port()
    (tmp_path / "sickbay.yaml").write_text(SETTINGS.format(kubeconfig=shop.kubeconfig, port=port))
    return port


@pytest.fixture
def page(port: int, tmp_path: Path) -> Iterator[Page]:
    """Give the page of `sickbay up` with the cluster as a target, which takes alerts."""
    with (
        started(tmp_path, ALERTS_ALERTMANAGER_TOKEN=SECRET) as url,
        chromium() as browser,
        opened(browser, url) as page,
    ):
        yield page


def test_an_alert_becomes_a_post_mortem_that_tells_what_happened(
    shop: Lab, port: int, page: Page, tmp_path: Path
) -> None:
    """Given a bad rollout, when it alerts, is undone and resolved, then card, timeline and post-mortem tell so."""
    page.get_by_role("link", name="ops").click()
    roll_out_badly(shop)

    send(port, status="firing")
    cards = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="Alerts: ")
    expect(cards).to_contain_text("1 firing", timeout=PATIENCE)
    cards.get_by_test_id("open-thread").click()
    expect(page.get_by_test_id("thread-messages")).to_contain_text(f"Likely cause: {ROLLOUT}", timeout=PATIENCE)
    say(page, "/incident 1 role commander me")
    say(page, "/incident 1 update The image of the last rollout is mistyped, it is being undone.")
    expect(cards).to_contain_text("it is being undone")
    shop.kubectl("rollout", "undo", "deployment/api", "-n", NAMESPACE)
    send(port, status="resolved", endsAt="2026-11-30T03:05:00Z")
    expect(cards).to_contain_text("Monitoring", timeout=PATIENCE)
    say(page, "/incident 1 resolve")
    expect(cards).to_contain_text("Resolved", timeout=PATIENCE)

    told = exported(tmp_path)
    assert f"containers[api].image {shown_image()} → {BROKEN}" in told.replace("\\", "").replace("`", "")
    for heard in ("K8S-P103", "it is being undone", "Time to resolve", "commander"):
        assert heard in told


def send(port: int, **otherwise: object) -> None:
    """Send what Alertmanager sends of the workload."""
    labels = {"alertname": "KubePodNotReady", "namespace": NAMESPACE, "deployment": "api", "severity": "critical"}
    body = alertmanager(prometheus_alert(labels=labels, **otherwise))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/alerts/alertmanager", body, {"Authorization": f"Bearer {SECRET}"})
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def say(page: Page, words: str) -> None:
    """Type a command in the channel."""
    composer = page.get_by_test_id("composer")
    composer.fill(words)
    composer.press("Enter")
    expect(composer).to_be_empty()


def exported(directory: Path) -> str:
    """Give the post-mortem as a terminal gives it."""
    environment = {**os.environ, "XDG_DATA_HOME": str(directory / "data"), "HOME": str(directory)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "incident", "export", "1"],
        cwd=directory,
        env=environment | {"ALERTS_ALERTMANAGER_TOKEN": SECRET},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown_image() -> str:
    """Give the image before the rollout, as the change names it."""
    return ROLLOUT.partition(".image ")[2].partition(" →")[0]
