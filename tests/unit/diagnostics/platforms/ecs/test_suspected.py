"""A bad revision of a task definition comes out as the likely cause of what came of it."""

from typing import Any

import pytest

from sickbay.diagnostics.events import Likelihood
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    definition,
    deployment,
    failing,
    instance,
    report,
    stopped,
)
from tests.unit.diagnostics.platforms.ecs.test_changing import called
from tests.unit.diagnostics.platforms.ecs.test_revisions import brought, revision


@pytest.mark.parametrize(
    ("code", "app", "expected"),
    [
        ("EssentialContainerExited", {"exitCode": 1}, "ECS-T104"),
        ("TaskFailedToStart", {"reason": "CannotStartContainerError: exec: no such file"}, "ECS-T105"),
        ("TaskFailedToStart", {"reason": "CannotPullContainerError: shop/web:2: not found"}, "ECS-T101"),
    ],
)
def test_a_bad_revision_is_the_likely_cause_of_what_came_of_it(code: str, app: dict[str, Any], expected: str) -> None:
    """Given tasks that fail since a new image came, then that is named: field, from, to, when and by whom."""
    tasks = [stopped("web", code, id=f"t{nth}", at=ago(minutes=9 - nth), app=app) for nth in range(3)]
    old, new = definition("web:1", app={"image": "shop/web:1"}), definition("web:2")
    began = brought(createdAt=ago(minutes=10))
    web = failing(deployments=[deployment(createdAt=ago(minutes=10), failedTasks=3, rolloutState="IN_PROGRESS")])
    machine = instance(registeredAt=ago(minutes=12))
    snapshot = cluster(
        web, tasks=tasks, definitions=(old, new), deployments=(began,), revisions=(revision(1), revision(2)),
        trail=(called("UpdateService", "prod web"),), instances=(machine,),
    )  # fmt: skip

    first = report(snapshot).causes[0]

    assert first.code == expected
    assert first.suspect is not None
    change = first.suspect.change
    assert (change.subject, change.field, change.before, change.after) == (
        "service/web",
        "image of app",
        "shop/web:1",
        "shop/web:2",
    )
    assert (change.at, change.actor) == (ago(minutes=10), "ada")
    assert first.suspect.likelihood is Likelihood.LIKELY


def test_less_memory_is_the_likely_cause_of_tasks_that_run_out_of_it() -> None:
    """Given tasks that are killed for their memory since a revision gave them less, then that is named."""
    killed = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
    tasks = [
        stopped("web", "EssentialContainerExited", id=f"t{nth}", at=ago(minutes=9 - nth), app=killed)
        for nth in range(3)
    ]
    snapshot = cluster(
        failing(deployments=[deployment(createdAt=ago(minutes=10), failedTasks=3)]),
        tasks=tasks,
        definitions=(definition("web:1", memory="1024"), definition("web:2")),
        deployments=(brought(),),
        revisions=(revision(1), revision(2)),
    )

    first = report(snapshot).causes[0]

    assert first.code == "ECS-T103"
    assert first.suspect is not None
    assert first.suspect.likelihood is Likelihood.LIKELY
    assert (first.suspect.change.field, first.suspect.change.before, first.suspect.change.after) == (
        "memory of the task",
        "1024",
        "512",
    )


def test_with_tasks_that_do_not_stay_up_alone_the_revision_is_suspected() -> None:
    """Given only that the tasks of a service do not stay up, then less memory is what that may come of."""
    tasks = [stopped("web", "", id=f"t{nth}", at=ago(minutes=9 - nth)) for nth in range(3)]
    web = failing(deployments=[deployment(createdAt=ago(minutes=10))])
    old, new = definition("web:1", memory="1024"), definition("web:2")
    snapshot = cluster(
        web, tasks=tasks, definitions=(old, new), deployments=(brought(),), revisions=(revision(1), revision(2))
    )

    first = report(snapshot).causes[0]

    assert first.code == "ECS-S103"
    assert first.suspect is not None
    assert (first.suspect.change.field, first.suspect.change.after) == ("memory of the task", "512")
    assert first.first_seen is not None
    assert first.suspect.onset == first.first_seen
