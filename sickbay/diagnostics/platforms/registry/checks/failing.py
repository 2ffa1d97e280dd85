"""The registry answers with errors of its own, or says that it is not well."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS

_FAILING = 500


@check(
    "REG-106",
    title="Registry fails",
    severity=Severity.MEDIUM,
    remedy="Try again; if it lasts, look at the registry's log, its storage, its database and what stands before it.",
    explains=PULLS,
)
def failing(registry: Snapshot) -> Iterator[Finding]:
    """The registry answered 5xx, or its health page names a part that is not well.

    Harbor tells the health of its parts under `/api/v2.0/health`; a Docker Trusted Registry, today Mirantis Secure
    Registry, that of a replica under `/_ping` (its other faults are a full or unreachable storage, an expired licence,
    certificates that differ between replicas). Others have no such page, and that is no fault. Docker Hub's own state
    is told at dockerstatus.com. A single 5xx may pass: engines try again.
    """
    failed = [told for told in registry.answers if told.status >= _FAILING]
    ill = [component for component in registry.components if not component.well]
    if not (failed or ill):
        return
    named = ", ".join(component.name for component in ill[:5])
    words = [f"says that it is not well ({named})"] if ill else []
    words += [f"answers with errors (HTTP {failed[0].status})"] if failed else []
    text = f"Look at {named} of the registry: its log says what it misses." if ill else None
    yield Finding(
        subject=registry.subject,
        summary=f"Registry {registry.registry} {' and '.join(words)}.",
        evidence=(
            *(registry.told_evidence(told) for told in failed[:3]),
            *(registry.evidence(f"health of {component.name}", component.says) for component in ill[:5]),
        ),
        remedy=Remedy(text=text) if text else None,
        last_seen=registry.taken_at,
    )
