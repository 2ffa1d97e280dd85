"""Services of one Compose file cannot start together."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.lint.clashes import clashes
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot


@check(
    "LNT-116",
    title="Clashing services",
    severity=Severity.HIGH,
    remedy="Give each its own host port and name, or none; let none wait for what never comes; widen the network.",
)
def clashing_services(lint: Snapshot) -> Iterator[Finding]:
    """Two services want one port of the host or one name, wait for each other or for nothing, or for too few addresses.

    The first of two takes the port; the second fails to start, as do replicas with a fixed port or container_name. A
    service that waits for the health of one without a health check never starts; that a known database's image has none
    of its own is inferred. An `ip_range` of /32 is one address.
    """
    for file in lint.compose_files:
        yield from told(lint, file, clashes(file))
