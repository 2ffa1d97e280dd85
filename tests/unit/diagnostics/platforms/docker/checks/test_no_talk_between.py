"""DKR-N102: a network that forbids its containers to talk."""

from sickbay.diagnostics.platforms.docker.checks.no_talk_between import no_talk_between
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from tests.unit.diagnostics.platforms.docker.hosts import at, container, findings, health, host, log, network, report

OFF = {"com.docker.network.bridge.enable_icc": "false"}
SILENT = log("dial tcp 172.18.0.3:5432: i/o timeout")


def _host(web: Container, *, off: bool = True) -> Snapshot:
    db = container("db", networks=at("172.18.0.3"))
    return host(web, db, networks=(network("shop", web, db, options=OFF if off else {}),))


def test_a_timeout_between_two_of_it() -> None:
    """Given icc off, when one container gets no answer from another by name or address, then it is to blame."""
    by_name = log("curl: (28) Failed to connect to db port 5432 after 5000 ms: Connection timed out")

    for said in (SILENT, by_name):
        (finding,) = findings(no_talk_between, _host(container("web", log=said)))
        assert str(finding.subject) == "network/shop"
        assert "does not let its containers talk to each other, and web gets no answer from db." in finding.summary


def test_icc_off_alone_is_no_fault() -> None:
    """Given icc off and nobody who complains, or who is refused, or who wants outside, then nothing is said."""
    refused, outside = (
        log("dial tcp 172.18.0.3:5432: connect: connection refused"),
        log("dial tcp 1.1.1.1:443: i/o timeout"),
    )

    assert findings(no_talk_between, _host(container("web"))) == []
    assert findings(no_talk_between, _host(container("web", log=refused))) == []
    assert findings(no_talk_between, _host(container("web", log=outside))) == []


def test_icc_on_is_not_to_blame() -> None:
    """Given a timeout on a network that lets its containers talk, then this check is silent."""
    assert findings(no_talk_between, _host(container("web", log=SILENT), off=False)) == []


def test_another_network_in_common_lets_them_talk() -> None:
    """Given a second common network without that option, then the first is not to blame."""
    both = at() | at("172.19.0.2", "open")
    web, db = (
        container("web", networks=both, log=SILENT),
        container("db", networks=at("172.18.0.3") | at("172.19.0.3", "open")),
    )
    shut, free = network("shop", web, db, options=OFF), network("open", web, db, subnet="172.19.0.0/16")

    assert findings(no_talk_between, host(web, db, networks=(shut, free))) == []


def test_it_explains_a_failing_health_check() -> None:
    """Given a health check that times out at a peer, when ranked, then it is folded under the network."""
    web = container("web", health=health(*["connect to db:5432 timed out"] * 3))

    assert [item.code for item in report(_host(web)).causes] == ["DKR-N102"]
