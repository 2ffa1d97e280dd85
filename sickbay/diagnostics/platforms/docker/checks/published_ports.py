"""A port is published to the wrong place, or to too many."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.databases import listening_on
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.ports import published
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-C114",
    title="Published ports",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Publish the port that the application listens on, to the address that should reach it.",
    benchmark=("CIS 5.9",),
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
    for item in published(container):
        if item.everywhere and (database := listening_on(item.number)):
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} publishes {database} (port {item.number}) on all the host's addresses.",
                evidence=(container.evidence("NetworkSettings.Ports", item.place),),
                remedy=remedy(
                    container,
                    "Publish it to 127.0.0.1 only, or not at all: containers of one network need no published port.",
                ),
            )


def _not_exposed(host: Snapshot, container: Container) -> Iterator[Finding]:
    """Compare with the image: the container's own list has what is published added to it."""
    image = host.image_of(container)
    exposed = image.inspect.config.exposed_ports if image else {}
    for item in published(container):
        if exposed and item.port not in exposed:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} publishes port {item.port}, but its image exposes "
                f"{', '.join(sorted(exposed))}.",
                evidence=(container.evidence("NetworkSettings.Ports", item.place),),
                owner=owner_of(container.labels),
            )
