"""ECS-L101: a load balancer finds a service's targets unhealthy."""

from typing import Any

import msgspec
import pytest

from sickbay.diagnostics.platforms.ecs.checks.targets_unhealthy import targets_unhealthy
from sickbay.diagnostics.platforms.ecs.wire.balancing import InstanceState
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    balancer,
    cluster,
    event,
    found,
    group,
    group_arn,
    one,
    report,
    service,
    target,
)

ON_GROUP = service(loadBalancers=[balancer()])


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("Target.Timeout", "they do not answer in time (GET /healthz, within 5 s)"),
        (
            "Target.ResponseCodeMismatch",
            "another code than the health check wants (GET /healthz, wanted 200, within 5 s)",
        ),
        ("Target.FailedHealthChecks", "they refuse the connection or break it off"),
        ("Target.InvalidState", "their instance is stopped"),
        ("Elb.InternalError", "the load balancer failed inside"),
    ],
)
def test_each_reason_is_known_and_first(reason: str, says: str) -> None:
    """Given an unhealthy target beside a healthy one, then its reason is told, first of the report."""
    health = {"web-tg": (target(), target("unhealthy", reason, Id="10.0.1.8"))}
    snapshot = cluster(ON_GROUP, health=health, target_groups=(group(),))

    finding = one(targets_unhealthy, snapshot)

    assert finding.summary.startswith("1 of 2 targets of web-tg are unhealthy: ")
    assert says in finding.summary
    assert report(snapshot).findings[0].code == "ECS-L101"


def test_the_schedulers_message_tells_the_codes() -> None:
    """Given the scheduler's message with the codes that came back, then it stands beside the reason."""
    said = "(service web) (port 8080) is unhealthy in (target-group web-tg) due to (reason Health checks failed "
    said += "with these codes: [502])"
    ill = {"web-tg": (target("unhealthy", "Target.ResponseCodeMismatch"),)}

    finding = one(targets_unhealthy, cluster(service(loadBalancers=[balancer()], events=[event(said)]), health=ill))

    assert "codes: [502]" in finding.evidence[-1].value


def test_targets_that_come_or_go_are_left_alone() -> None:
    """Given targets that register, drain or are healthy, then nothing is said."""
    health = {
        "web-tg": (
            target(),
            target("initial", "Elb.RegistrationInProgress"),
            target("draining", "Target.DeregistrationInProgress"),
        )
    }

    assert found(targets_unhealthy, cluster(ON_GROUP, health=health)) == []


def test_the_idle_group_of_blue_and_green_is_left_alone() -> None:
    """Given a service that CodeDeploy deploys, whose other target group no listener uses, then nothing is said."""
    sets = [{"status": "ACTIVE", "taskDefinition": "a/web:3", "loadBalancers": [balancer()]}]
    green = service(deployments=[], taskSets=sets, deploymentController={"type": "CODE_DEPLOY"})
    idle = {"web-tg": (target("unused", "Target.NotInUse"),)}

    assert found(targets_unhealthy, cluster(green, health=idle)) == []
    assert found(targets_unhealthy, cluster(ON_GROUP, health=idle)) != []


def test_a_classic_load_balancer_is_told_too() -> None:
    """Given an instance that a classic load balancer took out, then its own words are told."""
    out = InstanceState(
        instance_id="i-1",
        state="OutOfService",
        reason_code="Instance",
        description="Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
    )

    finding = one(targets_unhealthy, cluster(service(), classic={"old-lb": (out,)}))

    assert finding.summary.startswith("Load balancer old-lb has 1 of 1 instances out of service: Instance has failed")


def blue_and_green(status: str, *, blue: float, green: float) -> dict[str, Any]:
    """Give a service with two target groups, and its last deployment, from blue to green, with the traffic of each."""
    both = {**balancer("blue"), "advancedConfiguration": {"alternateTargetGroupArn": group_arn("green")}}
    ecs = service(loadBalancers=[both], deploymentConfiguration={"strategy": "BLUE_GREEN"})
    told = {
        "serviceArn": ecs.service_arn,
        "status": status,
        "createdAt": ago(minutes=9),
        "sourceServiceRevisions": [{"arn": "r/1", "requestedProductionTrafficWeight": blue}],
        "targetServiceRevision": {"arn": "r/2", "requestedProductionTrafficWeight": green},
    }
    revisions = [
        {
            "serviceRevisionArn": f"r/{number}",
            "resolvedConfiguration": {"loadBalancers": [{"targetGroupArn": group_arn(name)}]},
        }
        for number, name in ((1, "blue"), (2, "green"))
    ]
    return {
        "services": (ecs,),
        "deployments": (msgspec.convert(told, ServiceDeployment),),
        "revisions": msgspec.convert(revisions, tuple[ServiceRevision, ...]),
    }


def test_the_group_with_the_production_traffic_is_judged() -> None:
    """Given a deployment that went over to green, then green is judged, and what is left in blue is not."""
    ill = (target("unhealthy", "Target.Timeout"),)
    over = blue_and_green("SUCCESSFUL", blue=0, green=100)

    assert one(targets_unhealthy, cluster(health={"green": ill, "blue": ill}, **over)).subject.name == "green"


def test_new_tasks_that_are_unhealthy_before_the_traffic_are_told_as_such() -> None:
    """Given a deployment under way to green, which has no traffic yet, then that its targets fail is told with that."""
    health = {"blue": (target(),), "green": (target("unhealthy", "Target.FailedHealthChecks"),)}

    finding = one(targets_unhealthy, cluster(health=health, **blue_and_green("IN_PROGRESS", blue=100, green=0)))

    assert finding.summary == (
        "1 of 1 targets of green are unhealthy: they refuse the connection or break it off, "
        "and take no production traffic yet."
    )


def test_no_listener_uses_the_group_in_production() -> None:
    """Given a blue/green service, then a listener that is missing counts for the group in production alone."""
    unused = (target("unused", "Target.NotInUse"),)
    over = blue_and_green("SUCCESSFUL", blue=0, green=100)

    assert one(targets_unhealthy, cluster(health={"green": unused, "blue": unused}, **over)).subject.name == "green"


def test_the_primary_task_set_has_the_traffic() -> None:
    """Given a service that CodeDeploy deploys, with the traffic in blue and no new tasks, then blue alone is told."""
    sets = [{"status": "PRIMARY", "taskDefinition": "a/web:2", "loadBalancers": [balancer("blue")]}]
    given = service(
        loadBalancers=[balancer("green")], deployments=[], taskSets=sets, deploymentController={"type": "CODE_DEPLOY"}
    )
    ill = (target("unhealthy", "Target.Timeout"),)

    assert one(targets_unhealthy, cluster(given, health={"green": ill, "blue": ill})).subject.name == "blue"


def test_a_network_load_balancer_asks_for_no_path() -> None:
    """Given a target group of a network load balancer that checks by TCP, then the reason is told without a path."""
    by_tcp = group(Protocol="TCP", HealthCheckProtocol="TCP", HealthCheckPath="", TargetType="ip")
    health = {"web-tg": (target("unhealthy", "Target.FailedHealthChecks", description="Health checks failed"),)}

    finding = one(targets_unhealthy, cluster(ON_GROUP, health=health, target_groups=(by_tcp,)))

    assert finding.summary == "1 of 1 targets of web-tg are unhealthy: they refuse the connection or break it off."


def test_targets_that_cannot_be_registered_are_told_with_the_error() -> None:
    """Given the scheduler's word that it could not register tasks, then its error is told, first of the report."""
    error = "The target group web-tg does not have an associated load balancer."
    said = event(f"(service web) failed to register targets in (target-group web-tg) with (error {error})")
    snapshot = cluster(service(loadBalancers=[balancer()], events=[said]))

    finding = one(targets_unhealthy, snapshot)

    assert finding.summary == f"Tasks of web cannot be registered where they are to be reached: {error}"
    assert report(snapshot).findings[0].code == "ECS-L101"


def test_a_port_of_its_own_for_the_health_check_is_told() -> None:
    """Given a health check on another port than that of the traffic, then that port is told; "traffic-port" is not."""
    ill = {"web-tg": (target("unhealthy", "Target.Timeout"),)}

    def said(port: str) -> str:
        groups = (group(HealthCheckPort=port),)
        return one(targets_unhealthy, cluster(ON_GROUP, health=ill, target_groups=groups)).summary

    assert "(GET /healthz on port 9000, within 5 s)" in said("9000")
    assert "(GET /healthz, within 5 s)" in said("traffic-port")
