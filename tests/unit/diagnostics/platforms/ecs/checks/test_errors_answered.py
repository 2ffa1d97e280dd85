"""ECS-L102: a load balancer answers with errors."""

from sickbay.diagnostics.platforms.ecs.checks.errors_answered import errors_answered
from sickbay.diagnostics.platforms.ecs.wire.balancing import Responses
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    balancer,
    cluster,
    deployment,
    found,
    group_arn,
    one,
    report,
    service,
    target,
)


def test_whose_errors_they_are_is_told_with_the_deployment_before_them() -> None:
    """Given errors of the targets that begin after a deployment, then both are told, first of the report."""
    told = Responses(target_group=group_arn("web-tg"), of_targets=140, of_balancer=3, first=ago(minutes=20))
    fresh = service(loadBalancers=[balancer()], deployments=[deployment(createdAt=ago(minutes=22))])

    judged = report(cluster(fresh, responses=(told,)))

    assert judged.findings[0].code == "ECS-L102"
    assert judged.findings[0].summary == (
        "143 requests through web-tg were answered with 5xx within the hour, since a deployment at 11:38 UTC; "
        "most are the targets' own."
    )


def test_what_the_deployment_before_them_changes_is_evidence() -> None:
    """Given errors since a deployment that is under way, then what it changes stands beside them."""
    told = Responses(target_group=group_arn("web-tg"), of_targets=140, first=ago(minutes=20))
    rolling = [deployment(createdAt=ago(minutes=22)), deployment("web:1", status="ACTIVE")]

    finding = one(errors_answered, cluster(service(loadBalancers=[balancer()], deployments=rolling), responses=(told,)))

    assert finding.evidence[-1].value == "task definition: web:1 → web:2"


def test_unhealthy_targets_explain_the_balancers_own() -> None:
    """Given errors of the load balancer itself and unhealthy targets, then the targets are the cause."""
    told = Responses(target_group=group_arn("web-tg"), of_balancer=50)
    ill = {"web-tg": (target("unhealthy", "Target.FailedHealthChecks"),)}

    judged = report(cluster(service(loadBalancers=[balancer()]), responses=(told,), health=ill))

    assert [item.code for item in judged.causes] == ["ECS-L101"]
    assert "the load balancer's own: it got no answer" in one(errors_answered, cluster(responses=(told,))).summary


def test_a_few_errors_are_left_alone() -> None:
    """Given nine errors within the hour, then nothing is said."""
    assert found(errors_answered, cluster(responses=(Responses(target_group=group_arn("web-tg"), of_targets=9),))) == []
