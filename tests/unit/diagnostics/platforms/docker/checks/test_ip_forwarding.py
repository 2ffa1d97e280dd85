"""DKR-E105: a host that forwards nothing."""

from sickbay.diagnostics.platforms.docker.checks.ip_forwarding import ip_forwarding
from sickbay.diagnostics.platforms.docker.wire.engine import Info, Version
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, health, host, info, report

OFF = info(ipv4_forwarding=False)
PODMAN = Version(version="4.3.1", components=({"Name": "Podman Engine"},))


def test_forwarding_is_off() -> None:
    """Given a host that says that forwarding is off, when judged, then the containers that it cuts off are counted."""
    agent, done = container("agent", network_mode="host"), container("done", status="exited")

    (finding,) = findings(ip_forwarding, host(container("web-1"), container("web-2"), agent, done, info=OFF))

    assert finding.summary == "IPv4 forwarding is off on host-7, so 2 running containers have no outside network."


def test_the_warning_alone_is_enough() -> None:
    """Given only the engine's warning, when judged, then it is believed."""
    warned = info(ipv4_forwarding=None, warnings=("WARNING: IPv4 forwarding is disabled",))

    (finding,) = findings(ip_forwarding, host(info=warned))

    assert finding.evidence[0].value == "WARNING: IPv4 forwarding is disabled"
    assert "containers there have no outside network" in finding.summary


def test_forwarding_is_on_or_untold() -> None:
    """Given a host that forwards, or does not say, when judged, then nothing is said; IPv6 is another matter."""
    assert findings(ip_forwarding, host(info=info(warnings=("WARNING: bridge-nf-call-ip6tables is disabled",)))) == []
    assert findings(ip_forwarding, host(info=Info())) == []


def test_rootless_podman_needs_no_forwarding() -> None:
    """Given Podman without forwarding, when it is rootless, then nothing is said, and with root it is."""
    rootless = info(ipv4_forwarding=False, security_options=("name=seccomp,profile=default", "name=rootless"))

    assert findings(ip_forwarding, host(info=rootless, version=PODMAN)) == []
    assert findings(ip_forwarding, host(info=OFF, version=PODMAN))


def test_it_explains_failing_health_checks_and_a_privileged_container_explains_it() -> None:
    """Given a privileged container on a host without forwarding, when ranked, then it is the cause of all."""
    sick = container("web-1", health=health("could not resolve api.example.com", "timeout", "timeout"))
    judged = report(host(sick, container("tuner", privileged=True), info=OFF))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("DKR-C111", ()),
        ("DKR-E105", ("DKR-C111@container/tuner",)),
        ("DKR-C105", ("DKR-E105@host/host-7",)),
    ]
