"""Why a place of a service stays empty, in words, and what to do about it: one answer for each class of the error."""

import re
import shlex
from collections.abc import Callable, Mapping

from sickbay.diagnostics.exit_codes import meaning
from sickbay.diagnostics.platforms.swarm import placement
from sickbay.diagnostics.platforms.swarm.addresses import full_networks
from sickbay.diagnostics.platforms.swarm.explanation import Explanation
from sickbay.diagnostics.platforms.swarm.faults import Fault, fault_in
from sickbay.diagnostics.platforms.swarm.images import why_not_pulled
from sickbay.diagnostics.platforms.swarm.ownership import remedy, update
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.standing import Place
from sickbay.diagnostics.platforms.swarm.wire.services import Service

_QUOTED = 200
#: What the runtime says before it says anything.
_PREAMBLE = re.compile(r"^.*(?:unable to start container process|error during container init): ", re.DOTALL)
_SOURCE = re.compile(r"does not exist: (\S+)")
#: The scheduler's own classes, each explained from the whole swarm.
_BY_SCHEDULER: Mapping[Fault, Callable[[Snapshot, Service], Explanation]] = {
    Fault.RESOURCES: placement.lacks_resources,
    Fault.CONSTRAINTS: placement.meets_no_constraint,
    Fault.PLUGIN: placement.misses_plugin,
    Fault.PLATFORM: placement.unsupported_platform,
    Fault.HOST_PORT: placement.port_taken,
    Fault.MAX_REPLICAS: placement.too_many_per_node,
    Fault.CLOSED: placement.nodes_closed,
}


def explain(swarm: Snapshot, service: Service, place: Place) -> Explanation:
    """Explain why nothing runs in the place."""
    fault = fault_in(place)
    if by_scheduler := _BY_SCHEDULER.get(fault):
        return by_scheduler(swarm, service)
    if fault is Fault.IMAGE:
        return why_not_pulled(swarm, service, place.blamed)
    if fault in {Fault.NEVER_ALLOCATED, Fault.ADDRESS}:
        return _without_address(swarm, service, place)
    if fault is Fault.WAITING:
        return _slow(swarm, service, place)
    return _refused(swarm, service, place, fault)


def said(error: str) -> str:
    """Give the telling end of an engine's error, short enough to be read in a sentence."""
    text = _PREAMBLE.sub("", error.strip()).removesuffix(": unknown")
    return text[:_QUOTED]


def _refused(swarm: Snapshot, service: Service, place: Place, fault: Fault) -> Explanation:
    error, node = place.blamed.status.err, swarm.node_name(place.blamed.node_id)
    quoted = f'"{said(error)}" on node {node}' if node else f'"{said(error)}"'
    inspect = f"docker service ps --no-trunc {shlex.quote(service.name)}"
    match fault:
        case Fault.EXIT:
            code = place.blamed.status.container_status.exit_code
            says = f"its last task exited with code {code}: {meaning(code)}"
            again = "" if place.latest.wanted else f"; then let it run anew: {update(service, '--force')}"
            logs = f"docker service logs --tail 100 {shlex.quote(service.name)}"
            return Explanation(says=says, remedy=remedy(service, f"Mend what its log names{again}.", logs))
        case Fault.UNHEALTHY:
            text = "Find what the health check waits for; give it a start period where the application starts slowly."
            command = f"docker service logs --tail 100 {shlex.quote(service.name)}"
            return Explanation(says="its health check fails", remedy=remedy(service, text, command))
        case Fault.BIND:
            source = _SOURCE.search(error)
            path = source[1] if source else "the source"
            text = f"Make {path} on each node that may run it, hold it to the nodes that have it, or mount a volume."
            says = f"the source of a bind mount, {path}, is missing on node {node}"
            return Explanation(
                says=says, remedy=remedy(service, text, f"mkdir -p {shlex.quote(path)}" if source else inspect)
            )
        case Fault.COMMAND:
            text = "Correct the command, or install it in the image; in exec form give its full path."
        case Fault.SECRET:
            text = "Make the secret or config that it names (docker secret ls, docker config ls), or drop it."
        case Fault.NETWORK:
            text = "Make the network again, or take it from the service."
        case _:
            text = "Read the whole error; the log of that node's engine has more."
    return Explanation(says=f"the engine says {quoted}", remedy=remedy(service, text, inspect))


def _without_address(swarm: Snapshot, service: Service, place: Place) -> Explanation:
    """Explain a task that the managers have not given what it needs on its networks."""
    state = f"state {place.latest.state} since {place.latest.status.timestamp:%H:%M} UTC"
    proof = swarm.task_evidence(service, place.latest, "Status.State", state)
    for room in full_networks(swarm, service):
        name = room.network.name
        return Explanation(
            says=f"network {name} ({room.subnet}) has no address left: {room.taken} of {room.usable} are taken",
            remedy=remedy(
                service,
                "Make a network with a larger subnet and move the service there; a subnet cannot be widened.",
                f"docker network create --driver overlay --subnet 10.200.0.0/20 {shlex.quote(name + '-large')}",
            ),
            evidence=(swarm.evidence(f"GET /networks {name} IPAM.Config", room.subnet), proof),
            inferred=place.blamed.status.err == "",
        )
    return Explanation(
        says=f"the managers have given its tasks nothing yet ({state}): neither addresses nor a node",
        remedy=remedy(
            service,
            "Read the leader's log for what it cannot allocate: a network's addresses, a port, a driver.",
            "journalctl -u docker --since -15min | grep -i allocat",
        ),
        evidence=(proof,),
    )


def _slow(swarm: Snapshot, service: Service, place: Place) -> Explanation:
    """Explain a task that has been on its way for too long, without an error."""
    state, since = place.latest.state, place.latest.status.timestamp
    node = swarm.node_name(place.latest.node_id)
    doing = {"preparing": "pulling the image", "starting": "waiting for the health check"}.get(state, state)
    minutes = (swarm.taken_at - since).total_seconds() / 60
    return Explanation(
        says=f"a task on node {node or '?'} has been {doing} for {minutes:.0f} min",
        remedy=remedy(
            service,
            "Look at that node's engine and its way to the registry; a task that hangs there is made anew by --force.",
            update(service, "--force"),
        ),
        evidence=(swarm.task_evidence(service, place.latest, "Status.State", f"{state} since {since:%H:%M:%S} UTC"),),
    )
