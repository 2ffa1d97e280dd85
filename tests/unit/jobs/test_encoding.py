"""Records as they come from Redis: what is not known is passed over, what is wrong is refused as one error."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.model import LOG_BYTES, MOST_LOGS, Log
from sickbay.jobs.encoding import decode_record, decode_scopes
from sickbay.jobs.errors import UnreadableRecordError
from sickbay.jobs.model import JobState
from tests.unit.jobs.house import NOW, job, report

JOB = job()
LOGS = (Log(name="web-1", text="listening"),)
WRITTEN = {b"job": msgspec.json.encode(JOB), b"state": b"queued"}


def changed(**fields: object) -> dict[bytes, bytes]:
    """Give the record with other fields of its job."""
    return {**WRITTEN, b"job": msgspec.json.encode({**msgspec.to_builtins(JOB), **fields})}


def test_a_whole_record_comes_back_as_it_was() -> None:
    """Given all fields of a finished job, when read, then each is there in its type."""
    record = decode_record(
        JOB.id,
        {
            **WRITTEN,
            b"state": b"done",
            b"steps": b'["Connecting"]',
            b"step": b"Connecting",
            b"attempt": b"2",
            b"started_at": NOW.isoformat().encode(),
            b"ended_at": NOW.isoformat().encode(),
            b"report": msgspec.json.encode(report()),
            b"logs": msgspec.json.encode(LOGS),
        },
    )

    assert (record.job, record.state, record.steps, record.step) == (JOB, JobState.DONE, ("Connecting",), "Connecting")
    assert (record.attempt, record.started_at, record.ended_at, record.report) == (2, NOW, NOW, report())
    assert record.logs == LOGS


def test_what_a_newer_version_added_is_passed_over() -> None:
    """Given fields of the hash and of the job that are not known here, when read, then the rest is."""
    record = decode_record(JOB.id, {**changed(urgency="high"), b"colour": b"\xff"})

    assert record.job == JOB


@pytest.mark.parametrize(
    "written",
    [
        {},
        {b"state": b"queued"},
        {b"job": WRITTEN[b"job"]},
        {**WRITTEN, b"job": b"{"},
        {**WRITTEN, b"job": b"\xff"},
        {**WRITTEN, b"state": b"lost"},
        {**WRITTEN, b"state": b"\xff"},
        {**WRITTEN, b"attempt": b"many"},
        {**WRITTEN, b"started_at": b"today"},
        {**WRITTEN, b"steps": b'"Reading"'},
        {**WRITTEN, b"report": b"{}"},
        {**WRITTEN, b"logs": b"{}"},
        {**WRITTEN, b"logs": msgspec.json.encode(LOGS * (MOST_LOGS + 1))},
        {**WRITTEN, b"logs": msgspec.json.encode([Log(name="web-1", text="x" * (LOG_BYTES + 1))])},
        changed(deadline_at="2026-03-04T05:06:07"),
        changed(budget_s=-1),
        changed(budget_s="60"),
        changed(request={"window": "soon"}),
        changed(id="alpha.another"),
        changed(zone="beta"),
    ],
)
def test_what_is_no_record_is_refused(written: Mapping[bytes, bytes]) -> None:
    """Given a hash that is wrong in one place, when read, then that is one error, which no retry will mend."""
    with pytest.raises(UnreadableRecordError) as caught:
        decode_record(JOB.id, written)

    assert isinstance(caught.value, PermanentError)
    assert JOB.id in str(caught.value)


@pytest.mark.parametrize("written", [None, b"", b"{", b"{}", b"[1]", b'["\xff"]', b'"web"'])
def test_scopes_that_cannot_be_read_are_forgotten(written: bytes | None) -> None:
    """Given anything that is no list of names, when read, then there are no scopes, and no error."""
    assert decode_scopes(written) == ()


@given(st.dictionaries(st.sampled_from([*WRITTEN, b"attempt", b"report", b"ended_at", b"steps"]), st.binary()))
def test_no_content_of_redis_raises_anything_else(fields: dict[bytes, bytes]) -> None:
    """Given any bytes in any field, when read, then there is a record or that one error."""
    with suppress(UnreadableRecordError):
        decode_record(JOB.id, {**WRITTEN, **fields})


@given(
    st.builds(
        job,
        st.text(),
        asked_by=st.text(),
        submitted_at=st.datetimes(min_value=datetime(1980, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - a bound
        budget_s=st.floats(min_value=0.001, max_value=900),
    )
)
def test_any_job_survives_redis(made: object) -> None:
    """Given any job, when written and read, then it is the same."""
    written = {b"job": msgspec.json.encode(made), b"state": b"queued"}

    assert decode_record(made.id, written).job == made  # type: ignore[attr-defined]  # st.builds hides the type
