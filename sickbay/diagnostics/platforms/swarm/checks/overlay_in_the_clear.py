"""What containers send each other travels between nodes in the clear."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

_NAMED = 5


@check(
    "DKR-S107",
    title="Overlay traffic in the clear",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Make the network anew with --opt encrypted where the nodes' network is not trusted; it costs throughput.",
    benchmark=("CIS 7.3",),
)
def overlay_in_the_clear(swarm: Snapshot) -> Iterator[Finding]:
    """An overlay network of a swarm of several nodes is not encrypted.

    Swarm encrypts what its managers say to the nodes, and not what containers say to each other, unless the network was
    made with `--opt encrypted`. The ingress network counts too: it carries what is published.
    """
    clear = [network for network in swarm.networks_in_scope if network.driver == "overlay" and not _encrypted(network)]
    if len(swarm.nodes) > 1 and clear:
        names = ", ".join(network.name for network in clear[:_NAMED]) + (" and others" if len(clear) > _NAMED else "")
        noun = "network sends" if len(clear) == 1 else "networks send"
        yield Finding(
            subject=swarm.subject,
            summary=f"{len(clear)} overlay {noun} between {len(swarm.nodes)} nodes in the clear: {names}.",
            evidence=tuple(
                swarm.evidence(f"GET /networks {network.name} Options", ", ".join(network.options) or "none")
                for network in clear[:_NAMED]
            ),
            count=len(clear),
        )


def _encrypted(network: Network) -> bool:
    """Say whether the network was made with the option, which has no value of its own."""
    return network.options.get("encrypted", "false") != "false"
