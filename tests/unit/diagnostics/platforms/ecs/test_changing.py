"""What a cluster's snapshot tells of changes by itself."""

from datetime import timedelta
from typing import Any

import msgspec

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.ecs.changing import changes
from sickbay.diagnostics.platforms.ecs.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.balancing import ScalingActivity
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider, GroupActivity
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage, Removal
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    arn,
    cluster,
    definition,
    deployment,
    instance,
    service,
    stopped,
)
from tests.unit.diagnostics.platforms.ecs.test_revisions import brought, revision, variables


def told(snapshot: Snapshot) -> list[Event]:
    """Give the changes but that services were made and deployed hours ago."""
    return [one for one in changes(snapshot).changes if one.at >= ago(hours=2)]


def called(name: str, resource: str, **differs: Any) -> TrailEvent:
    """Give a call that ada made ten minutes ago."""
    fields = {"event_time": ago(minutes=10), "username": "ada", **differs}
    return TrailEvent(event_name=name, resource=resource, **fields)


def rolling(*definitions: Any, **differs: Any) -> Snapshot:
    """Give `web`, brought from revision 1 to 2 ten minutes ago by ada."""
    fields = {"deployments": (brought(),), "revisions": (revision(1), revision(2)), **differs}
    return cluster(
        service(deployments=[deployment(createdAt=ago(minutes=10))]),
        definitions=definitions,
        trail=(called("UpdateService", "prod web"),),
        **fields,
    )


def test_a_deployment_is_told_field_by_field_with_who_made_it() -> None:
    """Given another image, less memory and another variable, then each is a change at the deployment's time."""
    old = definition("web:1", memory="1024", app={"image": "shop/web:1", **variables(HOST="aa11", GONE="cc33")})
    new = definition("web:2", app={"image": "shop/web:2", **variables(HOST="bb22")})

    found = told(rolling(old, new))

    assert [(one.kind, one.field, one.before, one.after) for one in found] == [
        ("template", "memory of the task", "1024", "512"),
        ("image", "image of app", "shop/web:1", "shop/web:2"),
        ("template", "variable GONE of app", "set", ""),
        ("template", "variable HOST of app", "", ""),
    ]
    assert {(one.subject, one.actor, one.at) for one in found} == {("service/web", "ada", ago(minutes=10))}
    assert found[0].source == "ecs DescribeServiceRevisions web (web:1 → web:2)"


def test_a_definition_that_was_not_read_is_told_by_its_name() -> None:
    """Given a deployment whose definitions could not be read, then the definition is what changed."""
    (only,) = told(rolling())

    assert (only.field, only.before, only.after) == ("task definition", "web:1", "web:2")


def test_the_same_revision_deployed_anew_is_a_restart() -> None:
    """Given a deployment of what ran already, then the tasks were restarted by it."""
    same = (revision(1, taskDefinition=arn("task-definition", "web:2")), revision(2))

    (only,) = told(rolling(definition(), revisions=same))

    assert (only.kind, only.field, only.after) == ("restart", "by a new deployment", "")


def test_a_rollback_is_told_with_its_time() -> None:
    """Given a deployment that the breaker rolled back, then what it brought is taken back when that began."""
    back = brought(status="ROLLBACK_SUCCESSFUL", rollback={"startedAt": ago(minutes=4)})

    first, second = told(rolling(deployments=(back,)))

    assert (first.before, first.after, first.at) == ("web:1", "web:2", ago(minutes=10))
    assert (second.before, second.after, second.at) == ("web:2", "web:1", ago(minutes=4))
    assert second.source.startswith("ecs DescribeServiceRevisions web, rolled back")


def test_the_failed_deployment_of_a_rollback_is_what_changed() -> None:
    """Given only the service itself, whose older deployment is the primary one again, then the later one came."""
    primary = deployment("web:1", createdAt=ago(days=2))
    failed = deployment("web:2", status="ACTIVE", rolloutState="FAILED", createdAt=ago(minutes=9))

    (only,) = told(cluster(service(deployments=[primary, failed])))

    assert (only.before, only.after, only.at) == ("web:1", "web:2", ago(minutes=9))


def test_a_deployment_of_which_nothing_else_is_known() -> None:
    """Given a completed deployment whose revisions were not asked for, then its definition and its time are told."""
    (only,) = told(cluster(service(deployments=[deployment(createdAt=ago(minutes=30))])))

    assert (only.kind, only.field, only.before, only.after) == ("template", "task definition", "", "web:2")


def test_a_service_that_was_made() -> None:
    """Given a service that was made with its first deployment, then that is one change."""
    new = service(createdAt=ago(minutes=30), deployments=[deployment(createdAt=ago(minutes=30))])

    (only,) = told(cluster(new))

    assert (only.kind, only.subject, only.at) == ("created", "service/web", ago(minutes=30))


def test_code_deploy_is_named_where_it_deploys() -> None:
    """Given a service that CodeDeploy deploys, then it is who did it."""
    green = service(deploymentController={"type": "CODE_DEPLOY"}, deployments=[deployment(createdAt=ago(minutes=5))])

    (only,) = told(cluster(green))

    assert only.actor == "CodeDeploy"


def test_scaling_is_told_once_by_whoever_did_it() -> None:
    """Given a scaling by Application Auto Scaling, which CloudTrail has too, and one by hand, then these are two."""
    activity = {"ResourceId": "service/prod/web", "Description": "Setting desired count to 5.",
                "StartTime": ago(minutes=20)}  # fmt: skip
    trail = (
        called("UpdateService", "prod web", event_time=ago(minutes=20), desired_count=5, username="AutoScaling"),
        called("UpdateService", "prod web", desired_count=0),
        called("UpdateService", "prod api", desired_count=1),
    )

    found = told(cluster(service(), scaling=(msgspec.convert(activity, ScalingActivity),), trail=trail))

    assert [(one.kind, one.field, one.after, one.actor) for one in found] == [
        ("scale", "desiredCount", "5", "Application Auto Scaling"),
        ("scale", "desiredCount", "0", "ada"),
    ]


def test_what_scaled_nothing_is_no_change() -> None:
    """Given an activity that found its maximum, then nothing was scaled."""
    full = ScalingActivity(resource_id="service/prod/web", description="Attempting to scale", start_time=ago(minutes=1))

    assert told(cluster(service(), scaling=(full,))) == []


def test_instances_that_joined_were_drained_or_taken_out() -> None:
    """Given a new instance, one that somebody drained, and one that is gone, then each is told with its time."""
    drained, gone = arn("container-instance", "c0ffee0a1b2c3d4e5f60718"), arn("container-instance", "dead")
    elsewhere = gone.replace("/prod/", "/dev/")
    trail = (
        called("UpdateContainerInstancesState", f"prod {drained}", status="DRAINING"),
        called("DeregisterContainerInstance", f"prod {gone}"),
        called("DeregisterContainerInstance", f"dev {elsewhere}"),
    )
    new = instance("i-1", registeredAt=ago(minutes=15))

    found = told(cluster(instances=(instance(), new), trail=trail))

    assert [(one.kind, one.subject, one.field, one.after, one.actor) for one in found] == [
        ("node joined", "instance/i-1", "agentVersion", "1.98.0", ""),
        ("node changed", "instance/i-0a1b2c3d4e5f60718", "status", "DRAINING", "ada"),
        ("node lost", "cluster/prod", "container instance dead", "deregistered", "ada"),
    ]


def test_what_an_auto_scaling_group_did() -> None:
    """Given the last activity of the group behind a capacity provider, then the provider changed."""
    group = {"autoScalingGroupArn": "arn:aws:autoscaling:::autoScalingGroupName/machines"}
    provider = msgspec.convert({"name": "ec2", "autoScalingGroupProvider": group}, CapacityProvider)
    activity = GroupActivity(
        description="Terminating EC2 instance: i-1", start_time=ago(minutes=3), status_code="Successful"
    )

    (only,) = told(cluster(service(), providers=(provider,), group_activities={"machines": activity}))

    assert (only.subject, only.field) == ("capacity-provider/ec2", "machines")
    assert only.after == "Terminating EC2 instance: i-1 (Successful)"


def test_tasks_that_somebody_stopped() -> None:
    """Given a task of a service and one of its own, both stopped by hand, then who did it is told where it is known."""
    own = stopped("job", "UserInitiated", id="beef", group="family:job")
    tasks = [stopped("web", "UserInitiated", id="cafe"), own]

    found = told(cluster(service(), tasks=tasks, trail=(called("StopTask", "prod cafe"),)))

    assert [(one.kind, one.subject, one.field, one.actor) for one in found] == [
        ("restart", "service/web", "task cafe", "ada"),
        ("removed", "family/job", "task beef", ""),
    ]


def test_an_image_that_was_removed_can_be_the_cause_of_what_needs_it() -> None:
    """Given an image that a rule removed, then that is a change of the image, on which its service depends."""
    gone = EcrImage(image="shop/web:2", found=False, removed=Removal(by="rule 1", at=ago(minutes=7)))
    snapshot = cluster(service(), definitions=[definition()], images=(gone,))

    (only,) = told(snapshot)

    assert (only.kind, only.subject, only.actor) == ("removed", "image/shop/web:2", "rule 1")
    assert Subject("image", "shop/web:2") in snapshot.upstream()[Subject("service", "web")]


def test_in_a_scope_only_what_it_depends_on_is_told() -> None:
    """Given a service on Fargate as the scope, then instances that joined are not told."""
    new = instance("i-1", registeredAt=ago(minutes=15))
    changed = service(deployments=[deployment(createdAt=ago(minutes=30))])

    found = changes(cluster(changed, instances=(new,), scope="web")).changes

    assert {one.subject for one in found} == {"service/web"}


def test_a_cluster_that_was_not_read_tells_nothing() -> None:
    """Given no access, then nothing is said to have been looked at."""
    snapshot = cluster(cluster=None, unreachable=Unreachable(obstacle=Obstacle.DENIED, message="no"))

    assert changes(snapshot).sources == ()


def test_where_it_was_read_is_told() -> None:
    """Given services, instances and calls, then so many of each were looked at."""
    snapshot = rolling(instances=(instance(),))

    assert changes(snapshot).sources == (
        "services: 1",
        "deployments: 1",
        "container instances: 1",
        "calls in CloudTrail: 1",
    )


def test_what_asks_for_changes_looks_no_further_back_than_asked() -> None:
    """Given a request for changes of two hours, then these count from two hours ago; else an hour more does."""
    request = Request(window=timedelta(hours=2), changes=True)

    assert cluster(request=request).changes_start == ago(hours=2)
    assert cluster(request=Request(window=timedelta(hours=2))).changes_start == ago(hours=3)


def test_what_happens_to_the_cluster_reaches_its_capacity_providers() -> None:
    """Given a capacity provider, then it depends on the cluster, which is what loses instances."""
    provider = msgspec.convert({"name": "ec2"}, CapacityProvider)

    upstream = cluster(service(), providers=(provider,)).upstream()

    assert upstream[Subject("capacity-provider", "ec2")] == {Subject("cluster", "prod")}
