"""The registry, or the image in it, is of a form that today's engines do not take."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS
from sickbay.diagnostics.platforms.registry.wire import SCHEMA_1


@check(
    "REG-109",
    title="Dead format",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Move to a registry that speaks the OCI distribution protocol, and push the images anew.",
    explains=PULLS,
)
def old_format(registry: Snapshot) -> Iterator[Finding]:
    """The registry speaks only the first protocol (v1), or the image's manifest is of schema 1.

    The v1 protocol, its index and its `.dockercfg` went with Docker 17.12; an engine before 1.6 cannot push to today's
    registries at all. Manifests of schema 1 are refused by Docker from 28.2 on and by containerd from 2.1 on: pulled
    with an engine that still takes them and pushed again, an image gets a manifest of today.
    """
    if registry.ping_v1:
        yield Finding(
            subject=registry.subject,
            summary=f"Registry {registry.registry} speaks only the v1 protocol, which no engine of today does.",
            evidence=(registry.evidence("GET /v1/_ping", "HTTP 200"), registry.evidence("GET /v2/", registry.ping)),
            last_seen=registry.taken_at,
        )
    for image in registry.images:
        if image.media_type in SCHEMA_1:
            yield Finding(
                subject=image.subject,
                summary=f"{image.name} has a manifest of schema 1, which today's engines refuse.",
                evidence=(registry.evidence(f"GET manifest of {image.name} mediaType", image.media_type),),
                remedy=Remedy(text="Pull it with an engine that takes it still (Docker before 28.2), and push it."),
                last_seen=registry.taken_at,
            )
