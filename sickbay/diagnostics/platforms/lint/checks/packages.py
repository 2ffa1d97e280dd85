"""Packages are installed so that the image is larger than it need be, or another one tomorrow."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.cleaning import late_cleaning
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot

#: That nothing is cleaned up: said by LNT-108 where it is cleaned up too late.
_NOT_CLEANED = ("DL3009", "DL3032", "DL3036", "DL3040")


@check(
    "LNT-102",
    title="Package installation",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Pin what must not change, install without recommended packages, and clean up within the same RUN.",
)
def packages(lint: Snapshot) -> Iterator[Finding]:
    """Packages are installed without versions, with what is only recommended, or with caches that stay in the image.

    All of it as hadolint tells it, for apt, apk, yum, dnf, zypper, pip, npm, yarn, gem and go. Versions of a
    distribution's packages vanish from its mirrors with each update: pin them where a rebuild must be the same, and
    else ignore that rule (`# hadolint ignore=DL3008`).
    """
    for file in lint.dockerfiles:
        late = any(True for _ in late_cleaning(file))
        yield from told(lint, file, told_by("LNT-102", file, without=_NOT_CLEANED if late else ()))
