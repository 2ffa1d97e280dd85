"""A healthy cluster has nothing to report: what all checks of the catalogue must agree on."""

import msgspec

from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from tests.unit.diagnostics.platforms.ecs.clusters import (
    balancer,
    cluster,
    definition,
    group,
    instance,
    report,
    service,
    stopped,
    target,
    task,
)

HEALTHY = cluster(
    service(loadBalancers=[balancer()], healthCheckGracePeriodSeconds=60),
    service("api", launchType="EC2"),
    tasks=[
        task(id="a" * 32),
        task(id="b" * 32, healthStatus="HEALTHY"),
        task("api", id="c" * 32, launchType="EC2", containerInstanceArn=instance().container_instance_arn),
        stopped(
            "web", "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", id="d" * 32
        ),
        stopped(
            "job",
            "EssentialContainerExited",
            "Essential container in task exited",
            group="family:job",
            app={"exitCode": 0},
            id="e" * 32,
        ),
    ],
    definitions=[definition(), definition("api:2")],
    instances=(instance(),),
    target_groups=(group(),),
    health={"web-tg": (target(), target(Id="10.0.1.8"))},
)


def test_a_healthy_cluster_has_no_finding_even_in_an_audit() -> None:
    """Given services that have what they should, then no check says anything of them."""
    judged = report(msgspec.structs.replace(HEALTHY, request=msgspec.structs.replace(HEALTHY.request, audit=True)))

    assert [f"{item.code}: {item.summary}" for item in judged.findings] == []
    assert judged.gaps == ()
    assert dict(judged.looked_at) == {"services": 2, "tasks": 5, "container instances": 1}


def test_answers_that_leave_out_all_they_may_do_not_look_ill() -> None:
    """Given services and tasks of which nothing but the name is told, then no incident is seen in them."""
    sparse = cluster(
        Service(service_name="web"), tasks=[Task(task_arn="arn/1"), Task(task_arn="arn/2", group="service:web")]
    )

    assert [item.code for item in report(sparse).findings] == []


def test_a_snapshot_survives_being_saved() -> None:
    """Given a cluster, when it is written as JSON and read back, then it is the same."""
    assert msgspec.json.decode(msgspec.json.encode(HEALTHY), type=Snapshot) == HEALTHY
