"""What a deployment changed stands, field by field, in the evidence of what came of it."""

from typing import Any

import msgspec
import pytest

from sickbay.diagnostics.check import Check
from sickbay.diagnostics.platforms.ecs.checks.deployment_failed import deployment_failed
from sickbay.diagnostics.platforms.ecs.checks.not_starting import not_starting
from sickbay.diagnostics.platforms.ecs.checks.short_of_tasks import short_of_tasks
from sickbay.diagnostics.platforms.ecs.revisions import change_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    arn,
    balancer,
    cluster,
    definition,
    deployment,
    event,
    failing,
    service,
)


def brought(**differs: Any) -> ServiceDeployment:
    """Give the deployment of `web` from revision 1 to 2, ten minutes ago, under way."""
    wire = {
        "serviceArn": arn("service", "web"),
        "status": "IN_PROGRESS",
        "createdAt": ago(minutes=10),
        "sourceServiceRevisions": [{"arn": "revision/1"}],
        "targetServiceRevision": {"arn": "revision/2"},
        **differs,
    }
    return msgspec.convert(wire, ServiceDeployment)


def revision(number: int, **differs: Any) -> ServiceRevision:
    """Give a revision of `web`, with the task definition of the same number."""
    wire = {
        "serviceRevisionArn": f"revision/{number}",
        "taskDefinition": arn("task-definition", f"web:{number}"),
        "launchType": "FARGATE",
        **differs,
    }
    return msgspec.convert(wire, ServiceRevision)


def changed(before: ServiceRevision, after: ServiceRevision, *definitions: TaskDefinition) -> list[str]:
    """Give the lines on the change from one revision to the other."""
    snapshot = cluster(service(), deployments=(brought(),), revisions=(after, before), definitions=definitions)
    return [line for item in change_evidence(snapshot, service()) for line in item.value.split("\n")]


def variables(**marks: str) -> dict[str, Any]:
    """Give a container with these variables, each with the mark of its value."""
    return {"environment": [{"name": name, "mark": mark} for name, mark in marks.items()]}


def test_each_field_of_the_definition_is_told_from_what_to_what() -> None:
    """Given another image, less memory and another network mode, then each is told with both values."""
    lines = changed(
        revision(1),
        revision(2),
        definition("web:1", app={"image": "shop/web:1", "command": ["serve"]}),
        definition("web:2", app={"image": "shop/web:2", "command": ["serve", "--fast"]}, memory="256", cpu="512"),
    )

    assert lines == [
        "task definition: web:1 → web:2",
        "CPU of the task: 256 → 512",
        "memory of the task: 512 → 256",
        "image of app: shop/web:1 → shop/web:2",
        "command of app: serve → serve --fast",
    ]


def test_of_the_environment_names_alone_are_told() -> None:
    """Given variables that came, went and changed, then their names are told and no value, nor its mark."""
    lines = changed(
        revision(1),
        revision(2),
        definition("web:1", app=variables(HOST="aa11", GONE="bb22", SAME="cc33")),
        definition("web:2", app=variables(HOST="dd44", NEW="ee55", SAME="cc33")),
    )

    assert lines[1:] == ["environment of app: NEW added, GONE removed, HOST changed"]


def test_network_load_balancers_and_a_moved_tag_are_told() -> None:
    """Given the same definition in other subnets, behind another group, with an image that was pushed anew."""

    def differing(number: int, subnet: str, group: str, digest: str) -> ServiceRevision:
        return revision(
            number,
            taskDefinition=arn("task-definition", "web:2"),
            networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": ["sg-1"]}},
            loadBalancers=[balancer(group)],
            containerImages=[{"containerName": "app", "image": "shop/web:2", "imageDigest": digest}],
        )

    lines = changed(differing(1, "subnet-a", "blue", "sha256:1"), differing(2, "subnet-b", "green", "sha256:2"))

    assert lines == [
        "subnets: subnet-a → subnet-b",
        "load balancers: app:8080 in blue → app:8080 in green",
        "digest of the image of app: sha256:1 → sha256:2",
    ]


def test_a_definition_that_was_not_read_is_not_compared() -> None:
    """Given the definition of one revision alone, then no field of it is told as new."""
    assert changed(revision(1), revision(2), definition("web:2")) == ["task definition: web:1 → web:2"]


def test_without_the_api_of_deployments_the_rollout_under_way_tells() -> None:
    """Given a rollout and no service deployment, then its definition is compared with the one that still runs."""
    rolling = service(deployments=[deployment(), deployment("web:1", status="ACTIVE")])
    snapshot = cluster(rolling, definitions=[definition("web:1", memory="1024"), definition()])

    (evidence,) = change_evidence(snapshot, rolling)

    assert evidence.source == "ecs DescribeServices web deployments"
    assert evidence.value == "task definition: web:1 → web:2\nmemory of the task: 1024 → 512"
    assert evidence.at == ago(hours=3)


def test_where_nothing_is_deployed_nothing_is_told() -> None:
    """Given a service with one deployment, or a first one that comes from nothing, then nothing has changed."""
    first = brought(sourceServiceRevisions=[])

    assert change_evidence(cluster(service()), service()) == ()
    assert change_evidence(cluster(service(), deployments=(first,), revisions=(revision(2),)), service()) == ()


@pytest.mark.parametrize("judged", [deployment_failed, short_of_tasks, not_starting])
def test_the_change_is_evidence_of_what_came_of_it(judged: Check[Snapshot]) -> None:
    """Given a service that is short, loses tasks and whose rollout failed, then each shows what changed and by whom."""
    broken = failing(
        deployments=[deployment(rolloutState="FAILED", failedTasks=3)],
        events=[event("(service web) is unable to consistently start tasks successfully.")],
    )
    update = TrailEvent(event_name="UpdateService", event_time=ago(minutes=10), username="ada", resource="prod web")
    snapshot = cluster(broken, deployments=(brought(),), revisions=(revision(1), revision(2)), trail=(update,))

    (finding,) = judged.judge(snapshot)

    assert [item.value for item in finding.evidence][-2:] == ["task definition: web:1 → web:2", "ada: prod web"]


def test_the_update_of_a_namesake_in_another_cluster_is_not_told() -> None:
    """Given updates of a service of this name here and in another cluster, then the one here alone is told."""
    updates = [
        TrailEvent(event_name="UpdateService", event_time=ago(minutes=10), username=who, resource=f"{where} web")
        for who, where in (("ada", "arn:aws:ecs:eu-west-1:1:cluster/prod"), ("bob", "dev"))
    ]

    told = change_evidence(cluster(service(), trail=tuple(updates)), service())

    assert [item.value for item in told] == ["ada: arn:aws:ecs:eu-west-1:1:cluster/prod web"]
