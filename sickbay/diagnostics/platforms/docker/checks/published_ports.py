"""A port is published to the wrong place, or to too many."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import PortBinding

_DATABASES = {"5432": "PostgreSQL", "3306": "MySQL", "27017": "MongoDB", "6379": "Redis", "9200": "Elasticsearch",
              "11211": "memcached", "5984": "CouchDB", "1433": "SQL Server", "9042": "Cassandra"}  # fmt: skip
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what a container must not bind, not what we do


@check(
    "DKR-C114",
    title="Published ports",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Publish the port that the application listens on, to the address that should reach it.",
)
def published_ports(host: Snapshot) -> Iterator[Finding]:
    """A database is published on every address of the host, or a published port is none that the image exposes.

    From the list of ports alone nothing is known to fail, so this is hygiene. Docker's published ports pass by most
    host firewalls (its rules come first; DOCKER-USER is the chain for your own).
    """
    for container in host.containers:
        if container.state.running:
            found = next(_open_databases(container), None) or next(_not_exposed(host, container), None)
            yield from (found,) if found else ()


def _open_databases(container: Container) -> Iterator[Finding]:
    for port, bindings in container.inspect.network_settings.ports.items():
        number = port.split("/")[0]
        open_to_all = [item for item in bindings if item.host_ip in _EVERYWHERE]
        if number in _DATABASES and open_to_all:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} publishes {_DATABASES[number]} (port {number}) on all the host's addresses.",
                evidence=(_ports(container, port, open_to_all[0]),),
                remedy=remedy(
                    container,
                    "Publish it to 127.0.0.1 only, or not at all: containers of one network need no published port.",
                ),
            )


def _not_exposed(host: Snapshot, container: Container) -> Iterator[Finding]:
    """Compare with the image: the container's own list has what is published added to it."""
    image = host.image_of(container)
    exposed = image.inspect.config.exposed_ports if image else {}
    for port, bindings in container.inspect.network_settings.ports.items():
        if bindings and exposed and port not in exposed:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} publishes port {port}, but its image exposes {', '.join(sorted(exposed))}.",
                evidence=(_ports(container, port, bindings[0]),),
                owner=owner_of(container.labels),
            )


def _ports(container: Container, port: str, binding: PortBinding) -> Evidence:
    where = f"{binding.host_ip or 'every address'}:{binding.host_port}"
    return container.evidence("NetworkSettings.Ports", f"{port} on {where}")
