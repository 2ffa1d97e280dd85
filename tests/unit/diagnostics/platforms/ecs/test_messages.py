"""Whatever AWS writes, reading it ends in a class or in none, and never in an error."""

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.ecs.denials import denial_of
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.images import ecr_parts, pull_fault
from sickbay.diagnostics.platforms.ecs.initialization import lack_of, what_of
from sickbay.diagnostics.platforms.ecs.messages import Warns, warns_of
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task

PIECES = (
    "CannotPullContainerError: ",
    "ResourceInitializationError: ",
    "arn:aws:sts::1:assumed-role/r/t is not authorized to perform: ecr:X on resource: ",
    "unable to place a task ",
    "(service web) ",
    "closest matching (container-instance ",
    "API error (404): ",
)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map("".join)


@given(TEXTS, TEXTS, st.sampled_from(["", "EssentialContainerExited", "TaskFailedToStart", "Unheard"]))
def test_any_text_is_read(reason: str, of_container: str, code: str) -> None:
    """Given any texts in a task's and a container's reason, then each reader gives an answer."""
    task = Task(
        task_arn="a/1", stop_code=code, stopped_reason=reason, containers=(Container(name="app", reason=of_container),)
    )

    assert ending_of(task) in Ending
    for read in (warns_of, denial_of, pull_fault, lack_of, what_of, ecr_parts):
        read(reason)


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:3", ("123456789012", "eu-west-1", "shop/web", "3")),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web", ("123456789012", "cn-north-1", "web", "latest")),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:ab",
            ("123456789012", "eu-west-1", "web", "sha256:ab"),
        ),
        ("public.ecr.aws/nginx/nginx:1", None),
        ("nginx", None),
    ],
)
def test_an_image_in_ecr_is_known_by_its_name(image: str, parts: tuple[str, ...] | None) -> None:
    """Given a reference, then its account, region, repository and tag are told where it is in ECR."""
    assert ecr_parts(image) == parts


NO = "(service web) was unable to place a task because no container instance met all of its requirements. "
CLOSEST = "The closest matching (container-instance c0ffee0a) "


@pytest.mark.parametrize(
    ("message", "warns"),
    [
        (NO + "Reason: No Container Instances were found in your capacity provider.", Warns.NO_INSTANCE),
        (NO + CLOSEST + "is already using a port required by your task.", Warns.PORT),
        (NO + CLOSEST + "has too many ports registered.", Warns.PORTS),
        (NO + CLOSEST + "has insufficient memory available.", Warns.MEMORY),
        (NO + CLOSEST + "has insufficient CPU units available.", Warns.CPU),
        (NO + CLOSEST + "has insufficient ENI attachment points available.", Warns.INTERFACE),
        (NO + CLOSEST + "is missing an attribute required by your task.", Warns.ATTRIBUTE),
        (NO + CLOSEST + 'encountered error "AGENT".', Warns.AGENT),
        (NO + CLOSEST + 'encountered error "RESOURCE:GPU".', Warns.GPU),
        (NO, Warns.REQUIREMENTS),
        (
            (
                "(service web) is unable to place a task in eu-west-1a because no container instance met all of its "
                "requirements."
            ),
            Warns.REQUIREMENTS,
        ),
        ("(service web) was unable to place a task. Reason: Internal error.", Warns.ZONE),
        ("(service web) was unable to place a task. Reason: Capacity is unavailable at this time.", Warns.CAPACITY),
        (
            (
                "(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks "
                "you can "
                "run concurrently."
            ),
            Warns.QUOTA,
        ),
        (
            "(service web) was unable to place a task. Reason: The requested MEMORY configuration is above your limit.",
            Warns.QUOTA,
        ),
        ("(service web) operations are being throttled. Will try again later.", Warns.THROTTLED),
        ("(service web) is unable to consistently start tasks successfully.", Warns.NOT_STARTING),
        (
            (
                "(service web) (instance i-1) is unhealthy in (elb old) due to (reason Instance has failed at least "
                "the "
                "UnhealthyThreshold number of health checks consecutively.)"
            ),
            Warns.UNHEALTHY,
        ),
        (
            "(service web) (port 8080) is unhealthy in (target-group web-tg) due to (reason Request timed out).",
            Warns.UNHEALTHY,
        ),
        (
            (
                "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
                "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
            ),
            Warns.CONFIGURATION,
        ),
        (
            (
                "(service web) failed to launch a task with (error ECS was unable to assume the role "
                "'arn:aws:iam::1:role/x'"
                " that was provided for this task.)"
            ),
            Warns.ROLE,
        ),
        (
            "(service web) failed to register targets in (target-group web-tg) with (error Rate exceeded)",
            Warns.UNREGISTERED,
        ),
        ("(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.", Warns.DEPLOYMENT),
        ("(service web) rolling back to deployment ecs-svc/0.", Warns.DEPLOYMENT),
        ("(service web) was unable to scale in due to (reason 2 protected tasks).", Warns.PROTECTED),
    ],
)
def test_each_message_that_warns_is_of_its_class(message: str, warns: Warns) -> None:
    """Given a message of the scheduler as AWS documents it, then its class is known."""
    assert warns_of(message) is warns


@pytest.mark.parametrize(
    "message",
    [
        "(service web) has reached a steady state.",
        "(service web) has started 2 tasks: (task 1f0c) (task 2e8a).",
        "(service web) has stopped 1 running tasks: (task 1f0c).",
        "(service web) has begun draining connections on 1 tasks.",
        "(service web) registered 2 targets in (target-group web-tg)",
        "(service web) deregistered 1 targets in (target-group web-tg)",
        "(service web) (deployment ecs-svc/1) deployment completed.",
        "(service web) updated computedDesiredCount for taskSet ecs-svc/1 to 5.",
        "(service web) is not AZ balanced with 3 tasks in eu-west-1a, 1 tasks in eu-west-1b.",
        "(service web) has started 1 tasks in eu-west-1b to AZ Rebalance: 1f0c.",
    ],
)
def test_a_message_that_only_informs_warns_of_nothing(message: str) -> None:
    """Given a message on what the scheduler did, then it is no warning."""
    assert warns_of(message) is None


@pytest.mark.parametrize(
    ("code", "reason", "ending"),
    [
        ("TaskFailedToStart", "CannotPullContainerError: not found", Ending.PULL),
        ("TaskFailedToStart", "ResourceInitializationError: unable to pull secrets", Ending.INITIALIZATION),
        ("TaskFailedToStart", "CannotCreateVolumeError: no driver", Ending.CONTAINER_START),
        ("TaskFailedToStart", "ContainerRuntimeTimeoutError: Could not transition to running", Ending.CONTAINER_START),
        ("TaskFailedToStart", "TaskFailedToStart: RESOURCE:ENI", Ending.PLACEMENT),
        ("TaskFailedToStart", "Something else.", Ending.START),
        ("EssentialContainerExited", "Essential container in task exited", Ending.EXIT),
        ("EssentialContainerExited", "OutOfMemoryError: Container killed due to memory usage", Ending.MEMORY),
        ("UserInitiated", "Task stopped by user", Ending.USER),
        ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", Ending.SCHEDULER),
        ("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group web-tg)", Ending.BALANCER),
        ("ServiceSchedulerInitiated", "Task failed container health checks", Ending.CONTAINER_HEALTH),
        ("SpotInterruption", "Your Spot Task was interrupted.", Ending.INTERRUPTED),
        ("TerminationNotice", "", Ending.INTERRUPTED),
        ("InfrastructureHealth", "", Ending.INTERRUPTED),
        ("", "", Ending.OTHER),
    ],
)
def test_each_stop_code_is_of_its_class(code: str, reason: str, ending: Ending) -> None:
    """Given a stop code and a reason, then the class of the end is what the reason says, or else the code."""
    assert ending_of(Task(task_arn="a/1", stop_code=code, stopped_reason=reason)) is ending


def test_all_stop_codes_that_boto3_knows_are_looked_at() -> None:
    """Given the stop codes of this boto3, then none of them is left as of no class."""
    model = botocore.session.get_session().get_service_model("ecs")

    for code in model.shape_for("TaskStopCode").enum:
        assert ending_of(Task(task_arn="a/1", stop_code=code)) is not Ending.OTHER
