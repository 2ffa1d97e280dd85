"""ECS-L101: a load balancer finds a service's targets unhealthy."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.targets_unhealthy import targets_unhealthy
from sickbay.diagnostics.platforms.ecs.wire.balancing import InstanceState
from tests.unit.diagnostics.platforms.ecs.clusters import (
    balancer,
    cluster,
    event,
    found,
    group,
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
