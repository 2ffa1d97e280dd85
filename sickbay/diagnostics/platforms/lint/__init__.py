"""Dockerfiles and Compose files: what keeps them from building or starting, and what they are built to fail of."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.target import LintTarget

PLATFORM = Platform(
    name="lint",
    title="Dockerfiles and Compose files",
    target=LintTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.lint.collector:collect",
    checks="sickbay.diagnostics.platforms.lint.checks",
    steps=("Files", "Compose", "hadolint"),
    configurable=False,
)
