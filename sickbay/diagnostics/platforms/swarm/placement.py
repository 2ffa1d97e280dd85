"""Why the scheduler finds no node for a service's tasks, and what would give them one."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.swarm.capacity import lack_of
from sickbay.diagnostics.platforms.swarm.constraints import meets, wanted_label
from sickbay.diagnostics.platforms.swarm.explanation import Explanation
from sickbay.diagnostics.platforms.swarm.ownership import remedy, update
from sickbay.diagnostics.platforms.swarm.references import reference
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Port, Service

_NAMED = 3
_PUT_ASIDE = {"drain": "drained", "pause": "paused"}


def lacks_resources(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'insufficient resources'."""
    lack = lack_of(swarm, service)
    if lack is None:
        return Explanation(
            says="no node has enough left of what each task reserves",
            remedy=remedy(service, "Free or add a node, or reserve less.", "docker node ls"),
        )
    node = swarm.node_name(lack.node.id)
    return Explanation(
        says=f"each task reserves {lack.asked}, and the freest node, {node}, has {lack.free} left",
        remedy=remedy(
            service,
            f"Add a node, free what others reserve, or reserve less: {lack.fits} fits on {node}.",
            update(service, lack.option, lack.fits),
        ),
        evidence=(swarm.service_evidence(service, "TaskTemplate.Resources.Reservations", lack.asked),),
    )


def meets_no_constraint(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'scheduling constraints not satisfied'."""
    constraints = service.template.placement.constraints
    open_nodes = [node for node in swarm.nodes if node.takes_tasks]
    unmet = [one for one in constraints if not any(meets(node, one) for node in open_nodes)]
    named = " and ".join(unmet or constraints)
    says = f"no node that takes tasks meets {named}" if unmet else f"no single node meets {named}"
    label = wanted_label(unmet[0]) if unmet else ""
    if label:
        host = open_nodes[0].description.hostname if len(open_nodes) == 1 else "NODE"
        cure = remedy(
            service,
            "Give the label to a node that should run it, or drop the constraint.",
            shlex.join(["docker", "node", "update", "--label-add", label, host]),
        )
    else:
        drop = [word for one in unmet[:1] or constraints[:1] for word in ("--constraint-rm", one)]
        cure = remedy(service, "Change the constraint, or let a node that meets it take tasks.", update(service, *drop))
    proof = swarm.service_evidence(service, "TaskTemplate.Placement.Constraints", ", ".join(constraints))
    return Explanation(says=says, remedy=cure, evidence=(proof,))


def misses_plugin(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'missing plugin'."""
    there = {(item.type, _bare(item.name)) for node in swarm.nodes for item in node.description.engine.plugins}
    missing = [f"{kind.lower()} driver {name}" for kind, name in _drivers(swarm, service) if (kind, name) not in there]
    named = " and ".join(missing) or "a driver that it needs"
    return Explanation(
        says=f"no node has the {named}" if missing else f"nodes lack {named}",
        remedy=remedy(
            service,
            "Install the plugin on the nodes that should run it (docker plugin install), or use a driver they have.",
            "docker node inspect --format '{{json .Description.Engine.Plugins}}' self",
        ),
    )


def unsupported_platform(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'unsupported platform'."""
    built = _listed(f"{one.os or 'any'}/{one.architecture or 'any'}" for one in service.template.placement.platforms)
    platforms = (node.description.platform for node in swarm.nodes if node.takes_tasks)
    there = _listed(f"{one.os}/{one.architecture}" for one in platforms)
    return Explanation(
        says=f"the image is for {built or 'another platform'}, and the nodes are {there or 'of none that takes tasks'}",
        remedy=remedy(
            service,
            "Build and push the image for the nodes' platform too (docker buildx build --platform).",
            f"docker buildx imagetools inspect {shlex.quote(reference(service.image))}",
        ),
    )


def port_taken(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'host-mode port already in use'."""
    own = list(_host_ports(service))
    holder, port = next(_holders(swarm, service, own), (None, own[0] if own else None))
    named = f"port {port.published_port}/{port.protocol}" if port else "its host-mode port"
    if holder is None:
        says = f"{named} is published on the host itself, where one task a node can have it"
        cure = "Have no more tasks than nodes, or publish it by the routing mesh"
    else:
        says = f"{named} of the host is taken on every node that would do; service {holder.name} holds it"
        cure = f"Move {holder.name} away, or publish another port, by the routing mesh too"
    if port is None:
        return Explanation(says=says, remedy=remedy(service, f"{cure}."))
    published = f"{port.published_port},target={port.target_port},protocol={port.protocol}"
    wanted = f"published={published}" if holder is None else f"target={port.target_port},protocol={port.protocol}"
    # `--publish-rm PORT` takes away what the mesh publishes alone: a port of the host has to be named with its mode.
    command = update(
        service, "--publish-rm", f"mode=host,published={published}", "--publish-add", f"mode=ingress,{wanted}"
    )
    told = "The command does the latter." if holder is None else "The command lets Docker choose the port."
    return Explanation(says=says, remedy=remedy(service, f"{cure}. {told}", command))


def too_many_per_node(swarm: Snapshot, service: Service) -> Explanation:
    """Explain 'max replicas per node limit exceed'."""
    most, nodes = service.template.placement.max_replicas, sum(node.takes_tasks for node in swarm.nodes)
    room = most * nodes
    return Explanation(
        says=f"at most {most} may run on one node, and {_count(nodes, 'node takes', 'nodes take')} tasks",
        remedy=remedy(
            service,
            f"Add nodes, allow more on each (--replicas-max-per-node), or want no more than {room}.",
            f"docker service scale {shlex.quote(service.name)}={room}",
        ),
        evidence=(swarm.service_evidence(service, "TaskTemplate.Placement.MaxReplicas", most),),
    )


def nodes_closed(swarm: Snapshot, _service: Service) -> Explanation:
    """Explain 'nodes not available for new tasks'."""
    closed = [node for node in swarm.nodes if not node.takes_tasks]
    put_aside = [node for node in closed if node.ready]
    named = _listed(f"{swarm.node_name(node.id)} ({_closed_by(node)})" for node in closed)
    command = f"docker node update --availability active {put_aside[0].id}" if put_aside else "docker node ls"
    text = "Let a node take tasks again." if put_aside else "Bring a node back: none reports to the managers."
    return Explanation(
        says=f"no node takes tasks: {named}",
        remedy=Remedy(text=text, command=command),
        evidence=tuple(swarm.node_evidence(node, "Spec.Availability", _closed_by(node)) for node in closed[:_NAMED]),
    )


def _closed_by(node: Node) -> str:
    return _PUT_ASIDE.get(node.spec.availability, "") if node.ready else node.status.state


def _drivers(swarm: Snapshot, service: Service) -> Iterator[tuple[str, str]]:
    """Yield the drivers that the service needs, as kind and name."""
    for mount in service.template.container_spec.mounts:
        if mount.type == "volume" and (name := mount.volume_options.driver_config.name):
            yield "Volume", _bare(name)
    for network in swarm.networks_of(service):
        yield "Network", _bare(network.driver)
    if name := service.template.log_driver.name:
        yield "Log", _bare(name)


def _holders(swarm: Snapshot, service: Service, ports: Sequence[Port]) -> Iterator[tuple[Service, Port]]:
    for other in (*swarm.services, *swarm.others):
        held = {(port.published_port, port.protocol) for port in _host_ports(other)}
        for port in ports if other.id != service.id else ():
            here = any(task.wanted and task.node_id for task in swarm.tasks_of(other))
            if here and (port.published_port, port.protocol) in held:
                yield other, port


def _host_ports(service: Service) -> Iterator[Port]:
    return (port for port in service.spec.endpoint_spec.ports if port.publish_mode == "host" and port.published_port)


def _bare(name: str) -> str:
    return name.removesuffix(":latest")


def _listed(items: Iterable[str]) -> str:
    found = list(dict.fromkeys(items))
    return ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
