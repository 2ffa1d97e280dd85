"""What of a swarm is drawn over time."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


def figures(swarm: Snapshot) -> Mapping[str, float]:
    """Give the tasks that failed within the window, of those that the swarm keeps, and the images not to be pulled.

    Nothing is given of a swarm that was not read. A manager does not know how much memory tasks use.
    """
    if not swarm.looked_at():
        return {}
    failed = (
        task.failed and task.status.timestamp >= swarm.window_start
        for service in swarm.services
        for task in swarm.tasks_of(service)
    )
    return {"restarts": float(sum(failed)), "pull_failures": float(sum(pull.failed for pull in swarm.pulls()))}
