"""A network that lets its containers not talk to each other, and containers that try."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.connections import Failure, Trouble, failures
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.peers import meeting, peer
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network


@check(
    "DKR-N102",
    title="Network forbids its containers to talk",
    severity=Severity.HIGH,
    remedy="Put both on a network without `enable_icc=false`; where it is meant so, link the two or publish the port.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115", "DKR-N111"),
)
def no_talk_between(host: Snapshot) -> Iterator[Finding]:
    """The bridge has `com.docker.network.bridge.enable_icc=false`, and a container on it gets no answer from another.

    With inter-container communication off, the engine's packet filter drops what goes from one container of that
    bridge to another, so connections time out; names still resolve. Only containers whose log or health check tells of
    such a timeout, to a running peer that they share no other network with, count. The engine's daemon option
    `--icc=false` does the same to the default bridge.
    """
    for network in host.networks_in_scope:
        cut_off = [] if network.icc else list(_cut_off(host, network))
        if not cut_off:
            continue
        container, other, _ = cut_off[0]
        more = f" ({len(cut_off)} containers are cut off so)" if len(cut_off) > 1 else ""
        yield Finding(
            subject=Subject("network", network.name),
            summary=f"Network {network.name} does not let its containers talk to each other, and {container.name} gets "
            f"no answer from {other}{more}.",
            evidence=(
                host.evidence(f"GET /networks/{network.name} Options enable_icc", "false"),
                *(failure.evidence for _, _, failure in cut_off[:3]),
            ),
            owner=owner_of(network.labels),
            last_seen=container.read_at,
            count=len(cut_off),
        )


def _cut_off(host: Snapshot, network: Network) -> Iterator[tuple[Container, str, Failure]]:
    for container in host.containers:
        for failure in failures(host, container):
            other = peer(host, container, failure.host) if failure.trouble is Trouble.SILENCE else None
            common = meeting(host, container, other) if other and other.state == "running" else ()
            if other and network in common and not any(it.icc for it in common):
                yield container, other.name, failure
                break
