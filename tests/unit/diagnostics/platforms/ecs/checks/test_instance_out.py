"""ECS-I102: a container instance takes no tasks."""

from sickbay.diagnostics.platforms.ecs.checks.instance_out import instance_out
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, found, instance, one, report, service


def test_draining_explains_a_service_that_is_short() -> None:
    """Given an instance that drains while a service on instances lacks tasks, then it is the cause."""
    judged = report(cluster(failing(launchType="EC2"), instances=(instance(status="DRAINING"),)))

    assert [item.code for item in judged.causes] == ["ECS-I102"]
    assert "is draining while web lack tasks" in judged.findings[0].summary


def test_draining_alone_is_left_alone() -> None:
    """Given an instance that drains and services that have their tasks, then nothing is said."""
    assert found(instance_out, cluster(service(launchType="EC2"), instances=(instance(status="DRAINING"),))) == []


def test_a_failed_registration_is_told_with_its_reason() -> None:
    """Given an instance that could not register, then AWS's reason is told."""
    failed = instance(status="REGISTRATION_FAILED", statusReason="Trunk interface could not be attached.")

    assert one(instance_out, cluster(instances=(failed,))).summary == (
        "i-0a1b2c3d4e5f60718 failed to register: Trunk interface could not be attached."
    )


def test_an_impaired_runtime_is_told() -> None:
    """Given an instance that says its container runtime is impaired, then that is told."""
    health = {"overallStatus": "IMPAIRED", "details": [{"type": "CONTAINER_RUNTIME", "status": "IMPAIRED"}]}

    assert (
        "is impaired (CONTAINER_RUNTIME)"
        in one(instance_out, cluster(instances=(instance(healthStatus=health),))).summary
    )
