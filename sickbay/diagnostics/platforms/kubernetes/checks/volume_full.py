"""A volume is nearly full."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

#: From this share on an application may fail to write at any moment.
_FULL = 0.9
_GIB = 1024.0**3


@check(
    "K8S-V105",
    title="Volume nearly full",
    severity=Severity.MEDIUM,
    remedy="Ask for more in the claim, if its class allows expansion, or delete what is not needed.",
    explains=("K8S-P101",),
)
def volume_full(cluster: Snapshot) -> Iterator[Finding]:
    """At least nine tenths of a claim's volume are used up, so the application will soon fail to write.

    Read from kubelet_volume_stats of the target's Prometheus; without one this is not known, and the report says so.
    """
    for use in cluster.volume_uses:
        share = use.used / use.capacity if use.capacity > 0 else 0.0
        inside = not cluster.request.scope or use.claim in cluster.claim_by_name
        if share < _FULL or not inside:
            continue
        subject = Subject("persistentvolumeclaim", use.claim)
        namespace, _, name = use.claim.partition("/")
        used, capacity = f"{use.used / _GIB:.1f}", f"{use.capacity / _GIB:.1f} GiB"
        source = f"kubelet_volume_stats_used_bytes of {use.claim}"
        yield Finding(
            subject=subject,
            summary=f"The volume of claim {use.claim} is {share:.0%} full ({used} of {capacity}): "
            "writes will soon fail.",
            evidence=(Evidence(source=source, value=f"{used} of {capacity}", at=cluster.taken_at),),
            remedy=remedy(
                cluster,
                subject,
                "Delete what is not needed, or ask for more in the claim, if its class allows expansion.",
                f"kubectl edit persistentvolumeclaim/{name} -n {namespace}",
            ),
        )
