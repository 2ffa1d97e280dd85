"""DKR-N109: networks whose driver is not there."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.network_driver_missing import network_driver_missing
from sickbay.diagnostics.platforms.docker.wire.engine import Plugins
from sickbay.diagnostics.platforms.docker.wire.volumes import Plugin, PluginConfig, PluginInterface
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, info, network

OFF = Plugin(
    name="vendor/net:latest",
    enabled=False,
    config=PluginConfig(interface=PluginInterface(types=("docker.networkdriver/1.0",))),
)


def test_a_driver_that_the_engine_does_not_have() -> None:
    """Given a network of Weave, which the engine lacks, then it is found and what took Weave's place is told."""
    web = container("web")

    (finding,) = findings(network_driver_missing, host(web, networks=(network("shop", web, driver="weavemesh"),)))

    assert finding.summary.startswith(
        "Network shop needs the driver weavemesh, which the engine does not have (bridge, host"
    )
    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Weave Net ended in 2024")


def test_a_plugin_that_is_disabled() -> None:
    """Given a managed plugin that is switched off, then its network says so."""
    web = container("web")
    networks = (network("shop", web, driver="vendor/net:latest"),)
    known = info(plugins=Plugins(network=("bridge", "vendor/net:latest")))

    (finding,) = findings(network_driver_missing, host(web, networks=networks, plugins=(OFF,), info=known))

    assert "is disabled (plugin vendor/net:latest)" in finding.summary


@pytest.mark.parametrize("error", ['failed to create endpoint web on network shop: plugin "ovs" not found'])
def test_the_error_of_a_start(error: str) -> None:
    """Given a start that failed for want of the plugin, then the container's finding names it."""
    (finding,) = findings(network_driver_missing, host(container("web", status="exited", exit_code=128, error=error)))

    assert finding.summary == "web cannot start: the network driver ovs is not there."


def test_drivers_that_are_there_or_not_told_or_unused() -> None:
    """Given drivers that are known, an engine that lists none, or a network that nobody is on, then nothing is said."""
    web = container("web")

    assert findings(network_driver_missing, host(web)) == []
    strange = (network("shop", web, driver="odd"),)
    assert findings(network_driver_missing, host(web, networks=strange, info=info(plugins=Plugins()))) == []
    assert findings(network_driver_missing, host(web, networks=(network("empty", driver="odd"),))) == []
