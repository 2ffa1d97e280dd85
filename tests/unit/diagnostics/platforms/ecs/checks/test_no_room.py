"""ECS-I103: no instance has room for one more task."""

import msgspec

from sickbay.diagnostics.platforms.ecs.checks.no_room import no_room
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider, GroupProvider, ManagedScaling
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, found, instance, one, report, service

LARGE = definition(memory="1536")
ON_INSTANCES = service(launchType="EC2")


def test_what_is_left_stands_beside_what_it_needs() -> None:
    """Given a task larger than what any instance has left, then both are told, in an audit only."""
    snapshot = cluster(ON_INSTANCES, definitions=[LARGE], instances=(instance(),))

    assert one(no_room, snapshot).summary == (
        "No instance has room for one more task of web: it needs 256 units and 1536 MiB, the most that is left is "
        "512 units and 1024 MiB."
    )
    assert report(snapshot).findings == ()


def test_a_group_that_grows_by_itself_is_left_alone() -> None:
    """Given a capacity provider with managed scaling, then nothing is said."""
    provider = CapacityProvider(
        name="ec2", auto_scaling_group_provider=GroupProvider(managed_scaling=ManagedScaling(status="ENABLED"))
    )
    grown = service(launchType="", capacityProviderStrategy=[{"capacityProvider": "ec2"}])

    assert found(no_room, cluster(grown, definitions=[LARGE], instances=(instance(),), providers=(provider,))) == []


def test_fargate_needs_no_instances() -> None:
    """Given a service on Fargate beside a full instance, then nothing is said."""
    assert found(no_room, cluster(service(), definitions=[LARGE], instances=(instance(),))) == []


def test_an_attribute_that_no_instance_has_is_told() -> None:
    """Given room on an instance that lacks what the definition requires, then that is what is told."""
    needs = definition(requiresAttributes=[{"name": "ecs.capability.task-eni"}])

    finding = one(no_room, cluster(ON_INSTANCES, definitions=[needs], instances=(instance(),)))

    assert finding.summary == (
        "No instance has room for one more task of web: on 1 of 1 instances: has no attribute ecs.capability.task-eni."
    )
    assert finding.evidence[-1].value == "has no attribute ecs.capability.task-eni"


def test_where_one_instance_lacks_room_alone_the_figures_are_told() -> None:
    """Given one instance that lacks an attribute and one that lacks memory, then what is left is told."""
    needs = definition(memory="1536", requiresAttributes=[{"name": "gpu-driver"}])
    machines = (instance(), instance("i-0a1b2c3d4e5f60719", attributes=[{"name": "gpu-driver"}]))

    assert (
        "the most that is left" in one(no_room, cluster(ON_INSTANCES, definitions=[needs], instances=machines)).summary
    )


def test_a_task_that_no_empty_instance_can_take_is_told_even_where_the_group_grows() -> None:
    """Given a task of 4096 MiB and instances of 2048, then more of them do not help, and that is told."""
    wire = {"name": "ec2", "autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED"}}}
    grown = service(launchType="", capacityProviderStrategy=[{"capacityProvider": "ec2"}])
    snapshot = cluster(
        grown,
        definitions=[definition(memory="4096")],
        instances=(instance(),),
        providers=(msgspec.convert(wire, CapacityProvider),),
    )

    finding = one(no_room, snapshot)

    assert finding.summary == (
        "No instance has room for one more task of web: "
        "one task needs 4096 MiB, and the largest instance has 2048 when it is empty."
    )
    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Use larger instances")
