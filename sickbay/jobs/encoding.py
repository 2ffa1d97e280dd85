"""What stands in Redis of jobs, read back. Redis is a trust boundary: nothing of it is taken unchecked."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import msgspec

from sickbay.diagnostics.model import MOST_LOGS, Log, Report
from sickbay.jobs.errors import UnreadableRecordError
from sickbay.jobs.model import Job, JobRecord, JobState

_Logs = Annotated[tuple[Log, ...], msgspec.Meta(max_length=MOST_LOGS)]


def decode_record(job_id: str, fields: Mapping[bytes, bytes]) -> JobRecord:
    """Give the record of a job's hash. Raises UnreadableRecordError.

    What this version does not know is passed over: during an upgrade, old and new processes read one another's jobs.
    """
    try:
        record = _decoded({name.decode(): value for name, value in fields.items()})
    except (KeyError, ValueError, msgspec.MsgspecError) as error:
        raise UnreadableRecordError(job_id, f"{type(error).__name__}: {error}") from error
    if record.job.id != job_id:
        raise UnreadableRecordError(job_id, "it is that of another job")
    if record.job.zone != job_id.partition(".")[0]:
        raise UnreadableRecordError(job_id, "it names another zone than its own")
    return record


def decode_scopes(written: bytes | None) -> tuple[str, ...]:
    """Give the scopes that a worker remembered; what cannot be read is as good as forgotten."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode(written or b"[]", type=tuple[str, ...])
    return ()


def _decoded(known: Mapping[str, bytes]) -> JobRecord:
    return JobRecord(
        job=msgspec.json.decode(known["job"], type=Job),
        state=JobState(known["state"].decode()),
        steps=msgspec.json.decode(known.get("steps", b"[]"), type=tuple[str, ...]),
        step=known.get("step", b"").decode(),
        attempt=int(known.get("attempt", 0)),
        started_at=_moment(known.get("started_at")),
        ended_at=_moment(known.get("ended_at")),
        report=msgspec.json.decode(known["report"], type=Report) if "report" in known else None,
        logs=msgspec.json.decode(known.get("logs", b"[]"), type=_Logs),
        failure=known.get("failure", b"").decode(),
    )


def _moment(written: bytes | None) -> datetime | None:
    return datetime.fromisoformat(written.decode()) if written else None
