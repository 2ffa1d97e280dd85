"""What a task requires of an instance besides room is compared with the instance's attributes."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.requirements import unmet
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, instance, service, task

LARGE = [
    {"name": "ecs.instance-type", "value": "c5.large"},
    {"name": "stack", "value": "dev"},
    {"name": "ecs.capability.task-eni", "value": ""},
]


def lacks(expression: str = "", **of_definition: Any) -> list[str]:
    """Give what an instance with the attributes above lacks for a task with this constraint."""
    constraints = [{"type": "memberOf", "expression": expression}] if expression else []
    machine = instance(attributes=LARGE)
    placed = service(launchType="EC2", placementConstraints=constraints)
    return list(unmet(cluster(placed, instances=(machine,)), placed, definition(**of_definition), machine))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("attribute:stack == prod", "does not meet attribute:stack == prod (it is dev)"),
        ("attribute:stack != dev", "does not meet attribute:stack != dev (it is dev)"),
        ("attribute:ecs.instance-type =~ t2.*", "does not meet attribute:ecs.instance-type =~ t2.* (it is c5.large)"),
        ("attribute:stack in [prod, test]", "does not meet attribute:stack in [prod, test] (it is dev)"),
        ("attribute:stack !in [dev]", "does not meet attribute:stack !in [dev] (it is dev)"),
        ("attribute:rack exists", "does not meet attribute:rack exists (it has none)"),
        ("attribute:stack !exists", "does not meet attribute:stack !exists (it is dev)"),
        ("attribute:stack == dev and attribute:rack == 7", "does not meet attribute:rack == 7 (it has none)"),
    ],
)
def test_a_clause_that_does_not_hold_is_told_with_what_the_instance_has(expression: str, says: str) -> None:
    """Given a constraint that the instance does not meet, then the clause and its own value are told."""
    assert lacks(expression) == [says]


@pytest.mark.parametrize(
    "expression",
    [
        "attribute:stack == dev",
        "attribute:ecs.instance-type =~ c5.*",
        "attribute:ecs.instance-type !~ t2.*",
        "attribute:stack not_in ['prod', 'test']",
        "attribute:rack not_exists",
        "attribute:rack != 7",
        "attribute:stack == prod or attribute:stack == dev",
        "not(attribute:stack == dev)",
        "attribute:ecs.instance-type =~ [tm]2.*",
        "attribute:ecs.instance-type !~ [tm]2.*",
        "task:group == service:db",
        "runningTasksCount < 3",
        "attribute:stack resembles prod",
        "attribute:stack",
    ],
)
def test_what_holds_or_cannot_be_judged_is_left_alone(expression: str) -> None:
    """Given a constraint that holds, or one in more of ECS's language than clauses, then nothing is said."""
    assert lacks(expression) == []


def test_attributes_that_the_definition_requires_are_compared() -> None:
    """Given requirements by name and by value, then those that the instance does not meet are told."""
    required = [
        {"name": "ecs.capability.task-eni"},
        {"name": "com.amazonaws.ecs.capability.logging-driver.splunk"},
        {"name": "stack", "value": "prod"},
    ]

    assert lacks(requiresAttributes=required) == [
        "has no attribute com.amazonaws.ecs.capability.logging-driver.splunk",
        "has stack dev, not prod",
    ]


def test_an_instance_of_its_own_is_taken_by_a_running_task() -> None:
    """Given distinctInstance and a task of the service there, then it is taken; one that stopped leaves it."""
    machine = instance()
    placed = service(launchType="EC2", placementConstraints=[{"type": "distinctInstance"}])
    there = task("web", launchType="EC2", containerInstanceArn=machine.container_instance_arn)
    gone = task("web", launchType="EC2", containerInstanceArn=machine.container_instance_arn, desiredStatus="STOPPED")

    def of(*tasks: Any) -> list[str]:
        snapshot = cluster(placed, tasks=tasks, instances=(machine,))
        return list(unmet(snapshot, placed, definition(), machine))

    assert of(there) == ["runs a task of it already, and each must be on an instance of its own"]
    assert of(gone) == []
