"""Whether a service's tasks end again and again: the swarm keeps a few ended tasks of each place."""

from datetime import timedelta

from msgspec import Struct

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.standing import Place, standing_of
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task

_LOOP, _FEWEST = 3, 2
_WITHIN = timedelta(minutes=10)
_ENDED = frozenset({"failed", "complete"})
#: Tasks kept of a place unless the swarm says otherwise, the one that holds it counted in.
_KEPT = 5


class Loop(Struct, frozen=True, kw_only=True):
    """A service whose tasks loop: those that ended lately in the places that loop, the latest last.

    `certain` is false where the swarm keeps too few tasks to see three ends of one place.
    """

    ended: tuple[Task, ...]
    places: int
    certain: bool

    @property
    def times(self) -> str:
        """Give how often they ended, in words."""
        where = f" in {self.places} of its places" if self.places > 1 else ""
        return f"{len(self.ended)} times in 10 min{where}"

    @property
    def last(self) -> Task:
        """Give the task that ended last."""
        return self.ended[-1]


def loop_of(swarm: Snapshot, service: Service) -> Loop | None:
    """Give the loop that a service is in, or nothing."""
    enough = min(_LOOP, _kept(swarm) - 1)
    if enough < _FEWEST or sum(task.state in _ENDED for task in swarm.tasks_of(service)) < enough:
        return None
    looping = [
        ends for place in standing_of(swarm, service).places if len(ends := _ends(swarm, service, place)) >= enough
    ]
    ended = sorted((task for tasks in looping for task in tasks), key=lambda task: task.status.timestamp)
    return Loop(ended=tuple(ended), places=len(looping), certain=enough == _LOOP) if ended else None


def _ends(swarm: Snapshot, service: Service, place: Place) -> list[Task]:
    """Give the tasks of a place that ended lately by themselves, since the service was last updated."""
    return [
        task
        for task in place.tasks
        if task.created_at >= place.since
        and swarm.taken_at - task.status.timestamp <= _WITHIN
        and ((task.state == "failed" and task.ran) or (task.state == "complete" and _is_replaced(service)))
    ]


def _is_replaced(service: Service) -> bool:
    """Say whether a task that ends well is started again all the same."""
    return not service.job and service.template.restart_policy.condition in {"", "any"}


def _kept(swarm: Snapshot) -> int:
    cluster = swarm.membership.cluster
    return cluster.spec.orchestration.task_history_retention_limit if cluster else _KEPT
