"""Reports to print, and what an attacker would put into a container's name."""

from datetime import UTC, datetime

from sickbay.diagnostics.model import (
    Confidence,
    Evidence,
    Gap,
    Kind,
    Remedy,
    Report,
    ReportFinding,
    ReportTarget,
    Severity,
)

AT = datetime(2026, 11, 23, 20, 41, 3, tzinfo=UTC)
EVIL = "web\x1b[31m\u202e`rm`<!channel>@everyone[bold](http://x)\r\n|# **x**"


def finding(**changes: object) -> ReportFinding:
    """One finding; `changes` replaces its fields."""
    fields: dict[str, object] = {
        "id": "DKR-C101@container/db",
        "code": "DKR-C101",
        "title": "Exited with an error",
        "severity": Severity.HIGH,
        "kind": Kind.INCIDENT,
        "subject": "container/db",
        "summary": "db exited with code 3.",
        "confidence": Confidence.OBSERVED,
        "evidence": (Evidence(source="GET /containers/db/json State.ExitCode", value="3", at=AT),),
        "remedy": Remedy(text="Read its log.", command="docker logs db", owner="shop"),
        "first_seen": None,
        "last_seen": AT,
        "count": 2,
        "explains": (),
        "explained_by": (),
        **changes,
    }
    return ReportFinding(**fields)  # type: ignore[arg-type]  # a test's defaults and changes


def report(*findings: ReportFinding, **changes: object) -> Report:
    """A report of these findings on a host with one engine and two containers."""
    fields: dict[str, object] = {
        "target": ReportTarget(name="local", platform="docker", zone="default"),
        "scope": "",
        "started_at": AT,
        "duration_s": 1.25,
        "findings": findings,
        "gaps": (),
        "looked_at": {"engines": 1, "containers": 2, "containers stopped before the window": 1},
        "timings": {},
        **changes,
    }
    return Report(**fields)  # type: ignore[arg-type]  # a test's defaults and changes


CAUSE = finding(explains=("DKR-C102@container/web",))
SYMPTOM = finding(
    id="DKR-C102@container/web",
    code="DKR-C102",
    title="Restart loop",
    severity=Severity.CRITICAL,
    subject="container/web",
    summary="web restarts again and again.",
    confidence=Confidence.INFERRED,
    explained_by=("DKR-C101@container/db",),
)
LOG = "\n".join(f"line {number}" for number in range(40))
GAP = Gap(what="disk usage", reason="no answer within 10 s")
