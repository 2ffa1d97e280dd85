"""Packets leave containers larger than the way can carry."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.connections import Trouble, failures
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.peers import connected
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network

#: What a network has that nobody set otherwise; VXLAN (overlay) takes 50 of it.
_USUAL, _VXLAN = 1500, 50


@check(
    "DKR-N106",
    title="MTU too large",
    severity=Severity.MEDIUM,
    remedy="Make the network again with the MTU of what it runs over (`--opt com.docker.network.driver.mtu=1450`).",
    explains=("DKR-C101", "DKR-C105"),
)
def packets_too_large(host: Snapshot) -> Iterator[Finding]:
    """Connections are made and then stall when more than a little is sent: the network's MTU is above the way's.

    Small packets pass and large ones vanish, so TLS handshakes hang. The API does not tell the host's MTU, only the
    default bridge's, which `mtu` in daemon.json sets and others do not inherit. So this is inferred, from stalls in a
    log on a network whose MTU is above that, for an overlay less the 50 bytes of VXLAN.
    """
    known = next((network.mtu for network in host.networks if network.default_bridge and network.mtu), _USUAL)
    for network in host.networks_in_scope:
        most = known - _VXLAN if network.driver == "overlay" else known
        if _mtu(network) <= most:
            continue
        stalls = [
            (container, failure)
            for container in host.containers
            if network.name in connected(host, container)
            for failure in failures(host, container)
            if failure.trouble is Trouble.STALL
        ]
        if stalls:
            container, failure = stalls[0]
            again = f"docker network create --opt com.docker.network.driver.mtu={most} {shlex.quote(network.name)}"
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"{container.name}'s connection to {failure.host} stalls; network {network.name} has an MTU of "
                f"{_mtu(network)} where the host seems to carry {most}.",
                evidence=(failure.evidence, host.evidence(f"GET /networks/{network.name} Options mtu", _mtu(network))),
                confidence=Confidence.INFERRED,
                remedy=Remedy(
                    text=f"Make it again with an MTU of {most}.", command=again, owner=owner_of(network.labels)
                ),
                last_seen=container.read_at,
            )


def _mtu(network: Network) -> int:
    return network.mtu or (_USUAL - _VXLAN if network.driver == "overlay" else _USUAL)
