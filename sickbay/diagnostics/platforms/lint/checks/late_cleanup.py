"""A layer removes what an earlier one brought."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.cleaning import late_cleaning
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot


@check(
    "LNT-108",
    title="Wasteful layers",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Fetch, use and remove within one RUN; or build in a stage of its own and copy only the result.",
)
def late_cleanup(lint: Snapshot) -> Iterator[Finding]:
    """Package lists, caches or files are removed in another RUN than the one that brought them, or RUNs stand in a row.

    A layer never shrinks the ones below it: what they hold is hidden, and still pulled and stored with every image.
    Stages that the image is not built on are left out.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, [*late_cleaning(file), *told_by("LNT-108", file)])
