"""The report's own words: causes, blindness, subjects, times that cross processes."""

from datetime import UTC, datetime

import msgspec
import pytest

from sickbay.diagnostics.model import REPORT_SCHEMA, Report, Subject
from tests.unit.diagnostics.platforms.docker.hosts import container, host, report


def test_a_subject_is_written_as_kind_and_name() -> None:
    """Given a subject, then its text is `kind/name`, also where the name holds a slash."""
    assert str(Subject("project", "shop/web")) == "project/shop/web"


def test_causes_are_what_nothing_explains() -> None:
    """Given a crash and the project that is incomplete for it, then the crash is the one cause."""
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "db"}
    db = container("db-1", status="exited", exit_code=1, labels=labels)
    web = container("web-1", labels=labels | {"com.docker.compose.service": "web"})

    judged = report(host(db, web))

    assert len(judged.findings) > 1
    assert [item.id for item in judged.causes] == ["DKR-C101@container/db-1"]


@pytest.mark.parametrize(("looked_at", "blind"), [({}, True), ({"engines": 1}, False)])
def test_a_report_that_saw_nothing_is_blind(looked_at: dict[str, int], blind: bool) -> None:
    """Given what was looked at, then a report is blind where that is nothing."""
    assert msgspec.structs.replace(report(host()), looked_at=looked_at).blind is blind


def test_a_report_crosses_processes() -> None:
    """Given a report with findings, when it is encoded and decoded, then it is the same, and names its schema."""
    judged = report(host(container(status="exited", exit_code=3)))

    decoded = msgspec.json.decode(msgspec.json.encode(judged), type=Report)

    assert decoded == judged
    assert decoded.schema == REPORT_SCHEMA == "sickbay.report/1"
    assert decoded.findings[0].evidence[0].at.tzinfo == UTC


def test_times_keep_their_zone() -> None:
    """Given a report of a moment in UTC, then its text says so."""
    judged = msgspec.structs.replace(report(host()), started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert b'"started_at":"2026-01-02T03:04:05Z"' in msgspec.json.encode(judged)
