"""How much the managers of a swarm survive, and whether its nodes are of one version."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.swarm.control import majority
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node

#: From its administration guide: more managers cost more than they save.
_MOST = 7
_ZONE = re.compile(r"(?:^|[./_-])(?:zone|az|availability[-_.]?zone|data[-_]?cent(?:er|re)|dc)$", re.IGNORECASE)
_RELEASE = re.compile(r"\d+\.\d+")


class Weakness(Struct, frozen=True, kw_only=True):
    """One of them, in words that follow the swarm's name, with its proof and its remedy."""

    says: str
    proof: Evidence
    remedy: Remedy


def weaknesses(swarm: Snapshot) -> Iterator[Weakness]:
    """Yield what would cost the swarm its control sooner than need be."""
    managers = [node for node in swarm.nodes if node.manager]
    yield from _number(swarm, len(managers))
    yield from _zones(swarm, managers)
    yield from _versions(swarm)


def _number(swarm: Snapshot, managers: int) -> Iterator[Weakness]:
    proof = swarm.evidence("GET /nodes ManagerStatus", f"{managers} managers" if managers != 1 else "1 manager")
    survives = managers - majority(managers)
    if managers == 1:
        says = "has one manager: when it is lost, so is the swarm"
    elif managers and managers % 2 == 0:
        says = f"has {managers} managers, which survive the loss of {survives}, as {managers - 1} do"
    elif managers > _MOST:
        says = f"has {managers} managers, all of which must hear of every change"
    else:
        return
    promote = managers < _MOST
    yield Weakness(
        says=says,
        proof=proof,
        remedy=Remedy(
            text="Run three managers to survive the loss of one, five for two.",
            command="docker node promote NODE" if promote else "docker node demote NODE",
        ),
    )


def _zones(swarm: Snapshot, managers: list[Node]) -> Iterator[Weakness]:
    if len(managers) < 3:
        return
    labelled = [{**node.description.engine.labels, **node.spec.labels} for node in managers]
    for label, zone in labelled[0].items():
        if _ZONE.search(label) and all(labels.get(label) == zone for labels in labelled):
            yield Weakness(
                says=f"has all {len(managers)} managers in {label} {zone}",
                proof=swarm.evidence(f"GET /nodes Spec.Labels {label}", zone),
                remedy=Remedy(text="Spread the managers over three zones: one that fails then leaves a majority."),
            )
            return


def _versions(swarm: Snapshot) -> Iterator[Weakness]:
    found = (_RELEASE.match(node.description.engine.engine_version) for node in swarm.nodes)
    releases = Counter(release[0] for release in found if release)
    if len(releases) > 1:
        told = ", ".join(f"{release} on {count}" for release, count in releases.most_common())
        yield Weakness(
            says=f"runs engines of {len(releases)} releases ({told})",
            proof=swarm.evidence("GET /nodes Description.Engine.EngineVersion", told),
            remedy=Remedy(text="Bring all nodes to one release, drained one after another, the managers first."),
        )
