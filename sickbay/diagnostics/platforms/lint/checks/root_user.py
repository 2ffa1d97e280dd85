"""What the image starts runs as root, or in a folder that nobody named."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot, Stage

#: Names of images that do not start as root, and the empty image.
_WITHOUT_ROOT = re.compile(r"scratch|.*(?:nonroot|non-root|rootless|unprivileged).*|.*\$.*")


@check(
    "LNT-104",
    title="User and working directory",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="End with `USER 10001` or another number that is not 0, and name absolute folders in WORKDIR.",
)
def root_user(lint: Snapshot) -> Iterator[Finding]:
    """The image ends as root or names no user, its WORKDIR is relative, or its labels are not as they should be.

    Who breaks out of a process that is root in its container is root on the host unless user namespaces are on. That
    the base sets no user either is inferred: it is not read here. A number can be checked by who runs it
    (`runAsNonRoot`), a name cannot. LABELs of a later instruction, and of the image over its base's, win.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, [*told_by("LNT-104", file), *_no_user(file)])


def _no_user(file: Dockerfile) -> Iterator[Fault]:
    stage: Stage | None = file.final
    for _ in file.stages:
        if stage is None or stage.last("USER"):
            return
        base = file.stage_named(stage.base)
        if base is None and not _WITHOUT_ROOT.fullmatch(stage.base):
            line = file.stages[-1].line
            yield Fault(line=line, what="names no USER, so it runs as root", shown=f"FROM {stage.base}", inferred=True)
            return
        stage = base
