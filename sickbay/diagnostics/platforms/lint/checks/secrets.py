"""A secret stands where everybody can read it who has the image or the file."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.lint.credentials import in_compose, in_dockerfile
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot

_BUILD = Remedy(
    text="Replace the secret where it is valid; give it to the build by `RUN --mount=type=secret`, or at run time."
)
_COMPOSE = Remedy(
    text="Replace the secret where it is valid; take it from `.env` or the environment, or as a secret of Compose."
)


@check(
    "LNT-107",
    title="Secret in the clear",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Replace the secret where it is valid, and hand the new one over at run time.",
)
def secrets(lint: Snapshot) -> Iterator[Finding]:
    """A password, token or key stands in ENV, ARG, LABEL or RUN, is copied as a file, or stands in a Compose file.

    All of it stays in the image's history for whoever can pull it, also where a later layer removes it; what is in a
    Compose file goes wherever that is checked in. hadolint's DL3064 asks the same by names alone; here a value counts
    too: `…_FILE`, variables and paths are no secrets. Rights granted to every host (`'%'`) are told as well. That a
    value is a secret is inferred, and it is never shown.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, in_dockerfile(file), _BUILD)
    for compose in lint.compose_files:
        yield from told(lint, compose, in_compose(compose), _COMPOSE)
