"""The public format `sickbay.report/1`: real reports keep its schema, and no field of it goes or is renamed."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.events import Coverage, Event, EventKind, History, Hole
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Gap, Report, ReportTarget
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect
from sickbay.diagnostics.targets import Request

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

#: The fields of version 1, as first published.
FIELDS = {
    "": {
        "schema", "target", "scope", "started_at", "duration_s", "findings", "gaps", "looked_at", "changes", "timings",
        "tables", "coverage", "log_templates", "figures",
    },
    "target": {"name", "platform", "zone"},
    "findings": {
        "id", "code", "title", "severity", "kind", "subject", "summary", "confidence", "evidence", "remedy",
        "first_seen", "last_seen", "count", "explains", "explained_by", "suspect",
    },
    "evidence": {"source", "value", "at"},
    "remedy": {"text", "command", "owner"},
    "gaps": {"what", "reason"},
    "tables": {"title", "columns", "rows"},
    "changes": {"at", "source", "subject", "kind", "field", "before", "after", "actor"},
    "coverage": {"since", "until", "sources", "holes"},
    "coverage.holes": {"since", "until", "reason"},
    "suspect": {"change", "likelihood", "onset", "runner_up", "tell_apart"},
}  # fmt: skip


def exited(service: str, depends_on: str = "") -> Container:
    """A container of the Compose project `shop` that failed an hour ago."""
    ended = (NOW - timedelta(hours=1)).isoformat()
    labels = {"project": "shop", "service": service, "depends_on": depends_on}
    inspect = {
        "Id": service.ljust(64, "0"),
        "Name": f"/shop-{service}-1",
        "State": {"Status": "exited", "ExitCode": 3, "StartedAt": ended, "FinishedAt": ended},
        "Config": {"Image": "app:1", "Labels": {f"com.docker.compose.{name}": value for name, value in labels.items()}},
    }
    return Container(
        inspect=msgspec.convert(inspect, ContainerInspect),
        read_at=NOW,
        log=LogTail(text="2026-11-24T19:00:00.000Z no database\nat all"),
    )


def report_on(*containers: Container, audit: bool = False, **changes: Any) -> Report:
    snapshot = Snapshot(
        request=Request(audit=audit), taken_at=NOW, host="web-1", address="unix:///docker.sock", containers=containers
    )
    target = ReportTarget(name="local", platform="docker", zone="default")
    return judge(msgspec.structs.replace(snapshot, **changes), target)


@pytest.fixture
def folded() -> Report:
    """A report with a cause, a symptom under it, a log, and a gap."""
    gap = Gap(what="GET /system/df", reason="no answer within 10 s")
    return report_on(exited("db"), exited("web", depends_on="db:service_started:true"), audit=True, gaps=(gap,))


def on_the_wire(report: Report) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(report))
    return decoded


@pytest.fixture
def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((DOCS / "report.schema.json").read_text())
    return read


def validate(written: dict[str, Any], schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written, schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_a_report_with_findings_and_gaps_keeps_the_schema(folded: Report, schema: dict[str, Any]) -> None:
    """Given a Compose project that is down and a gap, when it is judged, then its JSON is what the schema says."""
    written = on_the_wire(folded)

    validate(written, schema)
    assert any(finding["explained_by"] for finding in written["findings"])
    assert written["gaps"]


def test_an_empty_report_keeps_the_schema(schema: dict[str, Any]) -> None:
    """Given a host without containers, when it is judged, then its JSON is what the schema says."""
    validate(on_the_wire(report_on()), schema)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema",), "sickbay.report/2"),
        (("target",), {"name": "local", "platform": "docker"}),
        (("findings", 0, "severity"), "awful"),
        (("findings", 0, "kind"), "rumour"),
        (("findings", 0, "confidence"), "guessed"),
        (("findings", 0, "count"), "once"),
        (("findings", 0, "first_seen"), 0),
        (("findings", 0, "remedy"), {"text": "Read its log."}),
        (("gaps", 0), {"what": "disk usage"}),
    ],
)
def test_the_schema_refuses_what_is_no_report(
    folded: Report, schema: dict[str, Any], path: tuple[Any, ...], wrong: object
) -> None:
    """Given a report with one wrong value, when it is validated, then the schema refuses it."""
    written = on_the_wire(folded)
    place: Any = written
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong

    with pytest.raises(jsonschema.ValidationError):
        validate(written, schema)


def test_the_field_names_are_those_of_version_1(folded: Report) -> None:
    """Given a real report, when it is written as JSON, then it has all fields of version 1, also unknown ones."""
    written = on_the_wire(folded)
    finding = written["findings"][0]

    assert set(written) == FIELDS[""]
    assert set(written["target"]) == FIELDS["target"]
    assert set(finding) == FIELDS["findings"]
    assert set(finding["evidence"][0]) == FIELDS["evidence"]
    assert set(finding["remedy"]) == FIELDS["remedy"]
    assert set(written["gaps"][0]) == FIELDS["gaps"]


def test_what_changed_keeps_the_schema_and_its_fields(schema: dict[str, Any]) -> None:
    """Given a failed container that was made anew, when it is judged, then the change and the suspect are written."""
    ended = NOW - timedelta(hours=1)
    hole = Hole(since=ended, until=NOW, reason="Redis was away")
    history = History(
        changes=tuple(
            Event(
                at=ended - timedelta(seconds=wait), source="watch", subject="container/shop-db-1", kind=kind, field=kind
            )
            for wait, kind in ((90, EventKind.TEMPLATE), (40, EventKind.IMAGE))
        ),
        coverage=Coverage(since=ended, until=NOW, sources=("recorder",), holes=(hole,)),
    )
    snapshot = Snapshot(
        request=Request(), taken_at=NOW, host="web-1", address="unix:///docker.sock", containers=(exited("db"),)
    )

    written = on_the_wire(judge(snapshot, ReportTarget(name="local", platform="docker", zone="eu"), history=history))

    validate(written, schema)
    (suspect,) = (finding["suspect"] for finding in written["findings"] if finding["code"] == "DKR-C101")
    assert set(written["changes"][0]) == set(suspect["change"]) == set(suspect["runner_up"]) == FIELDS["changes"]
    assert set(written["coverage"]) == FIELDS["coverage"]
    assert set(written["coverage"]["holes"][0]) == FIELDS["coverage.holes"]
    assert set(suspect) == FIELDS["suspect"]


def test_moments_are_utc_as_rfc_3339_writes_it(folded: Report) -> None:
    """Given a real report, when it is written as JSON, then each of its moments ends in Z."""
    written = on_the_wire(folded)
    finding = written["findings"][0]

    moments = [written["started_at"], finding["last_seen"], finding["evidence"][0]["at"]]

    assert [moment for moment in moments if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", moment)] == []


def test_ids_name_findings_of_the_same_report(folded: Report) -> None:
    """Given findings that explain each other, when they are written, then every id in an edge is in the report."""
    written = on_the_wire(folded)
    ids = {finding["id"] for finding in written["findings"]}

    edges = {id_ for finding in written["findings"] for id_ in (*finding["explains"], *finding["explained_by"])}

    assert edges
    assert edges <= ids
    assert all(finding["id"] == f"{finding['code']}@{finding['subject']}" for finding in written["findings"])


def test_the_page_about_the_format_tells_every_field() -> None:
    """Given docs/report-format.md, when it is read, then no field of the format is missing from its tables."""
    page = (DOCS / "report-format.md").read_text()
    first_cells = re.findall(r"^\| (`[^|]*`) \|", page, re.MULTILINE)
    told = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}

    assert FIELDS[""] | FIELDS["findings"] <= told
    assert {f"target.{name}" for name in FIELDS["target"]} <= told
    assert {f"evidence[].{name}" for name in FIELDS["evidence"]} <= told
    assert {f"remedy.{name}" for name in FIELDS["remedy"]} <= told
    assert {f"gaps[].{name}" for name in FIELDS["gaps"]} <= told
    assert {f"tables[].{name}" for name in FIELDS["tables"]} <= told
    assert {f"changes[].{name}" for name in FIELDS["changes"]} <= told
    assert {f"coverage.{name}" for name in FIELDS["coverage"]} <= told
    assert {f"coverage.holes[].{name}" for name in FIELDS["coverage.holes"]} <= told
    assert {f"suspect.{name}" for name in FIELDS["suspect"]} <= told
