"""Which containers a scope names, and which others they need."""

import difflib
from collections.abc import Iterable, Sequence

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.docker.scopes import named, project_of, service_of, sides
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary
from sickbay.diagnostics.targets import BETWEEN

_MOST_SIDES = 2


def select(summaries: Sequence[ContainerSummary], scope: str) -> tuple[ContainerSummary, ...]:
    """Give the containers that the scope names (scopes.py says how): all for an empty one, both sides of `ONE~OTHER`.

    Raises UnknownScopeError, which names the nearest names.
    """
    if not scope:
        return tuple(summaries)
    names = sides(scope)
    found = [named(summaries, name) for name in names]
    if len(names) > _MOST_SIDES or (len(names) > 1 and not all(names)):
        raise UnknownScopeError(f"Two names, one on each side of {BETWEEN}, please: web{BETWEEN}db.")
    for name, containers in zip(names, found, strict=True):
        if not containers:
            raise _unknown(summaries, name)
    if len(names) > 1 and found[0] == found[1]:
        raise UnknownScopeError(f"{names[0]} and {names[1]} are the same: name two containers.")
    return tuple({item.id: item for containers in found for item in containers}.values())


def replicas(summaries: Sequence[ContainerSummary], of: Iterable[ContainerSummary]) -> tuple[ContainerSummary, ...]:
    """Give the other containers of the same Compose services."""
    ids = {item.id for item in of}
    services = {(project_of(item), service_of(item)) for item in of if service_of(item)}
    return tuple(item for item in summaries if item.id not in ids and (project_of(item), service_of(item)) in services)


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
        service_of(other) in services - {""}
        and project_of(other) != ""
        and project_of(other) == labels.get(COMPOSE + "project")
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
    names = {name for one in summaries for name in (one.name, service_of(one), project_of(one)) if name}
    nearest = tuple(difflib.get_close_matches(scope, sorted(names), n=3, cutoff=0.5))
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    message = f"No container, Compose service or project here is named {scope!r}.{hint}"
    return UnknownScopeError(message, nearest=nearest)
