"""Admission webhooks that do not answer, by the events that blame them or by the service that should answer."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.services import called
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event, Webhook, WebhookConfiguration

_FAILED = re.compile(r'failed calling webhook "([^"]+)"(?:: (.*))?', re.DOTALL)
#: Seconds after which an old failure of a webhook that is well now counts as over.
_OVER = 600.0
_QUOTED = 160


class Hook(Struct, frozen=True):
    """A webhook, and the configuration that it stands in, with the plural of its kind."""

    plural: str
    configuration: WebhookConfiguration
    webhook: Webhook

    def evidence(self, cluster: Snapshot) -> Evidence:
        """Give how the webhook is called and what happens where it does not answer, as evidence."""
        service, url = self.webhook.client_config.service, self.webhook.client_config.url
        where = f"service {service.namespace}/{service.name}" if service else url
        told = f"failurePolicy {self.webhook.failure_policy}, {where}"
        return cluster.evidence(self.plural, self.configuration, f"webhooks[{self.webhook.name}]", told)


class Failing(Struct, frozen=True, kw_only=True):
    """A failing webhook: as configured, where that is known, the events that blame it, and what its service lacks."""

    name: str
    hook: Hook | None
    events: tuple[Event, ...]
    broken: str | None

    @property
    def why(self) -> str:
        """Give what its service lacks, or else what the API server heard."""
        if self.broken:
            return self.broken
        found = _FAILED.search(self.events[-1].message) if self.events else None
        return f'"{found[2][:_QUOTED]}"' if found and found[2] else "for the reason in the evidence"


def failing_webhooks(cluster: Snapshot) -> Iterator[Failing]:
    """Yield the webhooks that failed lately or will fail when next called, by name; policy Ignore hides the latter."""
    hooks, failures = _hooks(cluster), _failures(cluster)
    for name in sorted({*hooks, *failures}):
        events, hook = failures.get(name, ()), hooks.get(name)
        broken = called(cluster, hook.webhook.client_config.service) if hook else None
        if broken is None and (not events or since(events[-1].last_seen, cluster.now) > _OVER):
            continue
        if not events and hook and hook.webhook.failure_policy != "Fail":
            continue
        yield Failing(name=name, hook=hook, events=events, broken=broken)


def _hooks(cluster: Snapshot) -> Mapping[str, Hook]:
    return {
        hook.name: Hook(plural, item, hook)
        for plural, items in (
            ("validatingwebhookconfigurations", cluster.validatingwebhookconfigurations),
            ("mutatingwebhookconfigurations", cluster.mutatingwebhookconfigurations),
        )
        for item in items
        for hook in item.webhooks
    }


def _failures(cluster: Snapshot) -> Mapping[str, tuple[Event, ...]]:
    """Give the events that blame each webhook, the latest last."""
    found: dict[str, list[Event]] = {}
    for event in cluster.events:
        blamed = _FAILED.search(event.message) if "webhook" in event.message else None
        if blamed and event.last_seen >= cluster.window_start:
            found.setdefault(blamed[1], []).append(event)
    return {name: tuple(sorted(events, key=lambda event: event.last_seen)) for name, events in found.items()}
