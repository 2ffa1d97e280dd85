"""Images and stopped containers pile up on the host."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

#: docker-bench-security's bounds: images, of which less than half are in use; stopped containers.
_IMAGES, _IN_USE, _STOPPED = 100, 0.5, 25


@check(
    "DKR-A107",
    title="Sprawl",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Remove what is not needed by name: `docker container ls --all` and `docker image ls` list both.",
    benchmark=("CIS 6.1", "CIS 6.2"),
)
def sprawl(host: Snapshot) -> Iterator[Finding]:
    """The host has more than 100 images with less than half of them in use, or more than 25 stopped containers.

    What lies about unused is started by mistake, with faults that were mended long ago. How much room it takes is
    DKR-I104 and DKR-E107.
    """
    found = [*_images(host), *_containers(host)]
    if found:
        yield Finding(
            subject=host.subject,
            summary=f"{host.host} piles up {' and '.join(what for what, _ in found)}.",
            evidence=tuple(proof for _, proof in found),
        )


def _images(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    listed = host.disk.images if host.disk else ()
    used = sum(1 for image in listed if image.containers != 0)
    if len(listed) > _IMAGES and used < _IN_USE * len(listed):
        what = f"{len(listed)} images, {used} of them in use"
        yield what, host.evidence("GET /system/df Images", f"CIS 6.1: {what}")


def _containers(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    stopped = sum(1 for item in host.summaries if item.state in {"exited", "created", "dead"})
    if stopped > _STOPPED:
        what = f"{stopped} stopped containers"
        yield what, host.evidence("GET /containers/json", f"CIS 6.2: {what} of {len(host.summaries)}")
