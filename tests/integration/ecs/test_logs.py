"""Logs of ECS that a person asks for, from CloudWatch, and what one may type."""

from collections.abc import Callable
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request
from tests.integration.ecs.aws import REGION, Aws, error
from tests.integration.ecs.conftest import Diagnose
from tests.integration.ecs.test_reading import exited, running

Ask = Callable[[str], tuple[Log, ...]]
SAID = "FATAL: login as app with hunter2hunter2 failed"


@pytest.fixture
def ask(aws: Aws) -> Ask:
    """Ask for logs of `prod`, whose streams each say whose they are."""

    def say(asked: dict[str, Any]) -> dict[str, Any]:
        message = f"{SAID} {asked['logGroupName']} {asked['logStreamName']} {asked['limit']}"
        return {"events": [{"timestamp": 1_900_000_000_000, "message": message}]}

    aws.answer_by("GetLogEvents", say)
    target = EcsTarget(name="prod-ecs", region=REGION, cluster="prod", endpoint_url=aws.url)
    return lambda scope: read_logs(target, Request(scope=scope, logs=True), budget=Budget(20))


def tasks(aws: Aws) -> list[str]:
    """Give the ids of the tasks of the service `web`."""
    return [arn.rpartition("/")[2] for arn in aws.client("ecs").list_tasks(cluster="prod")["taskArns"]]


def test_the_logs_of_a_service_begin_with_what_failed(aws: Aws, ask: Ask) -> None:
    """Given a service of four tasks, one of which failed, then its log comes first, without its secrets."""
    aws.edit("DescribeTasks", exited)
    failed = tasks(aws)[0]

    logs = ask("web")

    assert len(logs) == 4
    assert logs[0].name == f"web/{failed[:8]}"
    assert logs[0].text == (
        f"2030-03-17T17:46:40Z FATAL: login as app with [redacted] failed /ecs/web web/app/{failed} 1000"
    )
    assert "DescribeTargetGroups" not in aws.called


@pytest.mark.usefixtures("ask")
def test_to_compare_the_failed_are_marked(aws: Aws) -> None:
    """Given a service of four tasks, one of which failed, when compared, then it alone is marked."""
    aws.edit("DescribeTasks", exited)
    target = EcsTarget(name="prod-ecs", region=REGION, cluster="prod", endpoint_url=aws.url)

    logs = read_logs(target, Request(scope="web", logs=True, siblings=True), budget=Budget(20))

    assert [log.unwell for log in logs] == [True, False, False, False]


def test_the_log_of_one_task(aws: Aws, ask: Ask) -> None:
    """Given a task by its service and the beginning of its id, or by its id alone, then its log alone comes."""
    wanted = tasks(aws)[1]

    assert [log.name for log in ask(f"web/{wanted[:8]}")] == [f"web/{wanted[:8]}"]
    assert [log.name for log in ask(wanted)] == [f"web/{wanted[:8]}"]
    assert [log.name for log in ask(f"task/{wanted}")] == [f"web/{wanted[:8]}"]


def test_of_many_tasks_five_are_read_and_the_others_named(aws: Aws, ask: Ask) -> None:
    """Given seven tasks of a service, then the logs of five come, and two are named."""

    def more(told: dict[str, Any]) -> dict[str, Any]:
        first = told["tasks"][0]
        told["tasks"] = [{**first, "taskArn": f"{first['taskArn'][:-8]}{nth:08}"[-200:]} for nth in range(7)]
        for nth, task in enumerate(told["tasks"]):
            task["taskArn"] = f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{nth:08}{'0' * 24}"
        return told

    aws.edit("DescribeTasks", more)

    logs = ask("web")

    assert len(logs) == 6
    assert logs[-1].text.splitlines()[1:] == ["web/00000005", "web/00000006"]


def test_a_log_that_goes_elsewhere_says_so(aws: Aws, ask: Ask) -> None:
    """Given a definition with another log driver, when a log is asked for, then the sentence names the driver."""

    def elsewhere(told: dict[str, Any]) -> dict[str, Any]:
        told["taskDefinition"]["containerDefinitions"][0]["logConfiguration"] = {"logDriver": "awsfirelens"}
        return told

    aws.edit("DescribeTaskDefinition", elsewhere)

    with pytest.raises(PermanentError, match="It goes elsewhere: its log driver is awsfirelens, and Sickbay reads"):
        ask("web")


def test_what_aws_refuses_is_told(aws: Aws, ask: Ask) -> None:
    """Given no right to read logs, no log group, or no right to anything, then a sentence says which call it was."""
    aws.answer("GetLogEvents", error("AccessDeniedException", "not authorized to perform: logs:GetLogEvents"))
    with pytest.raises(PermanentError, match=r"Logs GetLogEvents.*not authorized to perform: logs:GetLogEvents"):
        ask("web")

    aws.answer("GetLogEvents", error("ResourceNotFoundException", "The specified log group does not exist."))
    with pytest.raises(PermanentError, match="There is no log group /ecs/web"):
        ask("web")

    aws.answer("DescribeServices", error("AccessDeniedException", "not authorized to perform: ecs:DescribeServices"))
    with pytest.raises(PermanentError, match=r"^ecs DescribeServices: AccessDeniedException"):
        ask("web")


def test_what_is_not_there_is_answered_with_the_nearest(aws: Aws, ask: Ask) -> None:
    """Given a slip of the pen, a service without tasks, and a task that is gone, then each is told apart."""
    with pytest.raises(UnknownScopeError, match="Did you mean web"):
        ask("wbe")
    aws.answer_by("ListTasks", lambda asked: {"taskArns": []} if asked.get("serviceName") == "api" else None)
    with pytest.raises(PermanentError, match=r"of api: It has no tasks, nor had any in the last hour\.$"):
        ask("api")
    with pytest.raises(UnknownScopeError, match="No service, task or container instance here is named 'web/ffffffff'"):
        ask("web/ffffffff")


def test_what_can_be_typed_begins_with_the_services_in_doubt(aws: Aws, diagnose: Diagnose) -> None:
    """Given two services, one of which is short of tasks, when the cluster is read, then it comes first."""

    def short(told: dict[str, Any]) -> dict[str, Any]:
        running(told)
        for service in told["services"]:
            service["runningCount"] = 2 if service["serviceName"] == "api" else 1
        return told

    aws.edit("DescribeServices", short)

    (scopes,) = diagnose().scopes.values()

    assert scopes[:2] == ("web", "api")
    assert set(scopes[2:]) == {f"web/{task[:8]}" for task in tasks(aws)}
