"""ECS-T105: the container runtime could not create or start a container."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.container_not_started import container_not_started
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, one, report, stopped


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (
            (
                'CannotStartContainerError: Error response from daemon: OCI runtime create failed: exec: "serve": '
                "executable "
                "file not found in $PATH: unknown"
            ),
            "its command is not in the image",
        ),
        (
            (
                "CannotStartContainerError: Error response from daemon: driver failed programming external "
                "connectivity: Bind "
                "for 0.0.0.0:80 failed: port is already allocated"
            ),
            "its host port is taken",
        ),
        (
            "CannotCreateContainerError: Error response from daemon: devmapper: Thin Pool has 4350 free data blocks",
            "the instance's disk is full",
        ),
        (
            (
                "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to "
                "create "
                "Cloudwatch log stream"
            ),
            "its log cannot be written",
        ),
        (
            "CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s",
            "the container runtime did not answer in time",
        ),
        (
            "CannotStartContainerError: failed to get container status: strange",
            "failed to get container status: strange",
        ),
    ],
)
def test_the_runtimes_message_decides(reason: str, says: str) -> None:
    """Given a container's reason, then the finding says what the runtime meant, first of the report."""
    snapshot = cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", app={"reason": reason})])

    assert says in one(container_not_started, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-T105"


def test_a_task_that_failed_to_start_for_no_known_reason_is_told() -> None:
    """Given TaskFailedToStart with a reason of no class, then the reason itself is told, first of the report."""
    snapshot = cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", "Something that is new to everybody.")])

    assert "Something that is new to everybody" in one(container_not_started, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-T105"
