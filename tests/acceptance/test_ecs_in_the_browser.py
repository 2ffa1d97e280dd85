"""A service of Amazon ECS, asked about from the page: `/diagnose prod-ecs checkout`."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.started import asked, started
from tests.integration.ecs.aws import Aws
from tests.integration.ecs.conftest import CREDENTIALS, _credentials, _server, aws
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["_credentials", "_server", "aws"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

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
    with started(tmp_path, **CREDENTIALS) as url, chromium() as browser, opened(browser, url) as page:
        yield page


def test_the_cause_stands_first_in_the_thread(page: Page) -> None:
    """Given a service whose role may not read its secret, when a person asks, then that is told before its symptoms."""
    thread = asked(page, "/diagnose prod-ecs checkout", "Diagnosis of prod-ecs › checkout")

    expect(thread).to_contain_text("ECS-R101")
    expect(thread.get_by_test_id("message").first).to_contain_text("Likely cause: service/checkout: task definition")
    reply = thread.get_by_test_id("message").nth(1).inner_text()
    assert "checkout-execution may not secretsmanager:GetSecretValue" in reply
    assert reply.index("ECS-R101") < reply.index("ECS-S101")
