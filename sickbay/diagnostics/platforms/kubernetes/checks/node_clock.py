"""A node's clock is ahead."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.leases import node_leases
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

#: Seconds. The API server's Date has whole seconds and is read after the leases, so that any lead is a real one.
_AHEAD = 10.0


@check(
    "K8S-N109",
    title="Node's clock off",
    severity=Severity.MEDIUM,
    remedy="Synchronise the clocks of the node and of the API server (NTP, chrony).",
    explains=("K8S-X104",),
)
def node_clock(cluster: Snapshot) -> Iterator[Finding]:
    """The node renewed its lease at a moment that the API server's clock has not reached yet: the clocks differ.

    The kubelet dates its lease by its own clock; it is compared with the Date of the API server's answers. Certificates
    that are 'not yet valid' and logs in the wrong order follow from it.
    """
    if cluster.clock is None:
        return
    leases = node_leases(cluster)
    for node in cluster.nodes:
        lease = leases.get(node.name)
        if lease is None or lease.spec.renew_time is None:
            continue
        ahead = (lease.spec.renew_time - cluster.clock).total_seconds()
        if ahead > _AHEAD:
            yield Finding(
                subject=Subject("node", node.name),
                summary=f"The clock of node {node.name} is at least {ahead:.0f} s ahead of the API server's.",
                evidence=(
                    cluster.evidence(
                        "leases",
                        lease,
                        "spec.renewTime",
                        f"{lease.spec.renew_time:%H:%M:%S} UTC, the API server's Date was {cluster.clock:%H:%M:%S} UTC",
                    ),
                ),
                last_seen=cluster.now,
            )
