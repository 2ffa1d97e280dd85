"""ECS-T104: an essential container ended, and its task with it."""

import msgspec
import pytest

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.ecs.checks.container_exited import container_exited
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, failing, found, one, report, stopped

GONE = "Essential container in task exited"
TASK = "1f0c2e8a9b7d4c3fa1e2b3c4d5e6f708"


def test_code_and_log_say_why() -> None:
    """Given a container that exited with 1 and whose log names an error, then both are the first finding."""
    log = LogTail(text="2026-11-23T11:57:00Z starting\n2026-11-23T11:57:01Z Error: cannot connect to db:5432\n")
    snapshot = cluster(
        failing(),
        tasks=[stopped("web", "EssentialContainerExited", GONE, app={"exitCode": 1})],
        logs={f"{TASK}/app": log},
    )

    told = report(snapshot).findings[0]

    assert told.code == "ECS-T104"
    assert told.summary == (
        "app of web exited with code 1: the application reported an error; "
        'its log says "Error: cannot connect to db:5432".'
    )


@pytest.mark.parametrize(("code", "cure"), [(0, "in the foreground"), (127, "Correct the command"), (139, "crashed")])
def test_the_code_decides_what_to_do(code: int, cure: str) -> None:
    """Given an exit code that tells something, then the remedy follows from it."""
    ended = stopped("web", "EssentialContainerExited", GONE, app={"exitCode": code})

    remedy = one(container_exited, cluster(failing(), tasks=[ended])).remedy

    assert remedy is not None
    assert cure in remedy.text


def test_a_task_of_its_own_that_has_done_its_work_is_left_alone() -> None:
    """Given a task without a service that ended with 0, then nothing is said."""
    done = stopped("job", "EssentialContainerExited", GONE, group="family:job", app={"exitCode": 0})

    assert found(container_exited, cluster(tasks=[done])) == []


def test_a_task_of_its_own_that_failed_is_told_by_its_family() -> None:
    """Given a task without a service that ended with 3, then its family is the subject."""
    failed = stopped("job", "EssentialContainerExited", GONE, group="family:job", app={"exitCode": 3})

    assert str(one(container_exited, cluster(tasks=[failed])).subject) == "family/job"


def test_a_helper_that_ended_well_is_not_the_culprit() -> None:
    """Given two essential containers of which one ended with 0, then the one that failed is named."""
    failed = stopped(
        "web",
        "EssentialContainerExited",
        GONE,
        containers=[{"name": "helper", "exitCode": 0}, {"name": "app", "exitCode": 2}],
    )

    assert one(container_exited, cluster(failing(), tasks=[failed])).summary.startswith("app of web exited with code 2")


def test_a_container_that_may_end_is_not_the_culprit() -> None:
    """Given a container that is not essential and failed, then the essential one that ended is named."""
    two = definition(containerDefinitions=[{"name": "init", "essential": False}, {"name": "app", "essential": True}])
    ended = stopped(
        "web",
        "EssentialContainerExited",
        GONE,
        containers=[{"name": "init", "exitCode": 9}, {"name": "app", "exitCode": 1}],
    )

    finding = one(container_exited, cluster(failing(), tasks=[ended], definitions=[two]))

    assert finding.summary.startswith("app of web exited with code 1")
    assert msgspec.json.encode(finding)
