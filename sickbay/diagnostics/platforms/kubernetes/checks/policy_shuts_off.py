"""A network policy lets nobody reach a service's pods."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.policies import shut_off
from sickbay.diagnostics.platforms.kubernetes.services import selector_of
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import NetworkPolicy, Service


@check(
    "K8S-S107",
    title="Network policy admits nobody",
    severity=Severity.MEDIUM,
    remedy="Add a rule that admits those who call the service: their pods' labels, and their namespace's.",
)
def policy_shuts_off(cluster: Snapshot) -> Iterator[Finding]:
    """A service's pods are shut off by network policies none of whose rules admits anybody who is there.

    Policies add up: pods are shut off only if all that select them have no rule, or rules that pick no pod and no
    namespace. A policy that denies all by default is no fault beside one that admits, nor for pods that no service
    sends to. That the network enforces policies at all cannot be read, so it is inferred.
    """
    for policy, services in shut_off(cluster):
        subject = Subject("networkpolicy", policy.name)
        empty = not policy.spec.ingress
        why = "has no ingress rule" if empty else "has only ingress rules that pick no pod and no namespace"
        behind = f"service {services[0].name}" + (f" and {len(services) - 1} more" if len(services) > 1 else "")
        yield Finding(
            subject=subject,
            summary=f"NetworkPolicy {policy.name} {why}, and no other policy admits anybody: nobody reaches the pods "
            f"of {behind}.",
            evidence=tuple(_evidence(cluster, policy, services)),
            confidence=Confidence.INFERRED,
            remedy=remedy(
                cluster,
                subject,
                "Add a rule that admits those who call the service."
                if empty
                else "Correct the selectors of its rules: they fit nobody who is there.",
                kubectl("describe", subject),
            ),
            count=len(services),
        )


def _evidence(cluster: Snapshot, policy: NetworkPolicy, services: list[Service]) -> Iterator[Evidence]:
    told = f"{len(policy.spec.ingress)} rules, of which none admits anybody" if policy.spec.ingress else "none"
    yield cluster.evidence("networkpolicies", policy, "spec.ingress", told)
    picked = policy.spec.pod_selector.query() or "all pods"
    yield cluster.evidence("networkpolicies", policy, "spec.podSelector", picked)
    for service in services[:3]:
        yield cluster.evidence("services", service, "spec.selector", selector_of(service))
