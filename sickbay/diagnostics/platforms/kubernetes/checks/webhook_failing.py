"""An admission webhook does not answer."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.webhooks import failing_webhooks


@check(
    "K8S-X102",
    title="Admission webhook failing",
    severity=Severity.HIGH,
    remedy="Bring back the service that answers the webhook; until then what it guards cannot be created or changed.",
    explains=("K8S-W102",),
)
def webhook_failing(cluster: Snapshot) -> Iterator[Finding]:
    """The API server must ask a webhook before it creates or changes objects, and the webhook does not answer.

    Recognised by events that say 'failed calling webhook', or by a webhook with failure policy Fail whose service is
    gone or has no ready endpoint: the next object that it guards will be refused. With policy Ignore it is left out.
    """
    for failing in failing_webhooks(cluster):
        events, hook = failing.events, failing.hook
        subject = Subject("webhook", failing.name)
        happens = "fails, and what it guards is refused" if events else "will refuse what it guards"
        proofs = [cluster.event_evidence(event) for event in events[-3:]]
        if hook:
            proofs.append(hook.evidence(cluster))
        yield Finding(
            subject=subject,
            summary=f"Admission webhook {failing.name} {happens}: {failing.why}.",
            evidence=tuple(proofs),
            confidence=Confidence.OBSERVED if events else Confidence.INFERRED,
            remedy=remedy(
                cluster,
                subject,
                "Bring back the service that answers it, or delete its configuration if nobody uses it any more.",
                f"kubectl get {hook.plural}/{hook.configuration.name} -o yaml" if hook else None,
            ),
            first_seen=events[0].first_seen if events else None,
            last_seen=events[-1].last_seen if events else None,
            count=sum(event.count for event in events) or 1,
        )
