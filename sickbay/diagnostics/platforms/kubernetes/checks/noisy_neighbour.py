"""One pod uses up a node at the cost of others."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.neighbours import noises
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_SHOWN = 3


@check(
    "K8S-N106",
    title="Noisy neighbour",
    severity=Severity.MEDIUM,
    remedy="Give the noisy pod a limit and a true request, or a node of its own.",
    explains=("K8S-P110", "K8S-P108"),
)
def noisy_neighbour(cluster: Snapshot) -> Iterator[Finding]:
    """One pod takes far more of a node than it asked for, the node is used up, and others on it suffer.

    Inferred, and only where metrics.k8s.io is served: the node uses 90 % of its CPUs or memory, one pod more than twice
    its request and a quarter of the node, and two pods of other workloads were evicted from it or answered their probes
    too late within the window.
    """
    for noise in noises(cluster):
        pod, victims = noise.pod, noise.victims
        owner = cluster.owner(pod)
        source = f"GET /apis/metrics.k8s.io/v1beta1/pods {pod.name} usage.{noise.resource}"
        cure = f"Give {owner.kind} {owner.name} a limit and a true request, or a node of its own."
        yield Finding(
            subject=Subject("node", noise.node.name),
            summary=f"Pod {pod.name} uses {noise.uses} {noise.resource} of node {noise.node.name} and asked for "
            f"{noise.asked}, while {len(victims)} other pods there suffer, first {victims[0][0].name}.",
            evidence=(
                Evidence(source=source, value=noise.uses, at=cluster.taken_at),
                *(proof for _, proof in victims[:_SHOWN]),
            ),
            confidence=Confidence.INFERRED,
            remedy=remedy(cluster, owner, cure),
            count=len(victims),
        )
