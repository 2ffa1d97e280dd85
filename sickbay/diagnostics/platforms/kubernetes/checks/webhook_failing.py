"""An admission webhook does not answer."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.services import called
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event, Webhook, WebhookConfiguration

_FAILED = re.compile(r'failed calling webhook "([^"]+)"(?:: (.*))?', re.DOTALL)
#: Seconds after which an old failure of a webhook that is well now counts as over.
_OVER = 600.0
_QUOTED = 160


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
    hooks = {hook.name: (plural, at, hook) for plural, at in _configurations(cluster) for hook in at.webhooks}
    for name in sorted({*hooks, *(failures := _failures(cluster))}):
        events, known = failures.get(name, []), hooks.get(name)
        broken = called(cluster, known[2].client_config.service) if known else None
        if broken is None and (not events or since(events[-1].last_seen, cluster.now) > _OVER):
            continue
        if not events and known and known[2].failure_policy != "Fail":
            continue
        subject = Subject("webhook", name)
        found = _FAILED.search(events[-1].message) if events else None
        why = broken or (found and found[2] and f'"{found[2][:_QUOTED]}"') or "for the reason in the evidence"
        happens = "fails, and what it guards is refused" if events else "will refuse what it guards"
        proofs = [cluster.event_evidence(event) for event in events[-3:]]
        if known:
            proofs.append(cluster.evidence(known[0], known[1], f"webhooks[{name}]", _written(known[2])))
        yield Finding(
            subject=subject,
            summary=f"Admission webhook {name} {happens}: {why}.",
            evidence=tuple(proofs),
            confidence=Confidence.OBSERVED if events else Confidence.INFERRED,
            remedy=remedy(
                cluster,
                subject,
                "Bring back the service that answers it, or delete its configuration if nobody uses it any more.",
                f"kubectl get {known[0]}/{known[1].name} -o yaml" if known else None,
            ),
            first_seen=events[0].first_seen if events else None,
            last_seen=events[-1].last_seen if events else None,
            count=sum(event.count for event in events) or 1,
        )


def _configurations(cluster: Snapshot) -> Iterator[tuple[str, WebhookConfiguration]]:
    yield from (("validatingwebhookconfigurations", item) for item in cluster.validatingwebhookconfigurations)
    yield from (("mutatingwebhookconfigurations", item) for item in cluster.mutatingwebhookconfigurations)


def _failures(cluster: Snapshot) -> dict[str, list[Event]]:
    """Give the events that blame each webhook, the latest last."""
    found: dict[str, list[Event]] = {}
    for event in cluster.events:
        if event.last_seen >= cluster.window_start and (blamed := _FAILED.search(event.message)):
            found.setdefault(blamed[1], []).append(event)
    return {name: sorted(events, key=lambda event: event.last_seen) for name, events in found.items()}


def _written(hook: Webhook) -> str:
    service = hook.client_config.service
    where = f"service {service.namespace}/{service.name}" if service else hook.client_config.url
    return f"failurePolicy {hook.failure_policy}, {where}"
