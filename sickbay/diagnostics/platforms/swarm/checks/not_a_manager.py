"""The engine that was asked is no manager of a swarm."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

_SERVING = frozenset({"active", "pending"})


@check(
    "DKR-S114",
    title="Not a manager",
    severity=Severity.HIGH,
    remedy="Let the target's host be the engine of a manager: only managers tell of nodes, services and tasks.",
)
def not_a_manager(swarm: Snapshot) -> Iterator[Finding]:
    """The target's engine is a worker, or in no swarm at all, so nothing is known of its services.

    Workers refuse these questions ('This node is not a swarm manager'). They do know the managers' addresses, at the
    port on which managers speak to each other; the engine of that host is what the target needs, by SSH or TLS. An
    engine in no swarm is a Docker host: a target of platform docker.
    """
    membership = swarm.membership
    name = swarm.info.name if swarm.info else ""
    if swarm.info is None or membership.control_available:
        return
    proof = swarm.evidence("GET /info Swarm.LocalNodeState", membership.local_node_state or "inactive")
    if not membership.member:
        yield Finding(
            subject=swarm.subject,
            summary=f"The engine {name} is in no swarm, so there are no services to look at.",
            evidence=(proof,),
            remedy=Remedy(
                text="Name the engine of a manager as the target's host, or make this target one of platform docker."
            ),
        )
    elif membership.local_node_state in _SERVING:
        managers = ", ".join(peer.addr for peer in membership.remote_managers) or "it names none"
        host = next((peer.addr.rpartition(":")[0] for peer in membership.remote_managers), "MANAGER")
        joining = membership.local_node_state == "pending"
        is_one = "is only joining its swarm, or making one" if joining else "is a worker of its swarm"
        yield Finding(
            subject=swarm.subject,
            summary=f"The engine {name} {is_one}, and only managers tell of services: {managers}.",
            evidence=(proof, swarm.evidence("GET /info Swarm.RemoteManagers", managers)),
            remedy=Remedy(text=f"Let the target's host be the engine of a manager, such as ssh://USER@{host}."),
        )
