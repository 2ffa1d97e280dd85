"""Lint texts as if they had been sent, hadolint included."""

from datetime import UTC, datetime

import msgspec

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Report, ReportFinding, ReportTarget
from sickbay.diagnostics.platforms.lint.collector import collect
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.target import Document, DocumentsTarget
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
_TARGET = ReportTarget(name="files", platform="lint", zone="default")


def snapshot(text: str | bytes, path: str = "Dockerfile") -> Snapshot:
    """Read one file."""
    content = text.encode() if isinstance(text, str) else text
    target = DocumentsTarget(name="files", documents=(Document(path, content),))
    read = collect(target, Request(audit=True), Budget(30), lambda _step: None)
    return msgspec.structs.replace(read, taken_at=NOW)


def judged(read: Snapshot) -> Report:
    """Give what all checks say."""
    return engine.judge(read, _TARGET)


def found(code: str, text: str | bytes, path: str = "Dockerfile") -> list[ReportFinding]:
    """Give what one check says of a file."""
    return [finding for finding in judged(snapshot(text, path)).findings if finding.code == code]


def one(code: str, text: str | bytes, path: str = "Dockerfile") -> ReportFinding:
    """Give the one finding of a check about a file."""
    (finding,) = found(code, text, path)
    return finding


def places(finding: ReportFinding) -> list[str]:
    """Give where each fault stands, as `path:line`."""
    return [evidence.source for evidence in finding.evidence]
