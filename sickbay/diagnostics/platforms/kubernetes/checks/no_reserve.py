"""Workloads and namespaces without reserve."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.reserves import nearly_used, never_allows, single_replicas
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-W108",
    title="No reserve",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Raise the quota before it is used up, and run what services stand on with two replicas or more.",
)
def no_reserve(cluster: Snapshot) -> Iterator[Finding]:
    """A quota is used to 90 %, a service stands on one replica, or a disruption budget can never allow an eviction.

    The next rollout fails at such a quota, each restart of a single replica is an outage, and a drain of the node waits
    for ever at such a budget: as it is set and with as many pods as there are now.
    """
    for quota in cluster.resourcequotas:
        if near := nearly_used(quota):
            subject = Subject("resourcequota", quota.name)
            yield Finding(
                subject=subject,
                summary=f"Quota {quota.name} is almost used up: "
                f"{', '.join(f'{used} {name}' for name, used in near.items())}.",
                evidence=tuple(
                    cluster.evidence("resourcequotas", quota, f"status.used[{name}]", used)
                    for name, used in near.items()
                ),
                remedy=remedy(cluster, subject, "Raise the quota before the next rollout fails at it."),
            )
    for deployment, service in single_replicas(cluster):
        subject = Subject("deployment", deployment.name)
        on = f"Service {service.name} stands on the single replica of deployment {deployment.name}"
        yield Finding(
            subject=subject,
            summary=f"{on}: each restart is an outage.",
            evidence=(cluster.evidence("deployments", deployment, "spec.replicas", 1),),
            remedy=remedy(cluster, subject, "Run two replicas or more.", kubectl("scale", subject) + " --replicas=2"),
        )
    for budget in cluster.poddisruptionbudgets:
        if setting := never_allows(budget):
            subject = Subject("poddisruptionbudget", budget.name)
            yield Finding(
                subject=subject,
                summary=f"Budget {budget.name} can allow no eviction of its {budget.status.expected_pods} pods "
                f"({setting}): a drain of their nodes will wait.",
                evidence=(cluster.evidence("poddisruptionbudgets", budget, "spec", setting),),
                remedy=remedy(cluster, subject, "Let it give up one pod, and run enough replicas for that."),
            )
