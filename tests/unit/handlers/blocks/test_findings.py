"""The findings as a person reads them: cause first, its evidence and fix, what it explains folded, and short."""

from datetime import timedelta

import pytest

from handlers.blocks.evidence import PLACES
from handlers.blocks.findings import ALIKE, FOLDED, GAPS, IN_FULL, LONGEST_COMMAND, findings, in_full
from handlers.blocks.offers import Offers
from sickbay.diagnostics.model import (
    Confidence,
    Evidence,
    Gap,
    Judged,
    Judgement,
    Kind,
    Remedy,
    Report,
    ReportFinding,
    Severity,
)
from tests.unit.command_line.reports import AT, CAUSE, GAP, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import parts, text_of


def text(report: Report) -> str:
    return "".join(text_of(message) for message in findings("default.abc", report))


def numbered(count: int, *, code: str = "DKR-C105", **changes: object) -> list[ReportFinding]:
    return [
        finding(id=f"{code}@{number}", code=code, subject=f"container/web-{number}", **changes)
        for number in range(count)
    ]


def test_nothing_found_and_nothing_unread_needs_no_reply() -> None:
    """Given a healthy host, when rendered, then there is no message: the card says it all."""
    assert findings("default.abc", report()) == ()


def test_a_finding_is_told_in_full() -> None:
    """Given one finding, when rendered, then severity, code, subject, sentence, evidence and fix stand there so."""
    told = text(report(finding(count=1)))

    places = [
        told.index(part)
        for part in (
            "High",
            "DKR-C101",
            "Exited with an error",
            "container/db",
            "db exited with code 3.",
            "3  GET /containers/db/json State.ExitCode, 20:41:03 UTC",
            "Fix: Read its log.",
            "docker logs db",
            "Owned by shop",
            "Looked at 1 engine, 2 containers, 1 container stopped before the window in 1.2 s",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("judgement", "told"),
    [
        (Judgement.CAUSE, "Marked the cause by "),
        (Judgement.SYMPTOM, "Marked only a symptom by "),
        (Judgement.IRRELEVANT, "Marked as having nothing to do with it by "),
    ],
)
def test_what_a_person_said_of_a_finding_stands_with_it(judgement: Judgement, told: str) -> None:
    """Given a finding that Alice judged, and another, when rendered, then only the first says so, and by whom."""
    judged = Judged(code=CAUSE.code, subject=CAUSE.subject, judgement=judgement, by="U0ALICE")
    other = finding(id="x", subject="container/other")
    (message,) = findings("default.abc", report(CAUSE, other), Offers(judged=(judged,)))

    assert text_of(message).count(told) == 1
    assert text_of(message).index(told) < text_of(message).index("container/other")
    assert [part["user_id"] for part in parts(list(message.blocks)) if part.get("type") == "user"] == ["U0ALICE"]


def test_severity_is_an_emoji_and_a_word() -> None:
    """Given a critical finding, when rendered, then colour is not alone in saying so."""
    message = findings("default.abc", report(finding(severity=Severity.CRITICAL)))[0]

    assert {"type": "emoji", "name": "red_circle"} in parts(list(message.blocks))
    assert "Critical" in text_of(message)


def test_what_was_concluded_says_so() -> None:
    """Given an inferred finding and an observed one, when rendered, then only the first is marked."""
    assert "(inferred)" in text(report(finding(confidence=Confidence.INFERRED)))
    assert "(inferred)" not in text(report(finding()))


def test_a_repeated_fault_says_how_often_and_when_last() -> None:
    """Given a fault that was seen seven times, when rendered, then that stands behind its sentence."""
    seen = finding(count=7, last_seen=AT - timedelta(hours=2))

    assert "db exited with code 3. (counted 7, last on 23 Nov 18:41 UTC)" in text(report(seen))


def test_a_symptom_is_folded_under_its_cause() -> None:
    """Given a cause and its symptom, when rendered, then the symptom takes one line below the cause."""
    told = text(report(CAUSE, SYMPTOM))

    assert told.index("This explains") > told.index("Fix:")
    assert "DKR-C102 container/web web restarts again and again." in told


def test_symptoms_of_symptoms_are_shown_too() -> None:
    """Given a cause, its symptom, and the symptom of that, when rendered, then the last stands one step further in."""
    middle = finding(**_as(SYMPTOM), explains=("DKR-C105@container/proxy",))
    last = finding(
        id="DKR-C105@container/proxy", code="DKR-C105", subject="container/proxy", explained_by=(SYMPTOM.id,)
    )

    message = findings("default.abc", report(CAUSE, middle, last))[0]

    lists = [part for part in parts(list(message.blocks)) if part.get("type") == "rich_text_list"]
    assert [part["indent"] for part in lists[-2:]] == [0, 1]
    assert "container/proxy" in text_of(message)


def test_hundreds_of_alike_symptoms_take_one_line() -> None:
    """Given a cause of 400 symptoms of one code, when rendered, then a few are named and the rest counted."""
    symptoms = numbered(400, title="Failing health check", explained_by=(CAUSE.id,))
    cause = finding(id=CAUSE.id, explains=tuple(item.id for item in symptoms))

    told = text(report(cause, *symptoms))

    assert "400 × Failing health check: web-0, web-1, web-2, web-3, web-4, web-5 and 394 more" in told
    assert len(told) < 1000


def test_symptoms_of_many_codes_are_counted_beyond_the_last_line() -> None:
    """Given one more code of symptoms than lines, when rendered, then what has no line is counted."""
    symptoms = [
        item
        for number in range(FOLDED + 1)
        for item in numbered(2, code=f"DKR-C1{number:02}", explained_by=(CAUSE.id,))
    ]
    cause = finding(id=CAUSE.id, code="DKR-X1", explains=tuple(item.id for item in symptoms))

    assert "and 2 more" in text(report(cause, *symptoms))


def test_of_alike_causes_only_the_first_are_told_in_full() -> None:
    """Given one more cause of a code than may be alike, when rendered, then it gets a line, and how to ask for it."""
    told = text(report(*numbered(ALIKE + 1)))

    assert told.count("Fix:") == ALIKE
    assert "Also found" in told
    assert f"container/web-{ALIKE} db exited with code 3." in told
    assert "/diagnose local NAMELooked" in told
    assert "/diagnose local NAME --audit" in text(report(*numbered(ALIKE + 1, kind=Kind.HYGIENE)))


def test_no_more_causes_than_a_person_reads_are_told_in_full() -> None:
    """Given more causes of different codes than are told in full, when rendered, then the likeliest ones are."""
    causes = [finding(id=str(number), code=f"DKR-X{number}") for number in range(IN_FULL + 1)]

    assert [item.id for item in in_full(report(*causes))] == [str(number) for number in range(IN_FULL)]


def test_the_order_is_the_reports() -> None:
    """Given a medium cause before a critical one, when rendered, then it stays first: score decides, not severity."""
    told = text(
        report(
            finding(id="1", severity=Severity.MEDIUM, subject="container/a"),
            finding(id="2", severity=Severity.CRITICAL, subject="container/b"),
        )
    )

    assert told.index("container/a") < told.index("container/b")


def test_gaps_are_listed_and_the_many_counted() -> None:
    """Given a gap, and one more than are listed, when rendered, then each has its reason, and the rest is counted."""
    assert "Could not be readdisk usage: no answer within 10 s" in text(report(gaps=(GAP,)))
    many = tuple(Gap(what=f"container {number}", reason="denied") for number in range(GAPS + 1))
    assert "container 14: deniedand 1 more" in text(report(gaps=many))


def test_gaps_without_findings_have_a_text_to_notify_with() -> None:
    """Given only a gap, when notified, then the text says how many."""
    assert findings("default.abc", report(gaps=(GAP,)))[0].text == "1 thing could not be read"


def test_a_command_is_shown_whole_or_not_at_all() -> None:
    """Given a command of just the longest length and one longer, when rendered, then only the first is shown."""
    fits, too_long = "x" * LONGEST_COMMAND, "y" * (LONGEST_COMMAND + 1)

    told = text(report(*(finding(id=item, remedy=Remedy(text="Run it.", command=item)) for item in (fits, too_long))))

    assert fits in told
    assert "y" * 100 not in told


def test_long_findings_go_on_in_a_further_message() -> None:
    """Given findings of more text than one message holds, when rendered, then they go on in another, in order."""
    log = "\n".join(f"line {number} " + "x" * 80 for number in range(15))
    causes = [
        finding(id=str(number), code=f"DKR-X{number:02}", evidence=(Evidence(source="logs", value=log, at=AT),))
        for number in range(IN_FULL)
    ]

    messages = findings("default.abc", report(*causes))

    assert [message.key for message in messages] == ["default.abc:findings:0", "default.abc:findings:1"]
    assert "DKR-X00" in text_of(messages[0])
    assert "DKR-X11" in text_of(messages[1])


def _as(known: ReportFinding) -> dict[str, object]:
    names = ("id", "code", "title", "severity", "subject", "summary", "explained_by")
    return {name: getattr(known, name) for name in names}


def lint(count: int = 2, **changes: object) -> ReportFinding:
    evidence = tuple(Evidence(source=f"Dockerfile:{line}", value="RUN `x`", at=AT) for line in range(1, count + 1))
    return finding(
        code="LNT-113",
        subject="file/Dockerfile",
        summary="Dockerfile: has `RUN x` twice (line 1).",
        evidence=(*evidence, evidence[0]),
        count=count + 1,
        **changes,
    )


def test_a_finding_about_a_file_leads_to_its_lines() -> None:
    """Given faults on two lines, one of them twice, when rendered, then each line stands once, by file and number."""
    told = text(report(lint()))

    assert "Dockerfile:1  RUN `x`" in told
    assert told.count("Dockerfile:1 ") == 1
    assert "Dockerfile:2  RUN `x`" in told
    assert "UTC" not in told
    assert "counted" not in told


def test_many_lines_are_counted() -> None:
    """Given faults on more lines than fit, when rendered, then the rest is a count."""
    told = text(report(lint(PLACES + 3)))

    assert f"Dockerfile:{PLACES}  " in told
    assert f"Dockerfile:{PLACES + 1}  " not in told
    assert "and 3 more" in told


def test_further_findings_about_files_are_told_by_their_sentence() -> None:
    """Given more findings than are told in full, when one is about a file, then its line is its sentence, once."""
    further = lint(1, id="LNT-113@last")
    told = text(report(*(lint(1, id=f"LNT-113@{number}") for number in range(ALIKE)), further))

    last = told.partition("Also found")[2]
    assert "Dockerfile: has RUN x twice (line 1)." in last
    assert "file/" not in last


def test_code_in_a_fix_is_code() -> None:
    """Given a fix with code between backticks, when rendered, then that is code; an odd backtick is a sign."""
    message = findings("default.abc", report(finding(remedy=Remedy(text="Run `docker ps` as root."))))[0]
    odd = findings("default.abc", report(finding(remedy=Remedy(text="Mind the ` sign."))))[0]

    assert {"type": "text", "text": "docker ps", "style": {"code": True}} in parts(list(message.blocks))
    assert {"type": "text", "text": "Mind the ` sign."} in parts(list(odd.blocks))
