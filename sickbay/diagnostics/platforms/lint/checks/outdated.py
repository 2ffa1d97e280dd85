"""A file uses what Docker or Compose has left behind."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.lint.compose import ComposeFile
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot

_LABEL = Remedy(text="Write `LABEL org.opencontainers.image.authors=…` in its place, which can be read by any tool.")


@check(
    "LNT-114",
    title="Outdated",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Take `version` out, and `links` too: services of one network reach each other by name.",
)
def outdated(lint: Snapshot) -> Iterator[Finding]:
    """A Dockerfile has MAINTAINER; a Compose file has `version`, which is ignored, or links.

    Links are from before there were networks: they only add names in one direction, and a wait. The flags of that time,
    `--x-networking` and `--x-network-driver`, are gone too: networks stand in the file, and every service joins one.
    Services at the top of the file, as in the first format, are no longer read at all (LNT-113).
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, told_by("LNT-114", file), _LABEL)
    for compose in lint.compose_files:
        yield from told(lint, compose, _faults(compose))


def _faults(file: ComposeFile) -> Iterator[Fault]:
    if file.version:
        yield Fault(line=file.version.line, what="has a `version`, which is ignored", shown=file.version.text)
    for service in file.services:
        for link in service.links:
            yield Fault(line=link.line, what=f"links {service.name}", shown=f"links: {link.text}")
