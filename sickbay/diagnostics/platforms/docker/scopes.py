"""What a scope names: a container, a Compose service or project, or `ONE~OTHER`, two that should talk to each other."""

import re
from collections.abc import Callable, Iterator, Sequence

from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary
from sickbay.diagnostics.targets import BETWEEN

_ID_PREFIX = re.compile(r"^[0-9a-f]{4,64}$")
#: How the list words the end of a container that ended well.
_ENDED_WELL = "Exited (0)"


def sides(scope: str) -> tuple[str, ...]:
    """Give the names in a scope: two where it asks whether two can talk."""
    return tuple(side.strip() for side in scope.split(BETWEEN))


def named(summaries: Sequence[ContainerSummary], name: str) -> tuple[ContainerSummary, ...]:
    """Give the containers of a name, or none.

    A container's own name wins over its id's beginning, over `project/service`, over a service or a project of that
    name.
    """
    readings: tuple[Callable[[ContainerSummary], bool], ...] = (
        lambda container: container.name == name.lstrip("/"),
        lambda container: bool(_ID_PREFIX.match(name)) and container.id.startswith(name),
        lambda container: f"{project_of(container)}/{service_of(container)}" == name,
        lambda container: name in {project_of(container), service_of(container)},
    )
    found = (tuple(item for item in summaries if reading(item)) for reading in readings)
    return next((containers for containers in found if containers), ()) if name else ()


def by_need(container: ContainerSummary) -> tuple[bool, str]:
    """Give a key that sorts the unwell, as far as the list tells, before the others, and both by name."""
    failed = container.state == "exited" and not container.status.startswith(_ENDED_WELL)
    return not (
        failed or container.state in {"restarting", "dead"} or "(unhealthy)" in container.status
    ), container.name


def choices(host: Snapshot) -> Iterator[str]:
    """Yield what a person could type: the containers, the unwell first, and after these the projects and services."""
    containers = sorted(host.summaries, key=by_need)
    unwell = [item.name for item in containers if not by_need(item)[0]]
    yield from unwell
    projects = sorted({project_of(item) for item in containers} - {""})
    yield from projects
    yield from sorted({f"{project_of(item)}/{service_of(item)}" for item in containers if service_of(item)})
    yield from (item.name for item in containers[len(unwell) :])


def project_of(container: ContainerSummary) -> str:
    """Give the Compose project, or nothing."""
    return container.labels.get(COMPOSE + "project", "")


def service_of(container: ContainerSummary) -> str:
    """Give the Compose service, or nothing."""
    return container.labels.get(COMPOSE + "service", "")
