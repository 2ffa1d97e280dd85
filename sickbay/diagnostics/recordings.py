"""Save a snapshot to a file and read it back: what a diagnosis saw can be judged again elsewhere or kept as a test."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.errors import SnapshotFormatError
from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.platform import Snapshot
from sickbay.diagnostics.redaction import redact

FORMAT = "sickbay.snapshot/1"


class _Recording(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    target: ReportTarget
    snapshot: Any


def save(path: Path, target: ReportTarget, snapshot: Snapshot) -> None:
    """Write the snapshot with every secret in its texts redacted, readable by its owner alone. Raises OSError."""
    recording = _Recording(format=FORMAT, target=target, snapshot=_redacted(snapshot))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # one that was there keeps its mode otherwise
        file.write(msgspec.json.format(msgspec.json.encode(recording)))


def _redacted(snapshot: Snapshot) -> Any:
    """Give the snapshot as JSON has it, each text redacted: a collector may leave that to whoever lets texts out.

    Names of fields and labels stay. Redaction is slow and texts repeat, so each is looked at once.
    """
    redact_once = cache(redact)

    def walk(value: Any) -> Any:
        match value:
            case str():
                return redact_once(value)
            case list():
                return [walk(item) for item in value]
            case dict():
                return {key: walk(item) for key, item in value.items()}
        return value

    return walk(msgspec.json.decode(msgspec.json.encode(snapshot)))


def load(path: Path) -> tuple[ReportTarget, Snapshot]:
    """Read a saved snapshot. Raises OSError, or SnapshotFormatError when the file is none that this version knows."""
    try:
        recording = msgspec.json.decode(path.read_bytes(), type=_Recording)
        if recording.format != FORMAT:
            raise SnapshotFormatError(f"{path} is in format {recording.format!r}; this version reads {FORMAT!r}.")
        platform = catalogue.load_platforms().get(recording.target.platform)
        if platform is None:
            raise SnapshotFormatError(f"{path} is of platform {recording.target.platform!r}, which is not known here.")
        snapshot: Snapshot = msgspec.convert(recording.snapshot, platform.snapshot)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SnapshotFormatError(f"{path} is not a saved snapshot: {error}") from error
    return recording.target, snapshot


def replay(path: Path) -> Report:
    """Judge a saved snapshot with today's checks. Raises as `load`."""
    target, snapshot = load(path)
    return judge(snapshot, target)
