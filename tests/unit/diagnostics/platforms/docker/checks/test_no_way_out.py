"""DKR-N103: a network without a way out."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.no_way_out import no_way_out
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from tests.unit.diagnostics.platforms.docker.hosts import at, container, findings, host, info, log, network, report

UNMASKED = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
SILENT = "dial tcp 93.184.216.34:443: i/o timeout"


def _host(one: Container, *networks: Network) -> Snapshot:
    return host(one, networks=networks or (network("shop", one, internal=True),))


@pytest.mark.parametrize(
    "line", [SILENT, "getaddrinfo EAI_AGAIN api.example.com", "curl: (6) Could not resolve host: api.example.com"]
)
def test_an_internal_network(line: str) -> None:
    """Given an internal network, when nothing outside answers or resolves, then it is observed."""
    (finding,) = findings(no_way_out, _host(container("web", log=log(line))))

    assert "its network shop is internal." in finding.summary
    assert finding.confidence is Confidence.OBSERVED


def test_a_network_without_masquerading() -> None:
    """Given a network that does not masquerade, when no answer comes from outside, then that is inferred."""
    web = container("web", log=log(SILENT))

    (finding,) = findings(no_way_out, _host(web, network("shop", web, options=UNMASKED)))

    assert finding.summary.startswith("web gets no answer from 93.184.216.34: its network shop is not masqueraded")
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "line",
    [
        "serving",
        "dial tcp 172.18.0.9:443: i/o timeout",
        "dial tcp 93.184.216.34:443: connect: connection refused",
        "lookup db: no such host",
    ],
)
def test_what_is_no_sign(line: str) -> None:
    """Given an internal network, when nothing fails, or only what is inside or answers, then nothing is said."""
    assert findings(no_way_out, _host(container("web", log=log(line)))) == []


def test_another_way_out() -> None:
    """Given a second network that leads out, or networks that all do, then the way out is not what is missing."""
    both = container("web", networks=at() | at("172.19.0.2", "open"), log=log(SILENT))
    shut, free = network("shop", both, internal=True), network("open", both, subnet="172.19.0.0/16")

    assert findings(no_way_out, _host(both, shut, free)) == []
    assert findings(no_way_out, _host(both, free)) == []


def test_a_host_that_forwards_nothing_explains_it() -> None:
    """Given forwarding switched off as well, when ranked, then that is the cause."""
    web = container("web", log=log(SILENT))
    judged = report(host(web, networks=(network("shop", web, internal=True),), info=info(ipv4_forwarding=False)))

    assert [item.code for item in judged.causes] == ["DKR-E105"]
