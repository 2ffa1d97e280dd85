"""What a registry tells of changes by itself: tags that have moved, and since when its certificate holds."""

from collections.abc import Iterator

from sickbay.diagnostics.events import Event, EventKind, Told, shortened
from sickbay.diagnostics.platforms.registry.moves import stale_pulls
from sickbay.diagnostics.platforms.registry.snapshot import Certificate, Snapshot

#: So much of a digest tells it from others.
_DIGEST = len("sha256:") + 12


def changes(registry: Snapshot) -> Told:
    """Give the changes that the registry tells of.

    It does not say when a tag moved: that was when its image was built, or later, where the manifest or the image's
    configuration tells that, else it is only known since now. A certificate holds from when it was made.
    """
    told = (*_moved(registry), *_renewed(registry))
    shown = ("1 certificate",) if registry.certificate else ()
    images = len(registry.images)
    read = (f"{images} image{'s' if images > 1 else ''} in {registry.registry}",) if images else ()
    return Told(changes=tuple(sorted(told, key=lambda event: event.at)), sources=(*read, *shown))


def certificate_renewed(subject: str, certificate: Certificate, before: Certificate | None = None) -> Event:
    """Give that a registry shows another certificate than `before`, where that is known."""
    return Event(
        at=certificate.not_before,
        source="certificate",
        subject=shortened(subject),
        kind=EventKind.CERTIFICATE,
        field="certificate",
        before=_holds(before) if before else "",
        after=_holds(certificate),
    )


def _moved(registry: Snapshot) -> Iterator[Event]:
    for image in registry.images:
        for digest in sorted({pull.digest for pull in stale_pulls(image)}):
            call = f"HEAD /v2/{image.reference.repository}/manifests/{image.reference.tag}"
            yield Event(
                at=image.built_at or registry.taken_at,
                source=shortened(call if not image.built_at else f"{call}, and when that image was built"),
                subject=shortened(str(image.subject)),
                kind=EventKind.TAG,
                field="digest",
                before=digest[:_DIGEST],
                after=image.digest[:_DIGEST],
            )


def _renewed(registry: Snapshot) -> Iterator[Event]:
    if registry.certificate:
        yield certificate_renewed(str(registry.subject), registry.certificate)


def _holds(certificate: Certificate) -> str:
    return shortened(f"until {certificate.not_after:%Y-%m-%d %H:%M} UTC, by {certificate.issuer or 'nobody'}")
