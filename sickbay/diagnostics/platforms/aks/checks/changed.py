"""Somebody changed the cluster, and something is at fault."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.aks.changes import ails, changes
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_SHOWN = 5
_SOURCE = "GET Microsoft.Insights/eventtypes/management/values"


@check(
    "AKS-114",
    title="Changed in the window",
    severity=Severity.MEDIUM,
    remedy="Review the change, and undo it if what is at fault began with it.",
)
def changed(aks: Snapshot) -> Iterator[Finding]:
    """The activity log tells of writes to the cluster or a node pool in the window, while something is at fault.

    Who did it, what, when, and whether it failed: that is where a search begins. That the change is the cause is
    inferred from nothing but time, and so it ranks below what Azure and Kubernetes say themselves. On a cluster
    without a fault, changes are no finding.
    """
    for subject, made in changes(aks).items() if ails(aks) else ():
        last = made[0]
        what = f"AKS cluster {aks.name}" if subject == aks.subject else f"Node pool {subject.name}"
        failed = ", which failed" if last.failed else ""
        more = f", the last of {len(made)} changes" if len(made) > 1 else ""
        yield Finding(
            subject=Subject("change", str(subject)),
            summary=f"{what} was changed at {last.at:%H:%M} UTC by {last.event.caller or 'nobody named'}: "
            f"{last.operation}{failed}{more}.",
            evidence=tuple(
                Evidence(
                    source=f"{_SOURCE} {item.event.operation_name.value}",
                    value=f"{item.event.status.value} by {item.event.caller}", at=item.at,
                )
                for item in made[:_SHOWN]
            ),
            confidence=Confidence.INFERRED,
            first_seen=made[-1].at,
            last_seen=last.at,
            count=len(made),
        )  # fmt: skip
