"""Where a service principal that is not accepted any more shows: in Azure's errors and in Kubernetes' events."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.aks.faults import FaultKind
from sickbay.diagnostics.platforms.aks.pools import errors_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

#: AADSTS7000222 expired, 7000215 wrong secret, 700016 no such application.
_REFUSED = re.compile(r"AADSTS(?:7000222|7000215|700016)")


def signs(aks: Snapshot) -> Iterator[Evidence]:
    """Yield what tells that the cluster's own principal is not accepted."""
    yield from errors_of(aks, FaultKind.PRINCIPAL)
    if aks.kubernetes:
        told = [event for event in aks.kubernetes.events if _REFUSED.search(event.message)]
        yield from map(aks.kubernetes.event_evidence, told[-2:])
