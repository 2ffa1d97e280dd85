"""Services start together by luck, lose their data, or are open to everybody."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.databases import listening_on
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Service
from sickbay.diagnostics.platforms.lint.data import database, unmounted
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot


@check(
    "LNT-115",
    title="Fragile services",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Wait with `condition: service_healthy`, keep data in volumes, publish databases to 127.0.0.1 or nowhere.",
)
def fragile_services(lint: Snapshot) -> Iterator[Finding]:
    """A service waits for a database only to start; a database has no volume, or is published to everybody.

    A started database takes seconds until it answers, and the first start takes longest: whoever comes sooner fails.
    Without a volume its data goes with its container, at the next `up` after a change. A published port is open on
    every address of the host, past most firewalls. Caches (Redis, Valkey, memcached) need a volume only where they are
    told to keep their data.
    """
    for file in lint.compose_files:
        yield from told(lint, file, [fault for service in file.services for fault in _faults(file, service)])


def _faults(file: ComposeFile, service: Service) -> Iterator[Fault]:
    for item in service.depends_on:
        needed = file.service(item.service)
        if needed and item.condition == "service_started" and (needed.healthcheck or database(needed)):
            what = f"lets {service.name} start before {needed.name} answers"
            yield Fault(line=item.line, what=what, shown=f"depends_on: {item.service}: {item.condition}")
    if directory := unmounted(service):
        what = f"keeps the data of {service.name} in its container"
        shown = f"image: {service.image.text if service.image else ''}, nothing mounted at {directory}"
        yield Fault(line=service.line, what=what, shown=shown)
    for port in service.ports:
        if port.everywhere and (name := listening_on(port.target)):
            what = f"publishes {name} on all the host's addresses"
            yield Fault(line=port.line, what=what, shown=f"{port.published or 'any port'} to {port.target}")
