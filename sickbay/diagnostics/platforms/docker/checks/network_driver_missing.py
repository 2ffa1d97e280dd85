"""The driver of a network is not there."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.drivers import disabled, successor, unknown_driver
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network


@check(
    "DKR-N109",
    title="Network driver missing",
    severity=Severity.HIGH,
    remedy="Install or enable the driver's plugin again, or move the containers to a network of another driver.",
    explains=("DKR-C101", "DKR-C104", "DKR-C106", "DKR-C115"),
)
def network_driver_missing(host: Snapshot) -> Iterator[Finding]:
    """A network that containers are on was made with a driver that the engine does not have, or has switched off.

    Recognised by the driver's absence among `/info` Plugins.Network, by a managed plugin that is disabled, and by the
    error of a start ('plugin "weave" not found'). The plugins of Weave Net, Open vSwitch, Contiv and Flannel are no
    longer kept up: overlay networks of Swarm mode and macvlan took their place, on Kubernetes Cilium and Calico.
    """
    for network in host.networks_in_scope:
        users = [item.name for item in host.summaries if network.name in item.network_settings.networks]
        if users and (why := _why(host, network)):
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"Network {network.name} needs the driver {network.driver}, which {why.value}: {users[0]}"
                f"{f' and {len(users) - 1} more' if len(users) > 1 else ''} cannot join it.",
                evidence=(host.evidence(f"GET /networks/{network.name} Driver", network.driver), why),
                remedy=successor(network.driver, owner_of(network.labels)),
            )
    for container in host.containers:
        if driver := unknown_driver(container, "network"):
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} cannot start: the network driver {driver} is not there.",
                evidence=(container.evidence("State.Error", container.state.error),),
                remedy=successor(driver, owner_of(container.labels))
                or remedy(container, f"Start the plugin {driver}."),
                last_seen=container.read_at,
            )


def _why(host: Snapshot, network: Network) -> Evidence | None:
    """Give the fact that shows the driver missing."""
    known = host.info.plugins.network
    if plugin := disabled(host, network.driver, "network"):
        return host.evidence("GET /plugins Enabled", f"is disabled (plugin {plugin})")
    if known and network.driver and network.driver not in known and network.driver.partition(":")[0] not in known:
        return host.evidence("GET /info Plugins.Network", f"the engine does not have ({', '.join(known)})")
    return None
