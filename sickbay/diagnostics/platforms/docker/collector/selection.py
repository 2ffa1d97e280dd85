"""Which containers are worth reading more of: the recent, the unwell, those whose processes are listed."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect

#: `SERVICE.SLOT.TASK`, or the node in place of the slot.
_SWARM_TASK = "com.docker.swarm.task.name"
_STOPPED = frozenset({"exited", "created", "dead"})
#: `top` runs ps on the host: with so few running containers it is asked of all, else of those in question.
TOP_FOR_ALL, TOP_AT_MOST = 20, 100


def long_stopped(containers: Iterable[ContainerInspect], window_start: datetime) -> set[str]:
    """Give the ids of those that stopped before the window and that nothing expects to run.

    Something expects it where there is a restart policy, or a Compose project of which another part runs or has stopped
    within the window.
    """
    containers = tuple(containers)
    alive = {_project(item) for item in containers if _project(item) and not _stopped_before(item, window_start)}
    return {
        item.id
        for item in containers
        if _stopped_before(item, window_start)
        and item.host_config.restart_policy.name in {"", "no"}
        and _project(item) not in alive
    }


def replaced(containers: Iterable[ContainerInspect]) -> set[str]:
    """Give the ids of the ended tasks of Swarm services, but for the last one of each place.

    Swarm leaves a few of them behind where it has started others; they tell the same four times over.
    """
    left: dict[str, list[ContainerInspect]] = {}
    for item in containers:
        place = item.config.labels.get(_SWARM_TASK, "").rpartition(".")[0]
        refused = item.state.status == "created" and item.state.exit_code != 0
        if place and (refused or item.state.status in {"exited", "dead"}):
            left.setdefault(place, []).append(item)
    return {item.id for ended in left.values() for item in sorted(ended, key=lambda one: one.created)[:-1]}


def unwell(container: ContainerInspect, window_start: datetime) -> bool:
    """Say whether the container's log is worth reading."""
    state = container.state
    failed_lately = state.exit_code != 0 and state.finished_at >= window_start
    failing = state.health is not None and (state.health.status == "unhealthy" or state.health.failing_streak > 0)
    return (
        failed_lately
        or failing
        or state.restarting
        or state.dead
        or state.oom_killed
        or container.restart_count > 0
        or state.status in {"restarting", "dead"}
        or (bool(state.error) and state.started_at > NEVER)
    )


def to_list(containers: Iterable[ContainerInspect], unwell: Iterable[str], *, everything: bool) -> dict[str, str]:
    """Give id and name of the running containers whose processes are listed; `unwell` are ids."""
    running = {item.id: item.name.lstrip("/") for item in containers if item.state.running}
    asked = (
        running
        if everything or len(running) <= TOP_FOR_ALL
        else {id_: running[id_] for id_ in unwell if id_ in running}
    )
    return dict(islice(asked.items(), TOP_AT_MOST))


def _stopped_before(container: ContainerInspect, moment: datetime) -> bool:
    state = container.state
    ended = state.finished_at if state.finished_at > NEVER else container.created
    return state.status in _STOPPED and ended < moment


def _project(container: ContainerInspect) -> str:
    return container.config.labels.get(COMPOSE + "project", "")
