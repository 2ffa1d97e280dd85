"""A report at a terminal: the cause first, its symptoms beneath, and nothing from a target that could act."""

import io
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line.rendering.text import print_report
from sickbay.diagnostics.events import Coverage, Event, EventKind, Hole, Likelihood, Suspect
from sickbay.diagnostics.model import Evidence, Remedy, Report, Table
from tests.unit.command_line.reports import AT, CAUSE, EVIL, GAP, LOG, SYMPTOM, finding, report

ROLLOUT = Event(
    at=AT - timedelta(seconds=40),
    source="watch",
    subject="container/db",
    kind=EventKind.IMAGE,
    before="db:1",
    after="db:2",
    actor="compose",
)
EDIT = Event(at=AT - timedelta(minutes=5), source="watch", subject="host/lab", kind=EventKind.ENGINE)
WATCHED = Coverage(since=AT - timedelta(hours=2), until=AT, sources=("recorder",))


def printed(given_report: Report, *, changes: bool = False) -> str:
    stream = io.StringIO()
    print_report(given_report, stream, changes=changes)
    return stream.getvalue()


def test_the_cause_comes_first_and_its_symptom_beneath() -> None:
    """Given a cause and its symptom, when printed, then the cause is complete and the symptom folded under it."""
    assert printed(report(CAUSE, SYMPTOM, gaps=(GAP,))) == (
        "local (docker), all of it\n"
        "1 finding, and 1 symptom of it, the likeliest cause first.\n"
        "\n"
        "1. HIGH DKR-C101 Exited with an error · container/db\n"
        "   db exited with code 3.\n"
        "   Counted 2, last at 2026-11-23 20:41:03 UTC.\n"
        "   GET /containers/db/json State.ExitCode  3  [20:41:03 UTC]\n"
        "   Fix: Read its log.\n"
        "        $ docker logs db\n"
        "   Owner: shop\n"
        "   Explains:\n"
        "   └ CRITICAL DKR-C102 Restart loop · container/web\n"
        "     web restarts again and again. (inferred)\n"
        "\n"
        "Could not be read:\n"
        "  - disk usage: no answer within 10 s\n"
        "\n"
        "Looked at 1 engine, 2 containers, 1 container stopped before the window. Took 1.2 s.\n"
    )


def test_what_is_wrong_in_a_file_has_its_path_and_no_time() -> None:
    """Given a finding of a file, when printed, then it is told by its path, and not when the line was read."""
    shown = Evidence(source="/srv/compose.yml:9", value="80:8080", at=AT)
    fault = msgspec.structs.replace(CAUSE, subject="file//srv/compose.yml", evidence=(shown,), explains=())

    text = printed(report(fault, looked_at={"Dockerfiles": 2, "Compose files": 1}))

    assert "DKR-C101 Exited with an error · /srv/compose.yml\n" in text
    assert "   /srv/compose.yml:9  80:8080\n" in text
    assert "Counted" not in text
    assert "Looked at 2 Dockerfiles, 1 Compose file." in text


def test_a_healthy_target_is_a_few_words() -> None:
    """Given no findings, when printed, then it says so and what was looked at."""
    assert "Nothing is wrong.\n\nLooked at 1 engine, 2 containers" in printed(report())


def test_a_gap_is_never_healthy() -> None:
    """Given no findings and a gap, when printed, then the verdict has its limit and the gap is listed."""
    text = printed(report(gaps=(GAP,)))

    assert "Nothing is wrong, as far as could be seen." in text
    assert "disk usage: no answer within 10 s" in text


def test_a_blind_report_says_so() -> None:
    """Given that nothing could be looked at, when printed, then that is the verdict."""
    assert "Could not look at it at all." in printed(report(CAUSE, looked_at={}))


def test_of_a_long_log_the_end_is_shown() -> None:
    """Given 40 lines of a log, when printed, then the last lines are there, and how many are not."""
    text = printed(report(finding(evidence=(Evidence(source="GET /logs", value=LOG, at=AT),))))

    assert "line 39" in text
    assert "line 27\n" not in text
    assert "… 28 earlier lines; --format json has all" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_from_a_target_acts_on_a_terminal(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given escape sequences and markup everywhere, when printed, then they are written out and not interpreted."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1" if terminal else "0")
    monkeypatch.setenv("NO_COLOR", "1")
    evil = finding(
        subject=EVIL,
        summary=EVIL,
        evidence=(Evidence(source=EVIL, value=EVIL, at=AT),),
        remedy=Remedy(text=EVIL, command=EVIL),
    )
    text = printed(report(evil, scope=EVIL))

    assert "\\x1b[31m\\u202e" in text
    assert "[bold](http://x)" in text
    assert "\x1b[31m" not in text
    assert "\u202e" not in text


@given(st.text(max_size=200))
def test_any_text_can_be_printed(text: str) -> None:
    """Given any text, when printed, then no control character but the line end comes out."""
    given_finding = finding(summary=text, subject=text, evidence=(Evidence(source=text, value=text, at=AT),))

    characters = set(printed(report(given_finding, scope=text)))

    assert not {char for char in characters if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0}


def test_a_ranking_stands_above_the_findings_and_is_no_markup() -> None:
    """Given a ranking with rich's markup in a name, when printed, then its columns stand in line above the findings."""
    table = Table(
        title="Top by CPU: 2 pods", columns=("Pod", "CPU"), rows=(("[bold]web\x1b[31m", "93.0 %"), ("b", "1.0 %"))
    )

    lines = printed(report(CAUSE, tables=(table,))).splitlines()

    assert lines[3] == "Top by CPU: 2 pods"
    assert lines[4].split() == ["Pod", "CPU"]
    assert [line.split("  ")[0].strip() for line in lines[6:8]] == ["[bold]web\\x1b[31m", "b"]
    assert len(lines[6].rstrip()) == len(lines[7].rstrip())
    assert "DKR-C101" in lines[9]


def test_an_empty_ranking_says_so() -> None:
    """Given a ranking without rows, when printed, then a sentence stands in its place."""
    told = printed(report(tables=(Table(title="Top by errors: 0 containers", columns=("Container",), rows=()),)))

    assert "Top by errors: 0 containers\n  Nothing to rank.\n" in told


def test_the_likely_cause_is_named_and_what_changed_is_listed() -> None:
    """Given a finding with a suspect and a runner-up, when printed, then both are told above the fix, then all."""
    suspect = Suspect(
        change=ROLLOUT, likelihood=Likelihood.LIKELY, onset=AT, runner_up=EDIT, tell_apart="Look at the others."
    )

    text = printed(report(finding(suspect=suspect), coverage=WATCHED, changes=(ROLLOUT, EDIT)))

    assert (
        "   Likely cause: container/db: new image db:1 → db:2, by compose, at 2026-11-23 20:40:23 UTC, "
        "40 s before it began.\n"
        "   Or: host/lab: engine, at 2026-11-23 20:36:03 UTC. Look at the others.\n"
        "   Fix: Read its log.\n"
    ) in text
    assert (
        "\n\nWhat changed:\n"
        "  - 2026-11-23 20:40:23 UTC container/db: new image db:1 → db:2, by compose\n"
        "  - 2026-11-23 20:36:03 UTC host/lab: engine\n"
        "Watched: recorder.\n\n"
    ) in text


def test_nothing_changed_is_said_with_what_was_watched() -> None:
    """Given no changes and a hole, when printed, then it is not called nothing, and the hole is named."""
    hole = Hole(since=AT - timedelta(minutes=31), until=AT - timedelta(minutes=27), reason="Redis was away")

    assert "Nothing changed since 2026-11-23 18:41:03 UTC. Watched: recorder.\n" in printed(report(coverage=WATCHED))
    assert (
        "No change was seen since 2026-11-23 18:41:03 UTC. Watched: recorder. "
        "Not seen from 2026-11-23 20:10:03 UTC to 2026-11-23 20:14:03 UTC: Redis was away.\n"
    ) in printed(report(coverage=msgspec.structs.replace(WATCHED, holes=(hole,))))


def test_changes_alone_are_all_listed_and_nothing_is_judged() -> None:
    """Given a request for changes, when printed, then every change is there, and no word of what is wrong."""
    many = tuple(msgspec.structs.replace(EDIT, subject=f"container/web-{number}") for number in range(30))

    text = printed(report(coverage=WATCHED, changes=many), changes=True)

    assert text.startswith("local (docker), all of it\n30 changes since 2026-11-23 18:41:03 UTC.\n")
    assert text.count("container/web-") == 30
    assert "wrong" not in text


def test_beside_findings_the_newest_changes_are_listed() -> None:
    """Given 30 changes beside a diagnosis, when printed, then 10 are there, and how to see the others."""
    many = tuple(msgspec.structs.replace(EDIT, subject=f"container/web-{number}") for number in range(30))

    text = printed(report(coverage=WATCHED, changes=many))

    assert text.count("container/web-") == 10
    assert "and 20 older ones: ask for the changes alone" in text
