"""ECS-S102: the scheduler finds no place for a service's tasks."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.not_placed import not_placed
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    definition,
    event,
    failing,
    found,
    instance,
    one,
    report,
    service,
    stopped,
    task,
)

NO = "(service web) was unable to place a task because no container instance met all of its requirements. "
CLOSEST = "The closest matching (container-instance c0ffee0a1b2c3d4e5f60718) "


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (NO + CLOSEST + "has insufficient memory available.", "no instance has enough memory left"),
        (NO + CLOSEST + "has insufficient CPU units available.", "no instance has enough CPU left"),
        (
            NO + CLOSEST + "is already using a port required by your task.",
            "the port it needs is taken on every instance",
        ),
        (NO + CLOSEST + 'encountered error "AGENT".', "the agent of the closest instance is disconnected"),
        (NO + CLOSEST + "is missing an attribute required by your task.", "no instance has an attribute it requires"),
        (NO + CLOSEST + 'encountered error "RESOURCE:ENI".', "no instance can take another network interface"),
        (NO + "Reason: No Container Instances were found in your cluster.", "there are no container instances"),
        (
            (
                "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try "
                "again "
                "later or in a different availability zone."
            ),
            "AWS has no capacity for it at the moment",
        ),
        (
            "(service web) was unable to place a task. Reason: Internal error.",
            "a subnet is in a zone where it cannot run",
        ),
        (NO, "no instance meets its requirements"),
        ("(service web) was unable to place a task. Reason: something new.", "it could not be placed"),
    ],
)
def test_each_class_of_message_is_known_and_first(message: str, says: str) -> None:
    """Given a service that is short and the scheduler's message, then the class is told, first of the report."""
    snapshot = cluster(failing(launchType="EC2", events=[event(message)]))

    assert says in one(not_placed, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-S102"


def test_what_a_task_needs_stands_beside_what_is_left() -> None:
    """Given no room for the task's memory, then both figures are told."""
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO + CLOSEST + "has insufficient memory available.")]),
        definitions=[definition(memory="1536")],
        instances=(instance(),),
    )

    assert "(one task needs 1536 MiB, the most that an instance has left is 1024)" in one(not_placed, snapshot).summary


@pytest.mark.parametrize(
    ("reason", "differs", "says"),
    [
        ("has insufficient memory available.", {"memory": "4096"}, "one task needs 4096 MiB, and the largest instance"),
        (
            "has insufficient CPU units available.",
            {"cpu": "2048"},
            "one task needs 2048 units, and the largest instance",
        ),
    ],
)
def test_a_task_larger_than_any_instance_is_told_as_such(reason: str, differs: dict[str, Any], says: str) -> None:
    """Given a task that would not fit on an empty instance, then what the largest one has at all is told."""
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO + CLOSEST + reason)]),
        definitions=[definition(**differs)],
        instances=(instance(),),
    )

    assert says in one(not_placed, snapshot).summary


def test_a_steady_state_after_it_takes_it_back() -> None:
    """Given a message that is older than the last steady state, then it no longer holds."""
    events = [event("(service web) has reached a steady state.", minutes=1), event(NO, minutes=9)]

    assert found(not_placed, cluster(failing(events=events))) == []


def test_a_service_with_all_its_tasks_is_left_alone() -> None:
    """Given a service that has what it should, then an old message is not told."""
    assert found(not_placed, cluster(service(events=[event(NO, hours=3)]))) == []
    assert found(not_placed, cluster(failing(events=[{"createdAt": ago(days=2), "message": NO}]))) == []


def test_the_attribute_that_is_missing_is_named() -> None:
    """Given the scheduler's word that an attribute is missing, then the one that no instance has is told."""
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO + CLOSEST + "is missing an attribute required by your task.")]),
        definitions=[definition(requiresAttributes=[{"name": "ecs.capability.task-eni"}])],
        instances=(instance(),),
    )

    finding = one(not_placed, snapshot)

    assert "(on 1 of 1 instances: has no attribute ecs.capability.task-eni)" in finding.summary
    assert "has no attribute ecs.capability.task-eni" in [item.value for item in finding.evidence]


def test_the_constraint_that_no_instance_meets_is_named() -> None:
    """Given a message that names nothing and a constraint that does not hold, then clause and value are told."""
    constraint = [{"type": "memberOf", "expression": "attribute:stack == prod"}]
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO)], placementConstraints=constraint),
        definitions=[definition()],
        instances=(instance(attributes=[{"name": "stack", "value": "dev"}]),),
    )

    assert "does not meet attribute:stack == prod (it is dev)" in one(not_placed, snapshot).summary


def test_interfaces_that_are_held_and_trunks_are_told() -> None:
    """Given no free network interface, then type, trunk and the tasks with an interface of each instance are told."""
    large = [{"name": "ecs.instance-type", "value": "c5.large"}]
    machines = (
        instance(attributes=large),
        instance("i-0a1b2c3d4e5f60719", attributes=[*large, {"name": "ecs.awsvpc-trunk-id", "value": "eni-1"}]),
    )
    own = {
        "containerInstanceArn": machines[0].container_instance_arn,
        "attachments": [{"type": "ElasticNetworkInterface"}],
    }
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO + CLOSEST + 'encountered error "RESOURCE:ENI".')]),
        tasks=[task("api", id=letter * 32, **own) for letter in "ab"],
        definitions=[definition()],
        instances=machines,
    )

    finding = one(not_placed, snapshot)

    assert "(interfaces are trunked on 1 of 2 instances)" in finding.summary
    assert [item.value for item in finding.evidence[-2:]] == [
        "c5.large, trunk off, 2 tasks with an interface of their own seen here",
        "c5.large, trunk on, 0 tasks with an interface of their own seen here",
    ]


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("TaskFailedToStart: RESOURCE:MEMORY", "no instance has enough memory left (one task needs 512 MiB"),
        ("TaskFailedToStart: RESOURCE:CPU", "no instance has enough CPU left"),
        ("TaskFailedToStart: RESOURCE:ENI", "no instance can take another network interface"),
        ("TaskFailedToStart: RESOURCE:GPU", "no instance has a GPU left"),
        ("TaskFailedToStart: AGENT", "the agent of the closest instance is disconnected"),
        ("TaskFailedToStart: ATTRIBUTE", "no instance has an attribute it requires"),
        ("TaskFailedToStart: LOCATION", "no instance is in a zone of its subnets"),
        ("TaskFailedToStart: MemberOf placement constraint unsatisfied", "no instance meets its placement constraints"),
        ("TaskFailedToStart: EMPTY CAPACITY PROVIDER", "there are no container instances"),
        ("TaskFailedToStart: NO ACTIVE INSTANCES", "there are no container instances"),
        ("Capacity is unavailable at this time. Please try again later.", "AWS has no capacity for it at the moment"),
    ],
)
def test_a_task_that_found_no_place_says_so_of_its_end(reason: str, says: str) -> None:
    """Given a task of its own, run on a capacity provider, that was not placed, then its family is told with why."""
    ended = stopped("job", "TaskFailedToStart", reason, group="family:job", launchType="EC2")
    snapshot = cluster(tasks=[ended], definitions=[definition("job:2")], instances=(instance(),))

    finding = one(not_placed, snapshot)

    assert str(finding.subject) == "family/job"
    assert finding.summary.startswith(f"A task of job could not be placed: {says}")
    assert report(snapshot).findings[0].code == "ECS-S102"


def test_what_the_scheduler_says_of_the_service_is_told_once() -> None:
    """Given a message on the service and a task that ended for the same, then there is one finding."""
    ended = stopped("web", "TaskFailedToStart", "TaskFailedToStart: RESOURCE:MEMORY")
    said = event(NO + CLOSEST + "has insufficient memory available.")

    assert one(not_placed, cluster(failing(launchType="EC2", events=[said]), tasks=[ended]))


def test_an_external_machine_without_room_is_told() -> None:
    """Given a service on machines of one's own, then what is left on them is told as on instances of EC2."""
    machine = instance(ec2InstanceId="", memory=100, attributes=[{"name": "ecs.capability.external"}])
    snapshot = cluster(
        failing(launchType="EXTERNAL", events=[event(NO + "is missing: insufficient memory available.")]),
        definitions=[definition()],
        instances=(machine,),
    )

    finding = one(not_placed, snapshot)

    assert "(one task needs 512 MiB, the most that an instance has left is 100)" in finding.summary
    assert machine.name == machine.container_instance_arn.rpartition("/")[2]


def test_gpus_that_are_left_stand_beside_those_it_needs() -> None:
    """Given a task of two GPUs and an instance with one left, then both figures are told."""
    rest = [
        {"name": "CPU", "integerValue": 4096},
        {"name": "MEMORY", "integerValue": 8192},
        {"name": "GPU", "stringSetValue": ["GPU-0a1b"]},
    ]
    snapshot = cluster(
        failing(launchType="EC2", events=[event(NO + CLOSEST + 'encountered error "RESOURCE:GPU".')]),
        definitions=[definition(app={"resourceRequirements": [{"type": "GPU", "value": "2"}]})],
        instances=(instance(remainingResources=rest),),
    )

    finding = one(not_placed, snapshot)

    assert "no instance has a GPU left (one task needs 2, the most that an instance has left is 1)" in finding.summary
