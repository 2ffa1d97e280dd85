"""What AKS's own detectors say, as findings: one a detector, however many messages it has."""

from collections.abc import Iterable, Iterator

from sickbay.diagnostics.model import Finding, Subject
from sickbay.diagnostics.platforms.aks.snapshot import Insight, Snapshot

_SHOWN = 5


def told(aks: Snapshot, insights: Iterable[Insight]) -> Iterator[Finding]:
    """Yield a finding for each detector, in its own words."""
    by_detector: dict[str, list[Insight]] = {}
    for insight in insights:
        by_detector.setdefault(insight.detector, []).append(insight)
    for name, said in by_detector.items():
        more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
        yield Finding(
            subject=Subject("detector", name),
            summary=f"AKS's detector '{said[0].title}' says: {said[0].message}{more}",
            evidence=tuple(
                aks.evidence(f"/detectors/{name}", "dataset.table.rows", item.message) for item in said[:_SHOWN]
            ),
            last_seen=aks.taken_at,
            count=len(said),
        )
