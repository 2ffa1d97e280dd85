"""A network's subnet is also somebody else's."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.addresses import hidden, overlap, overlapping
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.peers import connected
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-N105",
    title="Subnets overlap",
    severity=Severity.HIGH,
    remedy="Give the network a subnet that nobody else uses: `ipam` in Compose, default-address-pools in daemon.json.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def subnets_overlap(host: Snapshot) -> Iterator[Finding]:
    """Addresses of a Docker network are also those of another network, a VPN, a VPC or the host's own.

    Three signs: the engine's error 'Pool overlaps with other one on this address space'; a container on two networks
    whose subnets overlap; and a container that gets no answer from an address inside a Docker subnet that nothing on
    this host has. The last is inferred: the address may be outside, hidden by the network, or that of a container that
    is gone.
    """
    for container in host.containers:
        if not container.state.running and overlap(container.state.error):
            error = container.state.error.strip()
            yield _finding(
                container,
                f'{container.name} could not start: "{error[:200]}".',
                container.evidence("State.Error", error),
            )
        for one, other, subnets in overlapping(host, frozenset(connected(host, container))):
            text = f"{container.name} is on {one.name} and {other.name}, whose subnets overlap, and reaches only one."
            yield _finding(container, text, container.evidence("NetworkSettings.Networks", subnets))
        for failure, network in hidden(host, container):
            source = f"GET /networks/{network.name} IPAM"
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"{container.name} gets no answer from {failure.host}: it lies in the subnet of network "
                f"{network.name} and is no container's, so the network hides an outside address, or its owner is gone.",
                evidence=(failure.evidence, host.evidence(source, ", ".join(map(str, network.subnets)))),
                confidence=Confidence.INFERRED,
                owner=owner_of(network.labels),
                last_seen=container.read_at,
            )


def _finding(container: Container, summary: str, evidence: Evidence) -> Finding:
    owner = owner_of(container.labels)
    return Finding(
        subject=container.subject, summary=summary, evidence=(evidence,), owner=owner, last_seen=container.read_at
    )
