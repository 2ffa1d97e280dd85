"""The figures of a swarm that trends are drawn of."""

from sickbay.diagnostics.platforms.swarm.measuring import figures
from tests.unit.diagnostics.platforms.swarm.swarms import crashes, service, swarm, task


def test_failed_tasks_and_failed_pulls_are_counted() -> None:
    """Given tasks that failed, some before the window, and an image that cannot be pulled, then these are counted."""
    refused = task("rejected", "No such image: gone:1", image="gone:1")
    snapshot = swarm(
        service(tasks=[*crashes(5, 10, 60 * 48), task()]), service("gone", tasks=[refused], image="gone:1")
    )

    assert dict(figures(snapshot)) == {"restarts": 3, "pull_failures": 1}


def test_nothing_of_a_swarm_that_was_not_read() -> None:
    """Given no manager that told of the swarm, then there are no figures: zero would look well."""
    assert figures(swarm(nodes=())) == {}
