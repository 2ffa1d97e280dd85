"""Save a snapshot to a file and read it back: what a diagnosis saw can be judged again elsewhere or kept as a test."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.errors import SnapshotFormatError
from sickbay.diagnostics.follow_ups import Probe
from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.platform import Snapshot
from sickbay.diagnostics.redaction import redact, redact_named

FORMAT = "sickbay.snapshot/1"


class _Probe(msgspec.Struct, frozen=True, kw_only=True):
    target: ReportTarget
    snapshot: Any


class _Recording(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    target: ReportTarget
    snapshot: Any
    probes: tuple[_Probe, ...] = ()


def save(path: Path, target: ReportTarget, snapshot: Snapshot, probes: Sequence[Probe] = ()) -> None:
    """Write what was seen with every secret in its texts redacted, readable by its owner alone. Raises OSError."""
    asked = tuple(_Probe(target=probe.target, snapshot=_redacted(probe.snapshot)) for probe in probes)
    recording = _Recording(format=FORMAT, target=target, snapshot=_redacted(snapshot), probes=asked)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # one that was there keeps its mode otherwise
        file.write(msgspec.json.format(msgspec.json.encode(recording)))


def _redacted(snapshot: Snapshot) -> Any:
    """Give the snapshot with each text redacted: a collector may leave that to whoever lets texts out.

    A label's or a tag's value is hidden by its name too; names stay. Redaction is slow and texts repeat, so each is
    looked at once.
    """
    redact_once, redact_label_once = cache(redact), cache(redact_named)

    def walk(value: Any) -> Any:
        match value:
            case msgspec.Struct():
                return replace(value, **{name: walk(getattr(value, name)) for name in value.__struct_fields__})
            case str():
                return redact_once(value)
            case list() | tuple() | set() | frozenset():
                return [walk(item) for item in value]
            case Mapping():
                return {
                    key: redact_label_once(str(key), item) if isinstance(item, str) else walk(item)
                    for key, item in value.items()
                }
        return value

    return walk(snapshot)


def load(path: Path) -> tuple[ReportTarget, Snapshot]:
    """Read a saved snapshot. Raises OSError, or SnapshotFormatError when the file is none that this version knows."""
    seen, *_ = _loaded(path)
    return seen.target, seen.snapshot


def replay(path: Path) -> Report:
    """Judge a saved snapshot, and what registries told then, with today's checks. Raises as `load`."""
    seen, *probes = _loaded(path)
    return judge(seen.snapshot, seen.target, probes)


def _loaded(path: Path) -> list[Probe]:
    """Give the target's snapshot and, after it, those of the registries."""
    try:
        recording = msgspec.json.decode(path.read_bytes(), type=_Recording)
        if recording.format != FORMAT:
            raise SnapshotFormatError(f"{path} is in format {recording.format!r}; this version reads {FORMAT!r}.")
        return [_read(path, recording.target, recording.snapshot)] + [
            _read(path, probe.target, probe.snapshot) for probe in recording.probes
        ]
    except (msgspec.DecodeError, RecursionError) as error:
        raise SnapshotFormatError(f"{path} is not a saved snapshot: {error}") from error


def _read(path: Path, target: ReportTarget, raw: Any) -> Probe:
    platform = catalogue.load_platforms().get(target.platform)
    if platform is None:
        raise SnapshotFormatError(f"{path} is of platform {target.platform!r}, which is not known here.")
    snapshot: Snapshot = msgspec.convert(raw, platform.snapshot)
    return Probe(target, snapshot)
