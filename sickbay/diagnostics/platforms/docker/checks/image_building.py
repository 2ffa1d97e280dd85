"""An image was built in a way that makes its content hard to trust or to repeat."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.layers import careless, subject_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weak, told

_THEME = Theme("was built with", "were built with")


@check(
    "DKR-A106",
    title="Image building",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Update package lists in the RUN that installs, COPY instead of ADD, and let the package manager check "
    "signatures; then build again.",
    benchmark=("CIS 4.7", "CIS 4.9", "CIS 4.11"),
)
def image_building(host: Snapshot) -> Iterator[Finding]:
    """The image's history has a package list updated in a step of its own, ADD, or packages without checked signatures.

    A step that only updates is cached, so that later builds install from old lists. ADD unpacks archives and loads
    URLs, which COPY does not; an ADD to `/` is a base's own root file system, and no fault. The steps of the base image
    are in the history too: where they are meant, it is the base that should be changed.
    """
    weak = [
        Weak(subject=subject_of(image), call="/images/{}/history", at=host.taken_at, weaknesses=found)
        for image in host.images.values()
        if (found := tuple(careless(image)))
    ]
    yield from told(host, _THEME, weak, "images in use", len(host.images))
