"""Which containers a scope names, and which others they need."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary

_ID_PREFIX = re.compile(r"^[0-9a-f]{4,64}$")


def select(summaries: Sequence[ContainerSummary], scope: str) -> tuple[ContainerSummary, ...]:
    """Give the containers that the scope names: all for an empty one.

    A container's own name wins over its id's beginning, over `project/service`, over a service or a project of that
    name. Raises UnknownScopeError, which names the nearest names.
    """
    if not scope:
        return tuple(summaries)
    readings: tuple[Callable[[ContainerSummary], bool], ...] = (
        lambda container: container.name == scope.lstrip("/"),
        lambda container: bool(_ID_PREFIX.match(scope)) and container.id.startswith(scope),
        lambda container: f"{_project(container)}/{_service(container)}" == scope,
        lambda container: scope in {_project(container), _service(container)},
    )
    for reading in readings:
        if found := tuple(container for container in summaries if reading(container)):
            return found
    raise _unknown(summaries, scope)


def needed(inspected: Iterable[ContainerInspect], summaries: Sequence[ContainerSummary]) -> set[str]:
    """Give the ids of the containers that these wait for, link to, or borrow a network or volumes from."""
    return {
        other.id
        for container in inspected
        for other in summaries
        if other.id != container.id and (_waits_for(container, other) or _borrows_from(container, other))
    }


def _waits_for(container: ContainerInspect, other: ContainerSummary) -> bool:
    labels = container.config.labels
    services = {part.split(":")[0] for part in labels.get(COMPOSE + "depends_on", "").split(",")}
    return (
        _service(other) in services - {""}
        and _project(other) != ""
        and _project(other) == labels.get(COMPOSE + "project")
    )


def _borrows_from(container: ContainerInspect, other: ContainerSummary) -> bool:
    host_config = container.host_config
    references = [link.split(":")[0].lstrip("/") for link in host_config.links]
    references += [source.split(":")[0] for source in host_config.volumes_from]
    mode, _, joined = host_config.network_mode.partition(":")
    if mode == "container":
        references.append(joined)
    return bool({other.name, other.id}.intersection(references))


def _unknown(summaries: Sequence[ContainerSummary], scope: str) -> UnknownScopeError:
    names = {name for one in summaries for name in (one.name, _service(one), _project(one)) if name}
    nearest = tuple(difflib.get_close_matches(scope, sorted(names), n=3, cutoff=0.5))
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    message = f"No container, Compose service or project here is named {scope!r}.{hint}"
    return UnknownScopeError(message, nearest=nearest)


def _project(container: ContainerSummary) -> str:
    return container.labels.get(COMPOSE + "project", "")


def _service(container: ContainerSummary) -> str:
    return container.labels.get(COMPOSE + "service", "")
