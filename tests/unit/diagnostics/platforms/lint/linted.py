"""Lint texts as if they had been sent."""

from contextlib import nullcontext
from datetime import UTC, datetime
from unittest.mock import patch

import msgspec

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Report, ReportFinding, ReportTarget
from sickbay.diagnostics.platforms.lint.collector import collect, hadolint
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.target import Document, DocumentsTarget
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
_TARGET = ReportTarget(name="files", platform="lint", zone="default")


#: Checks that ask nothing of hadolint: it takes most of a test's time.
_OWN = frozenset({"LNT-107", "LNT-109", "LNT-110", "LNT-111", "LNT-112"})


def snapshot(text: str | bytes, path: str = "Dockerfile", *, ask_hadolint: bool = True) -> Snapshot:
    """Read one file."""
    content = text.encode() if isinstance(text, str) else text
    target = DocumentsTarget(name="files", documents=(Document(path, content),))
    with nullcontext() if ask_hadolint else patch.object(hadolint, "lint", return_value={}):
        read = collect(target, Request(audit=True), Budget(30), lambda _step: None)
    return msgspec.structs.replace(read, taken_at=NOW)


def judged(read: Snapshot) -> Report:
    """Give what all checks say."""
    return engine.judge(read, _TARGET)


def found(code: str, text: str | bytes, path: str = "Dockerfile") -> list[ReportFinding]:
    """Give what one check says of a file."""
    return [
        finding
        for finding in judged(snapshot(text, path, ask_hadolint=code not in _OWN)).findings
        if finding.code == code
    ]


def one(code: str, text: str | bytes, path: str = "Dockerfile") -> ReportFinding:
    """Give the one finding of a check about a file."""
    (finding,) = found(code, text, path)
    return finding


def places(finding: ReportFinding) -> list[str]:
    """Give where each fault stands, as `path:line`."""
    return [evidence.source for evidence in finding.evidence]
