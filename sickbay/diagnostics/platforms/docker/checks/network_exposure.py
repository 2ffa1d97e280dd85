"""A container is reached by more than what needs it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.databases import listening_on
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ports import Publication, published
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running

_THEME = Theme("is reached by more than needs it:", "are reached by more than need them:")
#: Ports from here on any user of the host may open; the Web's own two are meant to be below.
_UNPRIVILEGED, _WEB = 1024, frozenset({"80", "443"})


@check(
    "DKR-A105",
    title="Network exposure",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Publish to the one address that should be reached (-p 127.0.0.1:8080:8080), and give containers that talk "
    "to each other a network of their own.",
    benchmark=("CIS 5.8", "CIS 5.14", "CIS 5.30"),
)
def network_exposure(host: Snapshot) -> Iterator[Finding]:
    """The container publishes a port on every address of the host or below 1024, or is on the default bridge.

    Published ports pass by most host firewalls. 80 and 443 are left out of those below 1024; databases on every address
    are DKR-C114. On the default bridge are all containers that were given no network, whatever they are for.
    """
    yield from of_running(host, _THEME, _exposed)


def _exposed(container: Container) -> Iterator[Weakness]:
    ports = list(published(container))
    wide = [item for item in ports if item.everywhere and not listening_on(item.number)]
    if wide:
        yield Weakness("ports on every address", "NetworkSettings.Ports", _places(wide), "5.14")
    low = [item for item in ports if _low(item.binding.host_port)]
    if low:
        yield Weakness("host ports below 1024", "NetworkSettings.Ports", _places(low), "5.8")
    if "bridge" in container.inspect.network_settings.networks:
        yield Weakness("the default bridge", "NetworkSettings.Networks", "bridge", "5.30")


def _low(port: str) -> bool:
    return port.isdecimal() and 0 < int(port) < _UNPRIVILEGED and port not in _WEB


def _places(ports: list[Publication]) -> str:
    return ", ".join(sorted({f"{item.port} on {item.binding.host_port}" for item in ports}))
