"""Lint Dockerfiles and Compose files: the same engine and report as a diagnosis, hygiene included."""

from collections.abc import Sequence
from pathlib import Path

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.lint.target import Document, DocumentsTarget, LintTarget
from sickbay.diagnostics.targets import Request

#: How the target is named in reports.
NAME = "files"


def lint_documents(documents: Sequence[Document], *, budget: Budget) -> Report:
    """Judge what somebody sent, by name and content. Raises CancelledError."""
    scope = ", ".join(item.path for item in documents)
    target = DocumentsTarget(name=NAME, documents=tuple(documents))
    return engine.diagnose(target, Request(scope=scope, audit=True), budget=budget).report


def lint_paths(paths: Sequence[Path], *, budget: Budget) -> Report:
    """Judge files of this machine, and those beneath folders. Raises CancelledError."""
    target = LintTarget(name=NAME, paths=tuple(paths))
    return engine.diagnose(target, Request(scope=", ".join(map(str, paths)), audit=True), budget=budget).report
