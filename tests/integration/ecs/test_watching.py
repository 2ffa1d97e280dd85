"""A watch of a cluster tells what changed between two looks, and how its tasks fared."""

import time
from datetime import UTC, datetime
from typing import Any

from sickbay.diagnostics.events import Batch
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from tests.integration.ecs.aws import Aws
from tests.integration.ecs.conftest import APP
from tests.integration.ecs.watched import MACHINE, Shop, Watching, ended


def told(batch: Batch) -> list[tuple[str, ...]]:
    """Give the events of a batch without times and sources."""
    return [(one.kind, one.subject, one.field, one.before, one.after) for one in batch.events]


def test_a_look_at_a_cluster_in_which_nothing_happens_is_an_empty_batch(watch: Watching) -> None:
    """Given a new watch, then what is there is no news, nor at the second look."""
    batches = watch()

    first, second = next(batches), next(batches)

    assert (first.events, first.lost, second.events, second.lost) == ((), "", (), "")
    assert first.until < second.until


def test_a_deployment_is_told_field_by_field(shop: Shop, watch: Watching) -> None:
    """Given another image and another value of a variable, then both are told, with no value of the variable."""
    batches = watch()
    next(batches)

    shop.deploy(shop.define(image="shop/web:3", environment=[{"name": "DB_PASSWORD", "value": "other"}]))
    batch = next(batches)

    assert told(batch) == [
        ("image", "service/web", "image of app", APP["image"], "shop/web:3"),
        ("template", "service/web", "variable DB_PASSWORD of app", "", ""),
    ]
    assert "hunter2" not in repr(batch)
    assert next(batches).events == ()


def test_the_revisions_of_a_deployment_are_asked_for(shop: Shop, watch: Watching, aws: Aws) -> None:
    """Given the API of deployments, then what it knows beyond the definition is told, such as other subnets."""
    batches, moment = watch(), time.time() + 60
    next(batches)

    def revision(number: int) -> dict[str, Any]:
        network = {"awsvpcConfiguration": {"subnets": [f"subnet-{number}"]}}
        return {"serviceRevisionArn": f"arn:r/{number}", "taskDefinition": "d", "networkConfiguration": network}

    web = aws.client("ecs").describe_services(cluster=shop.name, services=["web"])["services"][0]
    deployment = {"serviceArn": web["serviceArn"], "createdAt": moment, "targetServiceRevision": {"arn": "arn:r/2"},
                  "sourceServiceRevisions": [{"arn": "arn:r/1"}]}  # fmt: skip
    aws.answer("ListServiceDeployments", {"serviceDeployments": [{"serviceDeploymentArn": "arn:d/2"}]})
    aws.answer("DescribeServiceDeployments", {"serviceDeployments": [deployment]})
    aws.answer("DescribeServiceRevisions", {"serviceRevisions": [revision(1), revision(2)]})
    shop.deploy(shop.define())

    (event,) = next(batches).events

    assert (event.kind, event.field, event.before, event.after) == ("network", "subnets", "subnet-1", "subnet-2")
    assert event.at == datetime.fromtimestamp(moment, UTC)
    assert next(batches).events == ()


def test_services_that_come_scale_and_go_are_told(shop: Shop, watch: Watching) -> None:
    """Given a service that is made, scaled and deleted, then each is told once."""
    batches = watch()
    before = next(batches).until

    shop.create("api")
    made = next(batches)
    shop.update(desiredCount=0)
    scaled = next(batches)
    shop.delete("api")

    assert [one[:3] for one in told(made)] == [("created", "service/api", "task definition")]
    assert told(scaled) == [("scale", "service/web", "desiredCount", "2", "0")]
    assert before <= scaled.events[0].at <= scaled.until
    assert told(next(batches)) == [("removed", "service/api", "", "", "")]
    assert next(batches).events == ()


def test_instances_that_join_drain_update_and_go_are_told(shop: Shop, watch: Watching) -> None:
    """Given an instance from its joining to its end, then each step is told."""
    batches, looks = watch(), list[list[tuple[str, ...]]]()
    shop.machines()
    next(batches)

    for machine in (MACHINE, MACHINE | {"status": "DRAINING", "versionInfo": {"agentVersion": "1.99.0"}}):
        shop.machines(machine)
        looks.append(told(next(batches)))
    shop.machines()

    name = "instance/i-0a1b2c3d4e5f60718"
    assert looks == [
        [("node joined", name, "agentVersion", "", "1.98.0")],
        [
            ("node changed", name, "status", "ACTIVE", "DRAINING"),
            ("engine", name, "agentVersion", "1.98.0", "1.99.0"),
        ],
    ]
    gone = ("node lost", f"cluster/{shop.name}", "container instance i-0a1b2c3d4e5f60718", "DRAINING", "")
    assert told(next(batches)) == [gone]


def test_an_agent_is_lost_only_once_it_stays_away(shop: Shop, watch: Watching) -> None:
    """Given an agent that reconnects as agents do, and then one that stays away, then that alone is told, once."""
    batches, away = watch(), MACHINE | {"agentConnected": False}
    kinds = []

    for machine in (MACHINE, away, MACHINE, away, away, away, MACHINE):
        shop.machines(machine)
        kinds.append([(one.kind, one.after) for one in next(batches).events])

    assert kinds == [[], [], [], [], [("node lost", "false")], [], [("node changed", "true")]]


def test_how_tasks_ended_is_told_once(shop: Shop, watch: Watching) -> None:
    """Given tasks that crashed, ran out of memory, were unhealthy, or were scaled away, then all but these are told."""
    batches = watch()
    next(batches)

    memory = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
    shop.stopped(
        ended("a"),
        ended("b", app=memory),
        ended("c", "ServiceSchedulerInitiated", stoppedReason="Task failed ELB health checks in (target-group x)"),
        ended("d", "ServiceSchedulerInitiated", stoppedReason="Scaling activity initiated by deployment"),
        ended("e", "UserInitiated"),
    )
    batch = next(batches)

    assert sorted((one.kind, one.field, one.after.partition(",")[0]) for one in batch.events) == [
        ("died", "app", "essential container exited"),
        ("out of memory", "app", "out of memory"),
        ("restart", "task e", ""),
        ("unhealthy", "app", "load balancer's health checks"),
    ]
    assert {one.subject for one in batch.events} == {"service/web"}
    assert next(batches).events == ()


def test_a_task_is_told_once_it_has_ended(shop: Shop, watch: Watching) -> None:
    """Given a task that is about to stop, then its end is told when its containers have one."""
    batches = watch()
    next(batches)

    shop.stopped(ended("a", lastStatus="DEACTIVATING", stoppedAt=None))
    assert next(batches).events == ()

    shop.stopped(ended("a"))
    assert [one.kind for one in next(batches).events] == ["died"]


def test_what_the_scheduler_says_is_told_once(shop: Shop, watch: Watching, aws: Aws) -> None:
    """Given messages of the scheduler, then those that warn or tell of a steady state are told, none twice."""
    batches, moment = watch(), time.time()
    next(batches)
    said = [
        "(service web) has reached a steady state.",
        "(service web) is unable to consistently start tasks successfully.",
        "(service web) has started 1 tasks: (task abc).",
        "(service web) registered 1 targets in (target-group x)",
    ]

    def talking(answer: dict[str, Any]) -> dict[str, Any]:
        events = [{"id": str(nth), "createdAt": moment + nth, "message": text} for nth, text in enumerate(said)]
        answer["services"][0]["events"] = events[::-1]
        return answer

    aws.edit("DescribeServices", talking)

    assert [(one.kind, one.after) for one in next(batches).events] == [
        ("healthy", said[0]),
        ("unhealthy", said[1]),
        ("started", said[2]),
    ]
    assert next(batches).events == ()


def test_a_later_watch_tells_what_changed_in_between(shop: Shop, watch: Watching) -> None:
    """Given changes after a watch's end, when another takes up its cursor, then it tells them, and no old end."""
    shop.machines(MACHINE)
    shop.stopped(ended("old", stoppedAt=time.time() - 600))
    cursor = next(watch()).cursor

    shop.deploy(shop.define(image="shop/web:3"))
    shop.update(desiredCount=5)
    shop.machines()
    shop.stopped(ended("old", stoppedAt=time.time() - 600), ended("new"))
    batch = next(watch(cursor))

    assert sorted((one.kind, one.subject) for one in batch.events) == [
        ("died", "service/web"),
        ("image", "service/web"),
        ("node lost", f"cluster/{shop.name}"),
        ("scale", "service/web"),
    ]
    assert batch.lost == ""


def test_a_hundred_services_take_few_calls_a_look(watch: Watching, aws: Aws) -> None:
    """Given 100 services, then a look takes a list and ten descriptions, and no other call for each."""
    arns = [f"arn:aws:ecs:eu-west-1:1:service/c/s-{nth}" for nth in range(100)]
    aws.answer("ListServices", {"serviceArns": arns})
    aws.answer_by("DescribeServices", lambda asked: {"services": [_service(arn) for arn in asked["services"]]})
    batches = watch()

    first = next(batches)
    aws.called.clear()
    next(batches)

    counted = {name: aws.called.count(name) for name in aws.called}
    assert counted == {"ListServices": 1, "DescribeServices": 10, "ListContainerInstances": 1, "ListTasks": 1}
    assert len(first.cursor) < 30_000


def test_only_calls_of_the_policy_are_made(shop: Shop, watch: Watching, aws: Aws) -> None:
    """Given a watch of a deployment and of tasks, then each call is one of those that the IAM policy is made of."""
    batches = watch()
    next(batches)
    shop.stopped(ended("a"))
    shop.deploy(shop.define(image="shop/web:4"))
    aws.called.clear()

    assert len(next(batches).events) == 2
    assert set(aws.called) <= {item.value.partition(":")[2] for item in Operation}


def _service(arn: str) -> dict[str, Any]:
    deployment = {"id": "ecs-svc/1234567890123456789", "status": "PRIMARY", "taskDefinition": "d:1", "createdAt": 1e9}
    events = [{"id": "1", "createdAt": 1e9, "message": "steady"}]
    return {"serviceName": arn.rpartition("/")[2], "deployments": [deployment], "events": events}
