"""How quickly findings become messages of Slack's: a report of 1,000 findings of all the codes there are."""

import argparse
import time
from datetime import UTC, datetime

from bench.figures import tell
from handlers.blocks.findings import findings
from handlers.blocks.offers import Offers
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.model import Confidence, Evidence, Kind, Remedy, Report, ReportFinding, ReportTarget, Severity

FINDINGS = 1000
#: The best of so many renderings: what else the machine does is not measured.
ROUNDS = 10
AT = datetime(2026, 11, 23, 20, 41, 3, tzinfo=UTC)


def report() -> Report:
    """Give a report in which every fourth finding explains the three after it, each with a log of 40 lines."""
    codes = list(load_checks().values())
    ids = [f"{codes[number % len(codes)].code}@container/web-{number}" for number in range(FINDINGS)]
    found = []
    for number, name in enumerate(ids):
        check, cause = codes[number % len(codes)], number - number % 4
        log = "\n".join(f"{line:04} connection refused by db-{number}:5432" for line in range(40))
        found.append(
            ReportFinding(
                id=name,
                code=check.code,
                title=check.title,
                severity=list(Severity)[number % len(Severity)],
                kind=Kind.INCIDENT,
                subject=f"container/web-{number}",
                summary=f"web-{number} exited with code 3 since `db-{number}` refused its connections.",
                confidence=Confidence.OBSERVED,
                evidence=(Evidence(source=f"GET /containers/web-{number}/logs", value=log, at=AT),),
                remedy=Remedy(text="Read its log.", command=f"docker logs web-{number}", owner="shop"),
                first_seen=AT,
                last_seen=AT,
                count=2,
                explains=tuple(ids[number + 1 : number + 4]) if cause == number else (),
                explained_by=() if cause == number else (ids[cause],),
            )
        )
    return Report(
        target=ReportTarget(name="local", platform="docker", zone="default"), scope="", started_at=AT, duration_s=1.25,
        findings=tuple(found), gaps=(), looked_at={"containers": FINDINGS}, timings={},
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    arguments = parser.parse_args()
    judged, offers = report(), Offers(logs=True, mute=True, judge=True)
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        messages = findings("default.0", judged, offers)
        taken.append((time.perf_counter() - begin) * 1000)
    blocks = sum(len(message.blocks) for message in messages)
    figures = {"messages": len(messages), "blocks": blocks, "ms_a_message": round(min(taken) / len(messages), 1)}
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
