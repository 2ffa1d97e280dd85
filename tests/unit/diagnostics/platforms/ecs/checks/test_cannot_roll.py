"""ECS-S105: a deployment has no room to replace a task."""

from typing import Any

import msgspec

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.ecs.checks.cannot_roll import cannot_roll
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    arn,
    cluster,
    definition,
    deployment,
    event,
    found,
    instance,
    one,
    report,
    service,
    task,
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


def test_the_same_port_of_the_other_protocol_is_free() -> None:
    """Given a task with 53/udp and an instance on which 53/tcp is taken, then it has a place; not where 53/udp is."""
    dns = definition(
        networkMode="bridge", app={"portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}]}
    )

    def taken(name: str) -> Any:
        rest = [
            {"name": "CPU", "integerValue": 512},
            {"name": "MEMORY", "integerValue": 1024},
            {"name": name, "stringSetValue": ["53"]},
        ]
        return instance(remainingResources=rest)

    assert found(cannot_roll, cluster(rolling(), definitions=[dns], instances=(taken("PORTS"),))) == []
    assert one(cannot_roll, cluster(rolling(), definitions=[dns], instances=(taken("PORTS_UDP"),)))


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


def blue_green(**differs: Any) -> Service:
    """Give a service of two tasks on instances whose green tasks wait for a place."""
    new = deployment("web:2", rolloutState="IN_PROGRESS", runningCount=0, createdAt=ago(minutes=10))
    old = deployment("web:1", status="ACTIVE")
    given = {
        "launchType": "EC2",
        "deployments": [new, old],
        "deploymentConfiguration": {"strategy": "BLUE_GREEN", "minimumHealthyPercent": 100, "maximumPercent": 100},
        "events": [],
    }
    return service(**{**given, **differs})


def test_blue_green_needs_an_instance_more_for_each_static_port() -> None:
    """Given two tasks with a static port on three instances, then green has one place of two."""
    machines = (
        instance(ports=["80"]),
        instance("i-0a1b2c3d4e5f60719", ports=["80"]),
        instance("i-0a1b2c3d4e5f60720"),
    )
    snapshot = cluster(blue_green(), definitions=[PORT_80], instances=machines)

    assert report(snapshot).findings[0].summary == (
        "The deployment of web cannot progress: 2 more tasks must run beside the old ones, each with host port 80, "
        "and the instances have room for 1."
    )


def test_blue_green_needs_room_for_all_tasks_again() -> None:
    """Given room for one more task of 1024 MiB and two that are to come, then that is told; with room for both not."""
    large = definition(memory="1024", networkMode="bridge")

    assert "2 more tasks must run beside the old ones, and the instances have room for 1" in (
        one(cannot_roll, cluster(blue_green(), definitions=[large], instances=(instance(),))).summary
    )
    both = (instance(), instance("i-0a1b2c3d4e5f60719"))
    assert found(cannot_roll, cluster(blue_green(), definitions=[large], instances=both)) == []


def test_green_tasks_that_run_need_no_place_any_more() -> None:
    """Given one of two green tasks that runs, then one place is enough."""
    large = definition(memory="1024", networkMode="bridge")
    snapshot = cluster(blue_green(), tasks=[task()], definitions=[large], instances=(instance(),))

    assert found(cannot_roll, snapshot) == []


def test_codedeploys_second_task_set_is_counted_too() -> None:
    """Given a service that CodeDeploy deploys, whose new task set finds no place, then that is told."""
    sets = [
        {"status": status, "taskDefinition": arn("task-definition", revision)}
        for status, revision in (("PRIMARY", "web:1"), ("ACTIVE", "web:2"))
    ]
    given = blue_green(
        deployments=[], taskSets=sets, deploymentController={"type": "CODE_DEPLOY"}, deploymentConfiguration={}
    )
    large = definition(memory="1024", networkMode="bridge")

    assert one(cannot_roll, cluster(given, definitions=[large], instances=(instance(memory=100),)))


def test_a_group_that_grows_makes_room_for_green() -> None:
    """Given a capacity provider with managed scaling, then the room that there is does not count."""
    wire = {"name": "ec2", "autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED"}}}
    grown = blue_green(launchType="", capacityProviderStrategy=[{"capacityProvider": "ec2"}])
    large = definition(memory="1024", networkMode="bridge")
    providers = (msgspec.convert(wire, CapacityProvider),)

    assert found(cannot_roll, cluster(grown, definitions=[large], instances=(instance(),), providers=providers)) == []
