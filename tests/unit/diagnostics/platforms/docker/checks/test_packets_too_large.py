"""DKR-N106: an MTU above what the host carries."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.packets_too_large import packets_too_large
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, log, network

STALLS = log('Get "https://registry.example.com/v2/": net/http: TLS handshake timeout')
MTU = "com.docker.network.driver.mtu"


def _bridge(mtu: str) -> dict[str, str]:
    return {"com.docker.network.bridge.default_bridge": "true", MTU: mtu}


def test_a_network_above_the_default_bridge() -> None:
    """Given an engine that was told 1450, when a network has 1500 and connections stall, then that is inferred."""
    web = container("web", log=STALLS)
    networks = (network("bridge", subnet="172.17.0.0/16", options=_bridge("1450")), network("shop", web))

    (finding,) = findings(packets_too_large, host(web, networks=networks))

    assert finding.summary == (
        "web's connection to registry.example.com stalls; network shop has an MTU of 1500 where the host seems to "
        "carry 1450."
    )
    assert finding.confidence is Confidence.INFERRED


def test_an_overlay_above_what_is_left_of_1500() -> None:
    """Given an overlay that was given 1500, when connections stall, then VXLAN's share is missing."""
    web = container("web", log=STALLS)
    overlay = network("shop", web, driver="overlay", scope="swarm", options={MTU: "1500"})

    (finding,) = findings(packets_too_large, host(web, networks=(overlay,)))

    assert "where the host seems to carry 1450" in finding.summary


@pytest.mark.parametrize(("mtu", "said"), [("1450", log("fine")), ("1500", STALLS), ("9000", STALLS)])
def test_no_sign(mtu: str, said: object) -> None:
    """Given nothing that stalls, or a network at or below the bridge's MTU, then nothing is said."""
    web = container("web", log=said)
    networks = (network("bridge", subnet="172.17.0.0/16", options=_bridge(mtu)), network("shop", web))

    assert findings(packets_too_large, host(web, networks=networks)) == []
