"""What a scope names: a container, a Compose service or project, or `ONE~OTHER`, two that should talk to each other."""

import re
from collections.abc import Callable, Sequence

from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary
from sickbay.diagnostics.targets import BETWEEN

_ID_PREFIX = re.compile(r"^[0-9a-f]{4,64}$")


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


def project_of(container: ContainerSummary) -> str:
    """Give the Compose project, or nothing."""
    return container.labels.get(COMPOSE + "project", "")


def service_of(container: ContainerSummary) -> str:
    """Give the Compose service, or nothing."""
    return container.labels.get(COMPOSE + "service", "")
