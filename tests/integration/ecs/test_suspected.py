"""After a bad rollout a diagnosis names it, its field, time and author: from AWS alone, or as it was recorded."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.events import Coverage, History, Likelihood
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request
from tests.integration.ecs.aws import REGION, Aws, error
from tests.integration.ecs.conftest import APP, Diagnose
from tests.integration.ecs.watched import MACHINE, Shop, Watching, ended

DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web"


def described(asked: dict[str, Any]) -> dict[str, Any]:
    """Give the definition of a revision, whose image has the same number as its tag."""
    arn = asked["taskDefinition"]
    app = {**APP, "image": f"shop/web:{arn.rpartition(':')[2]}"}
    return {"taskDefinition": {"taskDefinitionArn": arn, "cpu": "256", "containerDefinitions": [app]}}


def crashing(began: float, **differs: Any) -> dict[str, Any]:
    """Give `web` in the midst of a deployment, of whose tasks none stays up."""
    deployment = {"id": "ecs-svc/2", "status": "PRIMARY", "taskDefinition": f"{DEFINITION}:2", "createdAt": began,
                  "rolloutState": "IN_PROGRESS", "failedTasks": 3}  # fmt: skip
    return {
        "serviceArn": "arn:s/web", "serviceName": "web", "status": "ACTIVE", "desiredCount": 2, "runningCount": 0,
        "taskDefinition": f"{DEFINITION}:2", "deployments": [deployment], **differs,
    }  # fmt: skip


def test_the_deployment_is_the_likely_cause_of_tasks_that_exit(aws: Aws, diagnose: Diagnose) -> None:
    """Given tasks that exit since ada deployed another image, then the report names image, both tags, time and ada."""
    began = time.time() - 600
    aws.answer("DescribeServices", {"services": [crashing(began, currentServiceDeployment="arn:d/1")]})
    aws.answer("ListServices", {"serviceArns": ["arn:s/web"]})
    deployment = {"serviceArn": "arn:s/web", "createdAt": began, "sourceServiceRevisions": [{"arn": "arn:r/1"}],
                  "targetServiceRevision": {"arn": "arn:r/2"}}  # fmt: skip
    aws.answer("DescribeServiceDeployments", {"serviceDeployments": [deployment]})
    revisions = [{"serviceRevisionArn": f"arn:r/{nth}", "taskDefinition": f"{DEFINITION}:{nth}"} for nth in (1, 2)]
    aws.answer("DescribeServiceRevisions", {"serviceRevisions": revisions})
    aws.answer_by("DescribeTaskDefinition", described)
    told = {"requestParameters": {"cluster": "prod", "service": "web", "taskDefinition": "web:2"}}
    aws.answer_by(
        "LookupEvents",
        lambda asked: {
            "Events": [
                {"EventName": "UpdateService", "EventTime": began - 1, "Username": "ada",
                 "CloudTrailEvent": json.dumps(told)}
            ] if asked["LookupAttributes"][0]["AttributeValue"] == "UpdateService" else []
        },
    )  # fmt: skip
    tasks = [
        ended(f"t{nth}", stoppedAt=began + 60 * nth, taskDefinitionArn=f"{DEFINITION}:2", createdAt=began)
        for nth in (1, 2, 3)
    ]
    aws.answer("ListTasks", {"taskArns": [task["taskArn"] for task in tasks]})
    aws.answer("DescribeTasks", {"tasks": tasks})

    first = _first(diagnose().report)

    assert first == (
        "service/web", "image of app", "shop/web:1", "shop/web:2", "ada", datetime.fromtimestamp(began, UTC), "likely",
    )  # fmt: skip


def test_what_was_recorded_is_the_cause_where_aws_tells_nothing_of_it(aws: Aws, shop: Shop, watch: Watching) -> None:
    """Given a rollout that was watched, and no right to ask about deployments, then it is named all the same."""
    batches = watch()
    next(batches)
    shop.deploy(shop.define(image="shop/web:3"))
    recorded = next(batches).events
    for operation in ("ListServiceDeployments", "DescribeServiceDeployments", "LookupEvents"):
        aws.answer(operation, error("AccessDeniedException", "no"))
    shop.stopped(*(ended(f"t{nth}", stoppedAt=time.time() + 1) for nth in range(3)))
    now = datetime.now(UTC) + timedelta(seconds=2)
    watched = Coverage(since=now - timedelta(hours=2), until=now, sources=("recorder",))
    target = EcsTarget(name="shop", region=REGION, cluster=shop.name, endpoint_url=aws.url)

    report = engine.diagnose(
        target, Request(), budget=Budget(20), history=lambda: History(changes=recorded, coverage=watched)
    ).report

    assert _first(report)[:4] == ("service/web", "image of app", APP["image"], "shop/web:3")


@pytest.mark.parametrize("scope", ["", "web"])
def test_changes_alone_are_listed_of_services_that_are_well(aws: Aws, shop: Shop, scope: str) -> None:
    """Given a service that is well since its deployment, when changes are asked for, then what that changed is told."""
    began = time.time() - 600
    well = crashing(began, runningCount=2)
    well["deployments"][0] |= {"failedTasks": 0, "rolloutState": "COMPLETED"}
    aws.answer("DescribeServices", {"services": [well]})
    aws.answer("ListServiceDeployments", {"serviceDeployments": [{"serviceDeploymentArn": "arn:d/1"}]})
    deployment = {"serviceArn": "arn:s/web", "createdAt": began, "sourceServiceRevisions": [{"arn": "arn:r/1"}],
                  "targetServiceRevision": {"arn": "arn:r/2"}}  # fmt: skip
    aws.answer("DescribeServiceDeployments", {"serviceDeployments": [deployment]})
    revisions = [{"serviceRevisionArn": f"arn:r/{nth}", "taskDefinition": f"{DEFINITION}:{nth}"} for nth in (1, 2)]
    aws.answer("DescribeServiceRevisions", {"serviceRevisions": revisions})
    aws.answer_by("DescribeTaskDefinition", described)
    target = EcsTarget(name="shop", region=REGION, cluster=shop.name, endpoint_url=aws.url)

    report = engine.diagnose(
        target, Request(scope=scope, changes=True, window=timedelta(hours=2)), budget=Budget(20)
    ).report

    assert report.findings == ()
    assert [(one.subject, one.field, one.before, one.after) for one in report.changes] == [
        ("service/web", "image of app", "shop/web:1", "shop/web:2")
    ]
    assert report.coverage is not None
    assert "services: 1" in report.coverage.sources


def test_who_scaled_drained_and_took_out_is_told_by_cloudtrail(aws: Aws, shop: Shop) -> None:
    """Given calls of ada that CloudTrail has, when changes are asked for, then each is told with its time and her."""
    began = time.time() - 600
    arn = MACHINE["containerInstanceArn"]
    shop.machines(MACHINE | {"status": "DRAINING"})
    asked: dict[str, dict[str, Any]] = {
        "UpdateService": {"service": "web", "desiredCount": 0},
        "UpdateContainerInstancesState": {"containerInstances": [arn], "status": "DRAINING"},
        "DeregisterContainerInstance": {"containerInstance": arn.replace("c0", "c1")},
    }

    def recorded(query: dict[str, Any]) -> dict[str, Any]:
        name = query["LookupAttributes"][0]["AttributeValue"]
        told = {"requestParameters": {"cluster": shop.name, **asked[name]}}
        text = json.dumps(told)
        return {"Events": [{"EventName": name, "EventTime": began, "Username": "ada", "CloudTrailEvent": text}]}

    aws.answer_by("LookupEvents", recorded)
    target = EcsTarget(name="shop", region=REGION, cluster=shop.name, endpoint_url=aws.url)

    report = engine.diagnose(target, Request(changes=True, window=timedelta(hours=2)), budget=Budget(20)).report

    by_ada = [(one.kind, one.subject, one.field, one.after) for one in report.changes if one.actor == "ada"]
    assert sorted(by_ada) == [
        ("node changed", "instance/i-0a1b2c3d4e5f60718", "status", "DRAINING"),
        ("node lost", f"cluster/{shop.name}", "container instance c1", "deregistered"),
        ("scale", "service/web", "desiredCount", "0"),
    ]
    assert {one.at for one in report.changes if one.actor} == {datetime.fromtimestamp(began, UTC)}


def _first(report: Report) -> tuple[Any, ...]:
    """Give the likely cause that the first finding names."""
    suspect = report.causes[0].suspect
    assert suspect is not None
    assert suspect.likelihood is Likelihood.LIKELY
    one = suspect.change
    return one.subject, one.field, one.before, one.after, one.actor, one.at, suspect.likelihood
