"""Sickbay may not see all that it should judge."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_REFUSED = "RBAC refuses"
_NAMED = 5


@check(
    "K8S-X107",
    title="Hidden by RBAC",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Grant get and list on what is named to Sickbay's user, or accept that faults there stay unseen.",
)
def hidden(cluster: Snapshot) -> Iterator[Finding]:
    """RBAC keeps Sickbay's user from lists that its checks need, so what is at fault there is not seen.

    Read from the refusals themselves, which name verb and resource; each is a gap of the report too. Secrets,
    nodes/proxy and exec are never asked for.
    """
    refused = [gap for gap in cluster.gaps if _REFUSED in gap.reason]
    if refused and not cluster.unreachable:
        wanted = [gap.what.partition(": needs ")[2] or gap.what for gap in refused]
        more = f" and {len(wanted) - _NAMED} more" if len(wanted) > _NAMED else ""
        yield Finding(
            subject=cluster.subject,
            summary=f"Sickbay's user may not {', '.join(wanted[:_NAMED])}{more}: faults there stay unseen.",
            evidence=tuple(Evidence(source=gap.what, value=gap.reason, at=cluster.taken_at) for gap in refused),
            count=len(refused),
        )
