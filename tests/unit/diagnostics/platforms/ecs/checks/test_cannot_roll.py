"""ECS-S105: a deployment has no room to replace a task."""

from typing import Any

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.ecs.checks.cannot_roll import cannot_roll
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    definition,
    deployment,
    event,
    found,
    instance,
    one,
    report,
    service,
)

PORT_80 = definition(networkMode="bridge", app={"portMappings": [{"containerPort": 80, "hostPort": 80}]})
TOLD = (
    "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)


def rolling(**differs: Any) -> Service:
    """Give a service of one task whose new version waits for a place."""
    new = deployment(rolloutState="IN_PROGRESS", runningCount=0, createdAt=ago(minutes=10))
    old = deployment("web:1", status="ACTIVE", runningCount=1)
    given = {"desiredCount": 1, "runningCount": 1, "launchType": "EC2", "deployments": [new, old], "events": []}
    return service(**{**given, **differs})


def test_the_books_example_is_the_first_finding() -> None:
    """Given host port 80, one instance and a minimum of 100 %, then the deployment cannot progress."""
    busy = "(service web) was unable to place a task because no container instance met all of its requirements. "
    busy += "The closest matching (container-instance c0ffee0a1b2c3d4e5f60718) is already using a port required by "
    "your task."
    snapshot = cluster(rolling(events=[event(busy)]), definitions=[PORT_80], instances=(instance(ports=["80"]),))

    told = report(snapshot)

    assert told.findings[0].code == "ECS-S105"
    assert told.findings[0].summary == (
        "The deployment of web cannot progress: "
        "host port 80 is taken on the only instance and minimumHealthyPercent is 100."
    )
    assert [item.code for item in told.causes] == ["ECS-S105"]


def test_a_free_instance_is_room_enough() -> None:
    """Given a second instance on which the port is free, then nothing is said."""
    machines = (instance(ports=["80"]), instance("i-0a1b2c3d4e5f60719"))

    assert found(cannot_roll, cluster(rolling(), definitions=[PORT_80], instances=machines)) == []


def test_the_schedulers_word_is_observed() -> None:
    """Given percentages that let nothing move and the scheduler's message, then it is observed and says the counts."""
    fixed = {"maximumPercent": 100, "minimumHealthyPercent": 75}
    finding = one(cannot_roll, cluster(rolling(desiredCount=2, deploymentConfiguration=fixed, events=[event(TOLD)])))

    assert finding.confidence is Confidence.OBSERVED
    assert "of its 2 tasks 2 must keep running and 2 may run" in finding.summary


def test_outside_a_deployment_the_arithmetic_says_nothing() -> None:
    """Given the same service with nothing to deploy, then nothing is said."""
    still = service(desiredCount=1, runningCount=1, launchType="EC2")

    assert found(cannot_roll, cluster(still, definitions=[PORT_80], instances=(instance(ports=["80"]),))) == []
