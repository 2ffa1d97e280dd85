"""A service of Amazon ECS, asked about from the page: `/diagnose prod-ecs checkout`."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.ecs.aws import Aws
from tests.integration.ecs.conftest import CREDENTIALS, _credentials, _server, aws
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["_credentials", "_server", "aws"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

#: Within this time a diagnosis ends; its own budget is shorter. Milliseconds.
_PATIENCE = 90_000
_URL = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
_DENIED = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: AccessDeniedException: User: "
    "arn:aws:sts::123456789012:assumed-role/checkout-execution/1 is not authorized to perform: "
    "secretsmanager:GetSecretValue on resource: *"
)


def _checkout(definition: str) -> dict[str, Any]:
    """Give the service `checkout`, none of whose tasks run since its deployment half an hour ago."""
    deployment = {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": definition,
        "rolloutState": "IN_PROGRESS",
        "failedTasks": 6,
        "createdAt": time.time() - 1800,
    }
    service = {"serviceName": "checkout", "status": "ACTIVE", "desiredCount": 2, "taskDefinition": definition}
    return {"services": [{**service, "runningCount": 0, "deployments": [deployment]}]}


def _denied(told: dict[str, Any]) -> dict[str, Any]:
    """Let its tasks have been stopped for a secret that their role may not read."""
    for task in told["tasks"]:
        task |= {"group": "service:checkout", "stopCode": "TaskFailedToStart", "stoppedReason": _DENIED}
        task |= {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stoppedAt": time.time() - 60}
    return told


@pytest.fixture
def page(aws: Aws, tmp_path: Path) -> Iterator[Page]:
    """Give the page of `sickbay up` with the target `prod-ecs`, in which `checkout` is unwell."""
    ecs = aws.client("ecs")
    aws.answer("ListTasks", {"taskArns": ecs.list_tasks(cluster="prod")["taskArns"]})
    definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["taskDefinitionArn"]
    aws.answer("DescribeServices", _checkout(definition))
    aws.edit("DescribeTasks", _denied)
    (tmp_path / "sickbay.yaml").write_text(
        f"targets: {{prod-ecs: {{platform: ecs, region: eu-west-1, cluster: prod, endpoint_url: '{aws.url}'}}}}\n"
    )
    services = ("SLACK_", "REDIS_", "SICKBAY_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(services)}
    up = subprocess.Popen(
        [sys.executable, "-m", "bot", "up"],
        cwd=tmp_path,
        env={**environment, **CREDENTIALS, "XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert up.stdout
    try:
        url = next(found[0] for line in up.stdout if (found := _URL.search(line)))
        with chromium() as browser, opened(browser, url) as page:
            yield page
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0


def test_the_cause_stands_first_in_the_thread(page: Page) -> None:
    """Given a service whose role may not read its secret, when a person asks, then that is told before its symptoms."""
    composer = page.get_by_test_id("composer")
    composer.fill("/diagnose prod-ecs checkout")
    composer.press("Enter")
    messages = page.get_by_test_id("messages").get_by_test_id("message")
    root = messages.filter(has_text="Diagnosis of prod-ecs › checkout").last
    expect(root.get_by_role("button", name="Run again")).to_be_visible(timeout=_PATIENCE)
    root.get_by_test_id("open-thread").click()

    thread = page.get_by_test_id("thread-messages")

    expect(thread).to_contain_text("ECS-R101")
    reply = thread.get_by_test_id("message").nth(1).inner_text()
    assert "checkout-execution may not secretsmanager:GetSecretValue" in reply
    assert reply.index("ECS-R101") < reply.index("ECS-S101")
