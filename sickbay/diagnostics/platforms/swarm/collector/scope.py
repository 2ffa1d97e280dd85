"""What a scope names: a service, a stack, `stack/service`, or `node/NAME`."""

import difflib
import re
from collections.abc import Callable

from msgspec.structs import replace

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service

_ID_PREFIX = re.compile(r"^[0-9a-z]{5,25}$")


def narrowed(swarm: Snapshot) -> Snapshot:
    """Give the swarm with the services and nodes that the request's scope names. Raises UnknownScopeError.

    A service's own name wins over `stack/service`, over a stack, over an id's beginning. The services of a node are
    those of which a task runs or is to run there.
    """
    scope = swarm.request.scope
    if not scope:
        return swarm
    kind, _, name = scope.partition("/")
    nodes = _nodes(swarm, name) if kind in {"node", "nodes"} and name else frozenset[str]()
    chosen = _on(swarm, nodes) if nodes else _services(swarm, scope)
    ids = {service.id for service in chosen}
    others = tuple(service for service in swarm.services if service.id not in ids)
    return replace(swarm, services=chosen, others=others, asked_nodes=tuple(sorted(nodes)))


def _services(swarm: Snapshot, scope: str) -> tuple[Service, ...]:
    readings: tuple[Callable[[Service], bool], ...] = (
        lambda service: service.name == scope,
        lambda service: bool(service.stack) and f"{service.stack}/{_short(service)}" == scope,
        lambda service: service.stack == scope,
        lambda service: bool(_ID_PREFIX.match(scope)) and service.id.startswith(scope),
    )
    for reading in readings:
        if found := tuple(service for service in swarm.services if reading(service)):
            return found
    raise _unknown(swarm, scope)


def _nodes(swarm: Snapshot, name: str) -> frozenset[str]:
    """Give the ids of the nodes of this name: several where one host has joined more than once."""
    found = {node.id for node in swarm.nodes if name in {node.description.hostname, node.id, swarm.node_name(node.id)}}
    if not found:
        raise _unknown(swarm, f"node/{name}")
    return frozenset(found)


def _on(swarm: Snapshot, nodes: frozenset[str]) -> tuple[Service, ...]:
    held = {
        task.service_id for task in swarm.tasks if task.node_id in nodes and (task.wanted or task.state == "running")
    }
    return tuple(service for service in swarm.services if service.id in held)


def _short(service: Service) -> str:
    """Give a service's name in its stack's file."""
    return service.name.removeprefix(f"{service.stack}_")


def _unknown(swarm: Snapshot, scope: str) -> UnknownScopeError:
    names = {service.name for service in swarm.services}
    names |= {service.stack for service in swarm.services if service.stack}
    names |= {f"{service.stack}/{_short(service)}" for service in swarm.services if service.stack}
    names |= {f"node/{node.description.hostname}" for node in swarm.nodes}
    nearest = tuple(difflib.get_close_matches(scope, sorted(names), n=3, cutoff=0.5))
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return UnknownScopeError(f"No service, stack or node of this swarm is named {scope!r}.{hint}", nearest=nearest)
