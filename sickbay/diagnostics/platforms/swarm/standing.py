"""How many tasks of a service run against how many should, and which places are empty."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import ON_THE_WAY, Task

#: What a task may take on its way without an error: scheduling, and a container's start.
PATIENCE = timedelta(minutes=2)
#: What pulling an image may take.
_PULL = timedelta(minutes=10)
_RETRIES, _DEFAULT_NANOSECONDS = 3, 30_000_000_000


class Place(Struct, frozen=True, kw_only=True):
    """A slot of a service, or a node where every node runs one: its tasks, the latest last.

    `latest` is the task that holds the place now; `blamed` the latest that tells of an error, or `latest` where none
    does. `since` is when the service was last updated: what failed before says nothing of what it is now.
    """

    tasks: tuple[Task, ...]
    latest: Task
    blamed: Task
    since: datetime


class Standing(Struct, frozen=True, kw_only=True):
    """What runs of a service, and what has been done of a job."""

    service: Service
    places: tuple[Place, ...]
    wanted: int
    running: int
    done: int = 0

    @property
    def short(self) -> bool:
        """Say whether less runs, or is done, than should."""
        return (self.done if self.service.job else self.running) < self.wanted

    @property
    def counted(self) -> str:
        """Give it in words, as the beginning of a sentence about the service."""
        if self.service.job:
            return f"has completed {self.done} of {self.wanted} tasks"
        return f"runs {self.running} of {self.wanted} replicas"


def standing_of(swarm: Snapshot, service: Service) -> Standing:
    """Give how a service stands, by its tasks: a task on a node that is down counts as lost."""
    places = tuple(_places(service, swarm.tasks_of(service)))
    running = sum(_runs(swarm, place.latest) for place in places)
    mode = service.spec.mode
    if service.job:
        done = sum(any(task.state == "complete" for task in place.tasks) for place in places)
        job = mode.replicated_job
        wanted = (job.total_completions or job.max_concurrent) if job else len(places)
        return Standing(service=service, places=places, wanted=wanted, running=running, done=done)
    held = sum(place.latest.wanted for place in places)
    wanted = mode.replicated.replicas if mode.replicated else held
    return Standing(service=service, places=places, wanted=wanted, running=running)


def empty_places(swarm: Snapshot, standing: Standing) -> Iterator[Place]:
    """Yield the places in which nothing runs though something should, and that are past their grace.

    A task that has met no error yet gets the time that a start takes: while it waits, pulls, or until its health check
    can tell.
    """
    for place in standing.places:
        latest = place.latest
        if _runs(swarm, latest) or any(task.state == "complete" for task in place.tasks if standing.service.job):
            continue
        if not (latest.wanted or latest.failed):
            continue  # scaled away, or done
        if place.blamed.status.err or place.blamed.failed or _overdue(swarm, standing.service, latest):
            yield place


def grace(service: Service, state: str) -> timedelta:
    """Give how long a task of the service may stay in a state on its way."""
    if state == "preparing":
        return _PULL
    probe = service.template.container_spec.healthcheck
    if state != "starting" or probe is None:
        return PATIENCE
    once = (probe.interval or _DEFAULT_NANOSECONDS) + (probe.timeout or _DEFAULT_NANOSECONDS)
    return PATIENCE + timedelta(microseconds=(probe.start_period + once * (probe.retries or _RETRIES)) / 1000)


def _places(service: Service, tasks: Iterable[Task]) -> Iterator[Place]:
    by_place: dict[object, list[Task]] = {}
    for task in tasks:
        by_place.setdefault(task.node_id if service.on_every_node else task.slot, []).append(task)
    for held in by_place.values():
        yield _place(tuple(held), service.update_status.started_at)


def _place(tasks: tuple[Task, ...], since: datetime) -> Place:
    if len(tasks) == 1:
        return Place(tasks=tasks, latest=tasks[0], blamed=tasks[0], since=since)
    latest = next((task for task in reversed(tasks) if task.wanted), tasks[-1])
    lately = (task for task in reversed(tasks) if task.created_at >= since)
    blamed = next((task for task in lately if task.status.err or task.failed), latest)
    return Place(tasks=tasks, latest=latest, blamed=blamed, since=since)


def _runs(swarm: Snapshot, task: Task) -> bool:
    if task.status.state != "running" or not task.wanted:
        return False
    node = swarm.node_by_id.get(task.node_id)
    return node is None or node.status.state != "down"


def _overdue(swarm: Snapshot, service: Service, task: Task) -> bool:
    return task.state in ON_THE_WAY and swarm.taken_at - task.status.timestamp > grace(service, task.state)
