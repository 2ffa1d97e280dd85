"""Images waste room, or carry secrets."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Kind, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.layers import copies, secrets
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_UNUSED, _GIGABYTE = 10e9, 1e9
_REPLACE = (
    "Replace the secret where it is valid, then build without it: RUN --mount=type=secret, or give it at run time."
)
_COPY = "Set owner and mode while copying: COPY --chown=… --chmod=…."
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
    """Dangling images and build cache take more than 10 GB, a layer of an image repeats files, or it holds a secret.

    A layer that only changes owner or mode copies each file whole (20 MB and more count, as in dive): use COPY
    --chown. What was passed as ENV or ARG, or typed into RUN, stays in the history for whoever can pull the image, so
    a secret there is to be called known and replaced; builds take secrets by `--mount=type=secret`. Its value is not
    shown, so that it is a secret is inferred from its form or name.
    """
    yield from _unused(host)
    for image in host.images.values():
        name = next(iter(image.inspect.repo_tags), image.inspect.id.removeprefix("sha256:")[:12])
        hidden, copied = list(secrets(image)), list(copies(image))
        if hidden or copied:
            yield Finding(
                subject=Subject("image", name),
                summary=f"{name} {' and '.join(trace.what for trace in (*hidden[:1], *copied[:1]))}.",
                evidence=tuple(host.evidence(f"GET /images/{name}/history", item.line) for item in (*hidden, *copied)),
                confidence=Confidence.INFERRED if hidden else Confidence.OBSERVED,
                remedy=Remedy(text=_REPLACE if hidden else _COPY),
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
