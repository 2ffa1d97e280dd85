"""Shapes of what belongs to the whole cluster: events, namespaces, quotas, webhooks, API services, certificates."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER, Condition, Resource, Wire, Written
from sickbay.diagnostics.platforms.kubernetes.wire.network import ObjectReference


class EventSource(Wire, frozen=True, kw_only=True):
    """Who reported an event."""

    component: str = ""
    host: str = ""


class EventSeries(Wire, frozen=True, kw_only=True):
    """How often an event was seen, in the newer form."""

    count: int = 0
    last_observed_time: datetime | None = None


class Event(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/events`; the API server forgets them after an hour unless it is told otherwise."""

    involved_object: ObjectReference = ObjectReference()
    type: str = ""
    reason: str = ""
    message: str = ""
    source: EventSource = EventSource()
    occurrences: int = field(default=0, name="count")
    series: EventSeries | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None

    @property
    def count(self) -> int:
        """Give how often it was seen."""
        return max(1, self.occurrences, self.series.count if self.series else 0)

    @property
    def first_seen(self) -> datetime:
        """Give when it was first seen."""
        return self.first_timestamp or self.event_time or self.metadata.created_at

    @property
    def last_seen(self) -> datetime:
        """Give when it was last seen."""
        latest = max(self.last_timestamp or NEVER, self.first_seen)
        return max(latest, self.series.last_observed_time or NEVER) if self.series else latest


class NamespaceStatus(Wire, frozen=True, kw_only=True):
    """`phase` is Active or Terminating."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()


class Namespace(Resource, frozen=True, kw_only=True):
    """`GET /api/v1/namespaces`."""

    status: NamespaceStatus = NamespaceStatus()


class ConfigMapMeta(Written, frozen=True, kw_only=True):
    """`GET /api/v1/configmaps`, their metadata alone: what stands in them is not asked for."""


class QuotaStatus(Wire, frozen=True, kw_only=True):
    """What may be used and what is, by resource (quantities as written)."""

    hard: Mapping[str, str | int] = {}
    used: Mapping[str, str | int] = {}


class ResourceQuota(Written, frozen=True, kw_only=True):
    """`GET /api/v1/resourcequotas`."""

    status: QuotaStatus = QuotaStatus()


class ServiceReference(Wire, frozen=True, kw_only=True):
    """A service that the API server calls."""

    namespace: str = ""
    name: str = ""


class ClientConfig(Wire, frozen=True, kw_only=True):
    """Where a webhook is called."""

    service: ServiceReference | None = None
    url: str = ""


class Webhook(Wire, frozen=True, kw_only=True):
    """One webhook; with failure policy Fail, what it guards fails where it does not answer."""

    name: str = ""
    failure_policy: str = "Fail"
    client_config: ClientConfig = ClientConfig()


class WebhookConfiguration(Written, frozen=True, kw_only=True):
    """`GET /apis/admissionregistration.k8s.io/v1/{validating,mutating}webhookconfigurations`."""

    webhooks: tuple[Webhook, ...] = ()


class ApiServiceSpec(Wire, frozen=True, kw_only=True):
    """Which service answers for a group; without one the API server does itself."""

    group: str = ""
    version: str = ""
    service: ServiceReference | None = None


class ApiServiceStatus(Wire, frozen=True, kw_only=True):
    """Whether it is available."""

    conditions: tuple[Condition, ...] = ()


class ApiService(Resource, frozen=True, kw_only=True):
    """`GET /apis/apiregistration.k8s.io/v1/apiservices`."""

    spec: ApiServiceSpec = ApiServiceSpec()
    status: ApiServiceStatus = ApiServiceStatus()


class CertificateRequestSpec(Wire, frozen=True, kw_only=True):
    """Who asks for a certificate, and of what kind."""

    signer_name: str = ""
    username: str = ""


class CertificateRequestStatus(Wire, frozen=True, kw_only=True):
    """Whether it was approved or denied."""

    conditions: tuple[Condition, ...] = ()


class CertificateSigningRequest(Resource, frozen=True, kw_only=True):
    """`GET /apis/certificates.k8s.io/v1/certificatesigningrequests`."""

    spec: CertificateRequestSpec = CertificateRequestSpec()
    status: CertificateRequestStatus = CertificateRequestStatus()


class IssuedSpec(Wire, frozen=True, kw_only=True):
    """Where a certificate is put."""

    secret_name: str = ""


class IssuedStatus(Wire, frozen=True, kw_only=True):
    """From when to when the newest one holds."""

    not_before: datetime | None = None
    not_after: datetime | None = None


class IssuedCertificate(Resource, frozen=True, kw_only=True):
    """`GET /apis/cert-manager.io/v1/certificates`."""

    spec: IssuedSpec = IssuedSpec()
    status: IssuedStatus = IssuedStatus()


class Version(Wire, frozen=True, kw_only=True):
    """`GET /version`."""

    major: str = ""
    minor: str = ""
    git_version: str = ""
    platform: str = ""
