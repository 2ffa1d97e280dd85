"""The controllers or the scheduler have stopped working."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since

_NAMESPACE = "kube-system"
_EFFECTS = {
    "kube-controller-manager": "no pods are made, no endpoints follow, and no node is found out to be silent",
    "kube-scheduler": "no new pod is placed",
}
#: Seconds; they renew their lease every 2 and lose it after 15 (leaderElection's defaults).
_STALE = 60.0


@check(
    "K8S-X105",
    title="Controller or scheduler stopped",
    severity=Severity.MEDIUM,
    remedy="Restart it on its control plane node, and read its log for why it stopped.",
    explains=("K8S-W101", "K8S-W102"),
)
def controller_stale(cluster: Snapshot) -> Iterator[Finding]:
    """kube-controller-manager or kube-scheduler has not renewed its lease for a minute, so nobody does its work.

    Inferred: one that runs without leader election renews none. Clusters without such a lease are not judged.
    """
    for lease in cluster.leases:
        name = lease.metadata.name
        if lease.metadata.namespace != _NAMESPACE or name not in _EFFECTS or lease.spec.renew_time is None:
            continue
        age = since(lease.spec.renew_time, cluster.now)
        if age > max(_STALE, 4.0 * lease.spec.lease_duration_seconds):
            renewed = f"{lease.spec.renew_time:%Y-%m-%d %H:%M:%S} UTC by {lease.spec.holder_identity or 'nobody'}"
            yield Finding(
                subject=Subject("lease", lease.name),
                summary=f"{name} has not renewed its lease for {_span(age)}: {_EFFECTS[name]}.",
                evidence=(cluster.evidence("leases", lease, "spec.renewTime", renewed),),
                confidence=Confidence.INFERRED,
                remedy=Remedy(
                    text=f"Restart {name} on its control plane node, and read its log for why it stopped.",
                    command=f"kubectl get pods -n {_NAMESPACE} -l component={name} -o wide",
                ),
                first_seen=lease.spec.renew_time,
                last_seen=cluster.now,
            )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
