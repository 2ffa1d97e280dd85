"""A container does not find another one by its name, though both run."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.connections import Trouble, failures
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.peers import connected, meeting, peer, place
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-N101",
    title="Peer not found by name",
    severity=Severity.HIGH,
    remedy="Put both on one network of your own (`docker network create`): there each finds the other by name.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115", "DKR-N111"),
)
def peer_not_found(host: Snapshot) -> Iterator[Finding]:
    """A program looks for another container by name and does not find it, because the two share no network with names.

    Recognised by its log or health check, where the name is that of a container that runs on the host. Docker resolves
    names on user-defined networks only, between containers that are both on one of them: not on the default network
    `bridge` (where links, `--link`, are the legacy way), not for a container that uses the host's own network.
    """
    for container in host.containers:
        for failure in failures(host, container):
            other = peer(host, container, failure.host) if failure.trouble in {Trouble.NAME, Trouble.DNS} else None
            if (
                other is None
                or other.state != "running"
                or any(not it.default_bridge for it in meeting(host, container, other))
            ):
                continue
            mine, theirs = place(host, connected(host, container)), place(host, other.network_settings.networks)
            here = next(
                (name for name in other.network_settings.networks if name not in {"bridge", "host", "none"}), ""
            )
            where = f"both are on {mine}" if mine == theirs else f"it is on {mine}, {other.name} on {theirs}"
            cure = f"docker network connect {shlex.quote(here)} {quoted(container)}" if here else None
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} does not find {other.name} by the name {failure.host}: {where}, "
                "and Docker resolves names only between containers of one user-defined network.",
                evidence=(
                    failure.evidence,
                    container.evidence("NetworkSettings.Networks", mine),
                    host.evidence(f"GET /containers/json {other.name} NetworkSettings.Networks", theirs),
                ),
                remedy=remedy(container, f"Put {container.name} and {other.name} on one user-defined network.", cure),
                last_seen=container.read_at,
            )
            break
