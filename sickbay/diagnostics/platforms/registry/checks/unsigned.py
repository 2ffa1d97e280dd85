"""Nobody signed the image."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot


@check(
    "REG-110",
    title="Image not signed",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Sign it where it is built (cosign sign, notation sign), and let the cluster admit only what is signed.",
)
def unsigned(registry: Snapshot) -> Iterator[Finding]:
    """Neither a signature among the image's referrers nor cosign's tag for its digest is in the registry.

    Looked for are cosign (the tag sha256-….sig, or a Sigstore bundle among the OCI referrers) and Notation. What is
    found is not verified. Docker Content Trust (DOCKER_CONTENT_TRUST, 'no trust data', 'unable to verify the content')
    is not looked for: it kept its signatures in Notary v1, whose server at notary.docker.io ends on 8 December 2026.
    """
    for image in registry.images:
        if image.signatures == ():
            yield Finding(
                subject=image.subject,
                summary=f"{image.name} has no signature in the registry.",
                evidence=(
                    registry.evidence(f"GET /v2/{image.reference.repository}/referrers/{image.digest}", "no signature"),
                    registry.evidence("tag of cosign's", f"{image.digest.replace(':', '-')}.sig is not there"),
                ),
                last_seen=registry.taken_at,
            )
