"""Whether somebody governs the swarm: what the asked manager says of itself, and how many managers agree."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.docker import obstacles
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

_NO_LEADER = re.compile(
    r"does not have a leader|DeadlineExceeded|context deadline exceeded|no elected|raft", re.IGNORECASE
)
_SAYS_SO = "does not have a leader"
_EXPIRED = re.compile(r"certificate[^\n]*(?:expired|not yet valid)", re.IGNORECASE)


class Trouble(Struct, frozen=True, kw_only=True):
    """What is wrong with the swarm's control, as a whole sentence without its end, its proof and its remedy.

    `inferred` says that no engine has said so in as many words.
    """

    says: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy
    inferred: bool = False


def troubles(swarm: Snapshot) -> Iterator[Trouble]:
    """Yield what keeps the swarm from being governed: the first that fits."""
    yield from _unreachable(swarm) or _out_of_service(swarm) or _without_leader(swarm) or _outvoted(swarm)


def majority(managers: int) -> int:
    """Give how many of so many managers must agree."""
    return managers // 2 + 1


def _unreachable(swarm: Snapshot) -> list[Trouble]:
    why = swarm.unreachable
    if why is None:
        return []
    return [
        Trouble(
            says=f"{swarm.swarm} cannot be looked at: {obstacles.says(why.obstacle, swarm.address)}",
            evidence=(swarm.evidence(f"GET /_ping at {swarm.address}", f"{why.obstacle}: {why.message}"),),
            remedy=obstacles.cure(why, swarm.address),
        )
    ]


def _out_of_service(swarm: Snapshot) -> list[Trouble]:
    """Give what the engine's own state says: locked, or in error."""
    membership = swarm.membership
    name, state, error = swarm.info.name if swarm.info else "", membership.local_node_state, membership.error
    proof = (
        swarm.evidence("GET /info Swarm.LocalNodeState", state),
        *([swarm.evidence("GET /info Swarm.Error", error)] if error else []),
    )
    if state == "locked":
        text = "Unlock it with the swarm's unlock key; another manager tells it: docker swarm unlock-key."
        says = f"The manager {name} is locked since its engine started: it takes no part in the swarm"
        return [Trouble(says=says, evidence=proof, remedy=Remedy(text=text, command="docker swarm unlock"))]
    if state == "error" and _EXPIRED.search(error):
        text = "Set the clock by NTP if it is off; else let the node leave and join again, a manager is demoted first."
        says = f"The engine {name} is out of the swarm: its certificate is not valid any more"
        return [Trouble(says=says, evidence=proof, remedy=Remedy(text=text, command="docker swarm leave --force"))]
    if state == "error":
        text = "Read in the engine's log why it cannot take part, and restart it when that is mended."
        says = f'The engine {name} cannot take part in the swarm: "{error[:200] or "it does not say why"}"'
        log = "journalctl -u docker --since -15min"
        return [Trouble(says=says, evidence=proof, remedy=Remedy(text=text, command=log))]
    return []


def _without_leader(swarm: Snapshot) -> list[Trouble]:
    """Give the loss of the quorum: a manager that takes part, and can tell nothing."""
    membership = swarm.membership
    if swarm.nodes or not (membership.control_available or swarm.info is None):
        return []
    said = [membership.error, *(gap.reason for gap in swarm.gaps)]
    others = [peer.addr for peer in membership.remote_managers if peer.node_id != membership.node_id]
    proof = tuple(swarm.evidence(gap.what, gap.reason) for gap in swarm.gaps)
    if membership.error:
        proof = (swarm.evidence("GET /info Swarm.Error", membership.error), *proof)
    if not any(_NO_LEADER.search(text) for text in said):
        text = "Look at the manager's log for the error; where a proxy stands before it, let it pass GET of /nodes."
        cure = Remedy(text=text, command="journalctl -u docker --since -15min")
        return [Trouble(says=f"{swarm.swarm} answers, but tells nothing of its nodes", evidence=proof, remedy=cure)]
    known = f" (it knows {', '.join(others)})" if others else ""
    text = (
        f"Bring the other managers back{known}: more than half must run. Only where they are lost for ever, make this "
        "one a swarm of its own again: docker swarm init --force-new-cluster."
    )
    says = "The swarm has no leader: too few managers are online. Services run on, but nothing is placed or replaced"
    cure = Remedy(text=text, command="systemctl start docker")
    return [Trouble(says=says, evidence=proof, remedy=cure, inferred=not any(_SAYS_SO in item for item in said))]


def _outvoted(swarm: Snapshot) -> list[Trouble]:
    """Give the loss of the quorum that the list of nodes shows while it is still told."""
    managers = [node for node in swarm.nodes if node.manager_status]
    reachable = [node for node in managers if node.manager_status and node.manager_status.reachability == "reachable"]
    if not managers or len(reachable) >= majority(len(managers)):
        return []
    lost = [swarm.node_name(node.id) for node in managers if node not in reachable]
    says = f"Only {len(reachable)} of {len(managers)} managers can be reached, and {majority(len(managers))} must agree"
    return [
        Trouble(
            says=says,
            evidence=tuple(
                swarm.node_evidence(node, "ManagerStatus.Reachability", node.manager_status.reachability)
                for node in managers
                if node.manager_status
            ),
            remedy=Remedy(text=f"Bring these managers back: {', '.join(lost)}.", command="systemctl start docker"),
        )
    ]
