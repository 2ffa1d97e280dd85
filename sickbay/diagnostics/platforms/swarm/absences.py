"""Nodes that do not report, and what is affected."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node

_NAMED = 3
_CHANGE_OF_LEADER = timedelta(minutes=1)
_PORTS = "2377/tcp to the managers, 7946/tcp and udp, and 4789/udp for overlay networks"


class Absence(Struct, frozen=True, kw_only=True):
    """A node that does not report, or a manager that the others do not reach."""

    node: Node
    says: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy


def absences(swarm: Snapshot) -> Iterator[Absence]:
    """Yield the nodes of the scope that do not report.

    After a change of leader every node is unknown until it reports to the new one: that gets its time.
    """
    for node in swarm.nodes_in_scope:
        if node.status.state == "unknown" and swarm.taken_at - node.updated_at < _CHANGE_OF_LEADER:
            continue
        reachability = node.manager_status.reachability if node.manager_status else ""
        if not node.ready:
            yield _of_node(swarm, node)
        elif reachability == "unreachable":
            yield Absence(
                node=node,
                says="reports, but the other managers do not reach it: it has no vote",
                evidence=(swarm.node_evidence(node, "ManagerStatus.Reachability", reachability),),
                remedy=Remedy(
                    text="Let managers reach each other on 2377/tcp, and look whether its address has changed.",
                    command=f"docker node inspect --format '{{{{.ManagerStatus.Addr}}}}' {node.id}",
                ),
            )


def _of_node(swarm: Snapshot, node: Node) -> Absence:
    name, state = node.description.hostname, node.status.state or "unknown"
    proof = [swarm.node_evidence(node, "Status.State", state)]
    if node.status.message:
        proof.append(swarm.node_evidence(node, "Status.Message", node.status.message))
    if any(other.ready and other.description.hostname == name for other in swarm.nodes if name):
        again = f"docker node demote {node.id} && " if node.manager else ""
        remedy = Remedy(
            text="Remove what is left of its earlier membership.", command=f"{again}docker node rm {node.id}"
        )
        return Absence(
            node=node,
            says=f"is {state}: its host has joined anew, and this is its earlier membership",
            evidence=tuple(proof),
            remedy=remedy,
        )
    vote = "; it is a manager, and its vote is missing" if node.manager_status else ""
    remedy = Remedy(
        text=f"Look whether the machine and its engine run, and whether a firewall shuts {_PORTS}; if it is gone for "
        f"ever: docker node rm --force {node.id}.",
        command="systemctl status docker",
    )
    return Absence(
        node=node,
        says=f"is {state}: its engine does not report to the managers{_affected(swarm, node)}{vote}",
        evidence=tuple(proof),
        remedy=remedy,
    )


def _affected(swarm: Snapshot, node: Node) -> str:
    """Name the services that had tasks there."""
    held = {task.service_id for task in swarm.tasks_by_node.get(node.id, ()) if task.state == "running"}
    names = sorted(swarm.service_by_id[id_].name for id_ in held if id_ in swarm.service_by_id)
    if not names:
        return ""
    return f"; {', '.join(names[:_NAMED])}{' and others' if len(names) > _NAMED else ''} had tasks there"
