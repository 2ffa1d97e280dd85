"""An endpoint holds a place on a network for a container that is gone."""

import re
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_TAKEN = re.compile(r"endpoint with name (?P<name>\S+) already exists in network (?P<network>\S+?)[.:]?(?:\s|$)")


@check(
    "DKR-N108",
    title="Endpoint left behind",
    severity=Severity.MEDIUM,
    remedy="Disconnect it by force: `docker network disconnect --force NETWORK CONTAINER`; else restart the engine.",
    explains=("DKR-C101", "DKR-C104", "DKR-C106", "DKR-C115"),
)
def endpoint_left_behind(host: Snapshot) -> Iterator[Finding]:
    """A network still counts an endpoint whose container the engine has lost, mostly after a crash of the engine.

    It keeps an address and a name, and the network cannot be removed. Recognised by an endpoint that the inspected
    network lists twice, seconds apart, without a container, and by the error of a start: 'endpoint with name web
    already exists in network shop'. Networks that span hosts are left alone: their endpoints may be elsewhere.
    """
    for container in host.containers:
        taken = None if container.state.running else _TAKEN.search(container.state.error)
        if taken:
            name, network = taken["name"], taken["network"]
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} cannot start: network {network} still has an endpoint of the name {name}.",
                evidence=(container.evidence("State.Error", container.state.error),),
                remedy=remedy(
                    container, "Disconnect the old endpoint by force, then start it again.", _free(network, name)
                ),
                last_seen=host.taken_at,
            )
    for network in host.networks_in_scope:
        lost = list(network.lost_endpoints.values())
        if lost and network.scope != "swarm":
            names = ", ".join(item.name or item.endpoint_id[:12] for item in lost[:3])
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"Network {network.name} keeps {len(lost)} endpoint{'s' * (len(lost) > 1)} without a container "
                f"({names}).",
                evidence=(host.evidence(f"GET /networks/{network.name} Containers", names),),
                remedy=Remedy(text="Disconnect it by force.", command=_free(network.name, lost[0].name)),
                count=len(lost),
            )


def _free(network: str, endpoint: str) -> str:
    return f"docker network disconnect --force {shlex.quote(network)} {shlex.quote(endpoint)}"
