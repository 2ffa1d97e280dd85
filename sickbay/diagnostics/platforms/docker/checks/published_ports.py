"""A port is published to the wrong place, or to too many."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

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

    From the list of ports alone nothing is known to fail, so this is hygiene. Docker's published ports pass by most host
    firewalls (its rules come first; DOCKER-USER is the chain for your own).
    """
    for container in host.containers:
        if not container.state.running:
            continue
        exposed = container.inspect.config.exposed_ports
        for port, bindings in container.inspect.network_settings.ports.items():
            number = port.split("/")[0]
            open_to_all = [item for item in bindings if item.host_ip in _EVERYWHERE]
            if number in _DATABASES and open_to_all:
                yield Finding(
                    subject=container.subject,
                    summary=f"{container.name} publishes {_DATABASES[number]} (port {number}) on every address of the host.",
                    evidence=(_ports(container, port, open_to_all[0].host_ip, open_to_all[0].host_port),),
                    remedy=remedy(
                        container,
                        "Publish it to 127.0.0.1 only, or not at all: containers of one network need no published port.",
                    ),
                )
                break
            if bindings and exposed and port not in exposed:
                yield Finding(
                    subject=container.subject,
                    summary=f"{container.name} publishes port {number}, but its image exposes {', '.join(exposed)}.",
                    evidence=(_ports(container, port, bindings[0].host_ip, bindings[0].host_port),),
                )
                break


def _ports(container: Container, port: str, address: str, published: str) -> Evidence:
    return container.evidence("NetworkSettings.Ports", f"{port} on {address or '0.0.0.0'}:{published}")  # noqa: S104
