"""Images waste room, or carry secrets."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.docker.layers import secrets, subject_of, wastes
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_UNUSED, _GIGABYTE = 10e9, 1e9
_PRUNE = Remedy(text="Remove both; images with a tag stay.", command="docker image prune && docker builder prune")


@check(
    "DKR-I104",
    title="Image hygiene",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Remove what nothing uses; build the image again without what it should not hold.",
    explains=("DKR-E107",),
    benchmark=("CIS 4.10",),
)
def image_hygiene(host: Snapshot) -> Iterator[Finding]:
    """Dangling images and build cache take more than 10 GB, or an image holds a secret or files for nothing.

    What was passed as ENV or ARG, or typed into RUN, stays in the image for whoever can pull it, so a secret there is
    to be called known and replaced. A layer that only changes owner or mode copies each file whole; what a later layer
    deletes is still there; caches of package managers are of no use to a container (20 MB and more count, as in dive).
    Values are hidden and files not read, so that something is a secret or a cache is inferred from the commands.
    """
    yield from _unused(host)
    for image in host.images.values():
        subject, hidden, wasted = subject_of(image), list(secrets(image)), list(wastes(image))
        if found := [*hidden, *wasted]:
            told = dict.fromkeys(trace.what for trace in (*hidden[:1], *wasted[:2]))
            yield Finding(
                subject=subject,
                summary=f"{subject.name} {' and '.join(told)}.",
                evidence=tuple(host.evidence(f"GET /images/{subject.name}/{item.field}", item.line) for item in found),
                confidence=Confidence.INFERRED if any(trace.inferred for trace in found) else Confidence.OBSERVED,
                remedy=Remedy(text=found[0].cure),
            )


def _unused(host: Snapshot) -> Iterator[Finding]:
    if host.disk is None:
        return
    dangling = sum(image.own_size for image in host.disk.images if image.dangling and image.containers == 0)
    cache = host.disk.unused_cache
    if dangling + cache > _UNUSED:
        value = f"dangling images {dangling / _GIGABYTE:.1f} GB, unused build cache {cache / _GIGABYTE:.1f} GB"
        yield Finding(
            subject=host.subject,
            summary=f"{host.host} keeps {(dangling + cache) / _GIGABYTE:.0f} GB of images and build cache unused.",
            evidence=(host.evidence("GET /system/df", value),),
            remedy=_PRUNE,
        )
