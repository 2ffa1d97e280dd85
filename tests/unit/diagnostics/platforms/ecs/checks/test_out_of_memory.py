"""ECS-T103: a container was killed for lack of memory."""

from sickbay.diagnostics.platforms.ecs.checks.out_of_memory import out_of_memory
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, failing, found, one, report, stopped

REASON = "OutOfMemoryError: Container killed due to memory usage"
GONE = "Essential container in task exited"


def test_it_is_the_first_finding_with_the_limit() -> None:
    """Given a container that ECS says was killed for its memory, then that is first, with the limit it had."""
    killed = stopped("web", "EssentialContainerExited", GONE, app={"exitCode": 137, "reason": REASON})

    told = report(cluster(failing(), tasks=[killed], definitions=[definition()])).findings

    assert told[0].code == "ECS-T103"
    assert told[0].summary == "app of web was killed for lack of memory, at 512 MiB."
    assert "ECS-T104@service/web" not in [item.id for item in told]


def test_the_containers_own_limit_counts_before_the_tasks() -> None:
    """Given a container with a limit of its own, then that one is named."""
    killed = stopped("web", "EssentialContainerExited", GONE, app={"exitCode": 137, "reason": REASON})

    finding = one(out_of_memory, cluster(failing(), tasks=[killed], definitions=[definition(app={"memory": 256})]))

    assert "at 256 MiB" in finding.summary


def test_exit_code_137_alone_is_no_proof() -> None:
    """Given a container that ended with 137 and no reason, then no lack of memory is claimed."""
    ended = stopped("web", "EssentialContainerExited", GONE, app={"exitCode": 137})

    assert found(out_of_memory, cluster(failing(), tasks=[ended])) == []
