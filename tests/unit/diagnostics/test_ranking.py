"""Which finding stands first, what is folded under it, and what is not shown at all."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sickbay.diagnostics.check import Check, check
from sickbay.diagnostics.model import (
    Confidence,
    Finding,
    Judged,
    Judgement,
    Kind,
    Remedy,
    ReportFinding,
    Severity,
    Subject,
)
from sickbay.diagnostics.ranking import Candidate, rank

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WINDOW = timedelta(hours=24)
DB, WEB, PROXY, HOST = (Subject("container", name) for name in ("db", "web", "proxy", "host"))


def declared(
    code: str, *explains: str, severity: Severity = Severity.HIGH, kind: Kind = Kind.INCIDENT
) -> Check[object]:
    """Give a check of this code that is declared as in a platform."""

    @check(code, title=code.title(), severity=severity, kind=kind, explains=explains, remedy="Mend it.")
    def judge(_snapshot: object) -> Iterator[Finding]:
        """Stand for a check."""
        yield from ()

    return judge


def candidate(made: Check[object], subject: Subject = WEB, **differs: object) -> Candidate:
    finding = Finding(subject=subject, summary=f"{subject.name} is ill.", evidence=())
    return Candidate(made, replace(finding, **differs))


def ranked(
    *candidates: Candidate, upstream: Mapping[Subject, Sequence[Subject]] | None = None, audit: bool = False
) -> tuple[ReportFinding, ...]:
    related = {subject: frozenset(others) for subject, others in (upstream or {}).items()}
    return rank(candidates, related, now=NOW, window=WINDOW, audit=audit)


def ids(found: Sequence[ReportFinding]) -> list[str]:
    return [item.id for item in found]


CRASH = declared("DKR-C101", "DKR-C101", "DKR-C104", "DKR-C105")
LOOP = declared("DKR-C104")
PROBE = declared("DKR-C105")


def test_severity_alone_does_not_decide() -> None:
    """Given a medium fault that explains three critical symptoms, then it stands first and they follow it."""
    fault = declared("DKR-C108", "DKR-C102", severity=Severity.MEDIUM)
    symptom = declared("DKR-C102", severity=Severity.CRITICAL)

    found = ranked(
        candidate(symptom, WEB), candidate(symptom, PROXY), candidate(fault, DB), upstream={WEB: [DB], PROXY: [DB]}
    )

    assert ids(found)[0] == "DKR-C108@container/db"
    assert all(item.explained_by == ("DKR-C108@container/db",) for item in found[1:])


def test_an_old_critical_fault_stands_below_a_fresh_high_one() -> None:
    """Given a critical fault last seen two days ago and a high one seen now, then the fresh one stands first."""
    old = candidate(declared("DKR-C102", severity=Severity.CRITICAL), DB, last_seen=NOW - timedelta(days=2))
    fresh = candidate(CRASH, WEB, last_seen=NOW)

    assert ids(ranked(old, fresh)) == [fresh.id, old.id]


def test_the_older_of_two_like_faults_stands_below() -> None:
    """Given the same fault twice, then the one seen last stands first, and one without a time counts as now."""
    older, newer, standing = (
        candidate(CRASH, DB, last_seen=NOW - timedelta(hours=5)),
        candidate(CRASH, WEB, last_seen=NOW - timedelta(hours=1)),
        candidate(CRASH, PROXY),
    )

    assert ids(ranked(older, newer, standing)) == [standing.id, newer.id, older.id]


def test_a_clock_that_runs_ahead_gives_no_advantage() -> None:
    """Given a fault last seen in the future by the target's clock, then it counts as seen now."""
    ahead, now = candidate(CRASH, WEB, last_seen=NOW + timedelta(hours=9)), candidate(CRASH, DB, last_seen=NOW)

    assert ids(ranked(ahead, now)) == [now.id, ahead.id]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"confidence": Confidence.INFERRED}),
        ({"remedy": Remedy(text="Do just this.")}, {}),
    ],
    ids=["observed above inferred", "specific above general"],
)
def test_better_evidence_and_a_remedy_of_its_own_stand_above(
    better: dict[str, object], worse: dict[str, object]
) -> None:
    """Given two faults of one severity, then the one that is seen, or whose class is known, stands first."""
    above, below = candidate(CRASH, WEB, **better), candidate(CRASH, DB, **worse)

    assert ids(ranked(below, above)) == [above.id, below.id]


def test_the_fault_that_reaches_more_symptoms_stands_above() -> None:
    """Given two like faults of which one explains two symptoms, then that one stands first."""
    reaching, lonely = candidate(CRASH, WEB), candidate(CRASH, DB)

    found = ranked(lonely, reaching, candidate(LOOP, WEB), candidate(PROBE, WEB))

    assert ids(found)[0] == reaching.id
    assert ids(found)[-1] == lonely.id


def test_order_is_the_same_for_the_same_findings() -> None:
    """Given findings of equal score, then their order does not depend on the order in which they were found."""
    found = [candidate(CRASH, Subject("container", name)) for name in "cab"]

    assert ids(ranked(*found)) == ids(ranked(*reversed(found))) == [f"DKR-C101@container/{name}" for name in "abc"]


def test_nothing_found_is_nothing_ranked() -> None:
    """Given no findings, then none is shown."""
    assert ranked() == ()


def test_an_edge_holds_only_between_related_subjects() -> None:
    """Given a crash and a failing probe of a container that does not depend on it, then neither explains the other."""
    found = ranked(candidate(CRASH, DB), candidate(PROBE, WEB))

    assert [item.explained_by for item in found] == [(), ()]


def test_an_edge_holds_from_what_is_depended_on_to_what_depends() -> None:
    """Given a crash of what only depends on the one whose probe fails, then it does not explain the failing probe."""
    found = ranked(candidate(CRASH, WEB), candidate(PROBE, DB), upstream={WEB: [DB]})

    assert [item.explained_by for item in found] == [(), ()]


def test_an_edge_holds_on_one_subject() -> None:
    """Given a crash and a restart loop of one container, then the crash explains the loop, and both say so."""
    crash, loop = ranked(candidate(LOOP), candidate(CRASH))

    assert (crash.explains, crash.explained_by) == ((loop.id,), ())
    assert (loop.explains, loop.explained_by) == ((), (crash.id,))


def test_related_subjects_alone_make_no_edge() -> None:
    """Given two faults of related containers whose codes do not explain each other, then neither is folded."""
    found = ranked(candidate(LOOP, DB), candidate(PROBE, WEB), upstream={WEB: [DB]})

    assert [item.explained_by for item in found] == [(), ()]


def test_symptoms_are_folded_as_deep_as_they_go() -> None:
    """Given a chain from the database over the web server to the proxy, then each follows what explains it."""
    found = ranked(
        candidate(PROBE, PROXY),
        candidate(CRASH, WEB),
        candidate(CRASH, DB),
        candidate(CRASH, HOST),
        upstream={PROXY: [WEB, DB], WEB: [DB]},
    )

    assert ids(found) == [
        "DKR-C101@container/db",
        "DKR-C101@container/web",
        "DKR-C105@container/proxy",
        "DKR-C101@container/host",
    ]
    assert found[2].explained_by == ("DKR-C101@container/db", "DKR-C101@container/web")


def test_a_symptom_with_two_causes_appears_once() -> None:
    """Given a symptom that two faults explain, then it is shown once, below the likelier, and names both."""
    likelier = candidate(CRASH, DB, remedy=Remedy(text="Mend the database."))
    other = candidate(CRASH, PROXY)

    found = ranked(other, likelier, candidate(PROBE, WEB), upstream={WEB: [DB, PROXY]})

    assert ids(found) == [likelier.id, "DKR-C105@container/web", other.id]
    assert found[1].explained_by == (likelier.id, other.id)
    assert found[2].explains == ("DKR-C105@container/web",)


def test_a_circle_has_a_first() -> None:
    """Given two containers that depend on each other and both crashed, then the one that crashed first is the cause."""
    first = candidate(CRASH, WEB, first_seen=NOW - timedelta(minutes=9))
    then = candidate(CRASH, DB, first_seen=NOW - timedelta(minutes=8))

    for found in (ranked(first, then, upstream=_EACH_OTHER), ranked(then, first, upstream=_EACH_OTHER)):
        assert ids(found) == [first.id, then.id]
        assert [item.explained_by for item in found] == [(), (first.id,)]


_EACH_OTHER = {WEB: [DB], DB: [WEB]}


def test_a_long_circle_has_a_first_and_keeps_what_hangs_on_it() -> None:
    """Given a circle of three, entered from a symptom outside, then its earliest is the one cause of all of them."""
    circle = [candidate(CRASH, one, first_seen=NOW - timedelta(minutes=age)) for one, age in _AGES.items()]
    outside = candidate(PROBE, HOST, first_seen=NOW - timedelta(hours=1))

    found = ranked(outside, *circle, upstream={WEB: [DB], DB: [PROXY], PROXY: [WEB], HOST: [WEB]})

    assert {item.subject: item.explained_by for item in found} == {
        "container/db": (),
        "container/web": ("DKR-C101@container/db",),
        "container/proxy": ("DKR-C101@container/web",),
        "container/host": ("DKR-C101@container/web",),
    }


_AGES = {WEB: 5, DB: 9, PROXY: 2}


def test_codes_that_explain_each_other_on_one_subject_make_no_circle() -> None:
    """Given two codes that explain each other on one container, then one of them is shown as the cause."""
    one, other = declared("DKR-C201", "DKR-C202"), declared("DKR-C202", "DKR-C201")

    found = ranked(candidate(other), candidate(one))

    assert [item.explained_by for item in found] == [(), (found[0].id,)]


HYGIENE = declared("DKR-C109", "DKR-E107", severity=Severity.MEDIUM, kind=Kind.HYGIENE)
FULL = declared("DKR-E107", "DKR-C101")


def test_hygiene_is_left_out() -> None:
    """Given only hygiene, when nobody asked for an audit, then nothing is shown."""
    assert ranked(candidate(HYGIENE)) == ()


def test_what_may_fail_some_day_stands_below_what_fails_now() -> None:
    """Given grave hygiene and a slight, old and inferred incident, when an audit is asked for, then it comes second."""
    grave = declared("DKR-E104", severity=Severity.CRITICAL, kind=Kind.HYGIENE)
    slight = declared("DKR-C112", severity=Severity.LOW)
    incident = candidate(slight, confidence=Confidence.INFERRED, last_seen=NOW - WINDOW)

    assert ids(ranked(candidate(grave, HOST), incident, audit=True)) == [
        "DKR-C112@container/web",
        "DKR-E104@container/host",
    ]


def test_hygiene_is_shown_in_an_audit() -> None:
    """Given only hygiene, when an audit is asked for, then it is shown."""
    assert ids(ranked(candidate(HYGIENE), audit=True)) == ["DKR-C109@container/web"]


def test_hygiene_is_shown_as_a_cause() -> None:
    """Given hygiene that explains an incident, then it is shown above it, and its likes that explain none are not."""
    found = ranked(candidate(FULL, HOST), candidate(HYGIENE, WEB), candidate(HYGIENE, DB), upstream={HOST: [WEB]})

    assert ids(found) == ["DKR-C109@container/web", "DKR-E107@container/host"]


def test_hygiene_that_explains_only_hygiene_is_left_out() -> None:
    """Given hygiene that explains nothing but hygiene, then neither is shown, and an audit shows both folded."""
    root = declared("DKR-C201", "DKR-C202", kind=Kind.HYGIENE)
    leaf = declared("DKR-C202", kind=Kind.HYGIENE)

    assert ranked(candidate(root), candidate(leaf)) == ()
    assert [item.explained_by for item in ranked(candidate(leaf), candidate(root), audit=True)] == [
        (),
        ("DKR-C201@container/web",),
    ]


def test_a_chain_over_hygiene_is_shown_whole() -> None:
    """Given hygiene between two incidents, then it is a cause of the last, so it is shown and no link is missing."""
    first = declared("DKR-C201", "DKR-C202")
    middle = declared("DKR-C202", "DKR-C203", kind=Kind.HYGIENE, severity=Severity.LOW)
    last = declared("DKR-C203")

    found = ranked(candidate(last), candidate(middle), candidate(first))

    assert [item.code for item in found] == ["DKR-C201", "DKR-C202", "DKR-C203"]
    assert found[2].explained_by == ("DKR-C202@container/web",)


def test_hygiene_that_explains_an_incident_through_other_hygiene_is_shown() -> None:
    """Given hygiene that explains hygiene that explains an incident, then all three are shown, the root first."""
    root = declared("DKR-C201", "DKR-C202", kind=Kind.HYGIENE, severity=Severity.LOW)
    middle = declared("DKR-C202", "DKR-C203", kind=Kind.HYGIENE)

    found = ranked(candidate(declared("DKR-C203")), candidate(middle), candidate(root))

    assert [item.code for item in found] == ["DKR-C201", "DKR-C202", "DKR-C203"]


def test_an_incident_that_explains_only_hidden_hygiene_stands_alone() -> None:
    """Given an incident whose one symptom is hygiene that is not shown, then it names no symptom that is not there."""
    first = declared("DKR-C201", "DKR-C202")
    (found,) = ranked(candidate(first), candidate(declared("DKR-C202", kind=Kind.HYGIENE)))

    assert (found.code, found.explains) == ("DKR-C201", ())


def test_a_finding_without_a_remedy_gets_its_checks() -> None:
    """Given a finding that brings no remedy, then the check's is shown."""
    (found,) = ranked(candidate(CRASH))

    assert found.remedy == Remedy(text="Mend it.")


_CODES = [declared(f"DKR-C20{a}", *(f"DKR-C20{b}" for b in range(4) if b != a)) for a in range(4)]
_HIDDEN = [declared(f"DKR-C21{a}", f"DKR-C20{a}", kind=Kind.HYGIENE) for a in range(4)]
_SUBJECTS = [Subject("container", name) for name in "abcde"]


@given(
    st.lists(st.tuples(st.sampled_from(_CODES + _HIDDEN), st.sampled_from(_SUBJECTS)), unique=True, max_size=20),
    st.dictionaries(st.sampled_from(_SUBJECTS), st.lists(st.sampled_from(_SUBJECTS), max_size=4)),
)
def test_every_finding_is_shown_once_and_under_a_cause(
    made: list[tuple[Check[object], Subject]], upstream: dict[Subject, list[Subject]]
) -> None:
    """Given any graph, then each incident appears once, edges agree from both ends, and each circle has a way in."""
    found = ranked(*(candidate(*one) for one in made), upstream=upstream)
    by_id = {item.id: item for item in found}

    assert len(by_id) == len(found)
    assert {f"{one.code}@{subject}" for one, subject in made if one.kind is Kind.INCIDENT} <= set(by_id)
    assert all(item.id in by_id[cause].explained_by for item in found for cause in item.explains)
    assert all(item.id in by_id[cause].explains for item in found for cause in item.explained_by)
    reached: set[str] = set()
    for item in found:
        assert not item.explained_by or reached & set(item.explained_by)
        reached.add(item.id)


def test_thousands_of_findings_are_ranked_at_once() -> None:
    """Given 2,000 findings with ten causes each, and four times fewer, then the time grows about as the findings do."""
    few, many = _seconds(500), _seconds(2_000)

    assert many < 10 * few


def test_a_chain_of_thousands_is_folded() -> None:
    """Given 1,500 containers that each depend on the one before, all crashed, then one cause is left."""
    chain = [Subject("container", f"c{nth:04}") for nth in range(1_500)]
    upstream = {later: [earlier] for earlier, later in pairwise(chain)}

    found = ranked(*(candidate(CRASH, one) for one in chain), upstream=upstream)

    assert [item.subject for item in found] == [str(one) for one in chain]
    assert [item.id for item in found if not item.explained_by] == [found[0].id]


def _seconds(count: int) -> float:
    """Give the least processor time that ranking takes where each container depends on the ten before it."""
    containers = [Subject("container", f"c{nth}") for nth in range(count // 2)]
    upstream = {one: containers[max(0, nth - 10) : nth] for nth, one in enumerate(containers)}
    candidates = [candidate(made, one) for made in (CRASH, PROBE) for one in containers]
    taken = []
    for _ in range(3):
        began = time.thread_time()
        assert len(ranked(*candidates, upstream=upstream)) == count
        taken.append(time.thread_time() - began)
    return min(taken)


def judged(found: Candidate, judgement: Judgement) -> Judged:
    return Judged(code=found.check.code, subject=str(found.finding.subject), judgement=judgement)


def test_what_a_person_called_the_cause_stands_first_and_is_explained_by_nothing() -> None:
    """Given a loop that a crash explains, when a person called the loop the cause, then it stands first, alone."""
    crash, loop = candidate(CRASH), candidate(LOOP)

    found = rank((crash, loop), {}, now=NOW, window=WINDOW, audit=False, judged=[judged(loop, Judgement.CAUSE)])

    assert ids(found) == [loop.id, crash.id]
    assert [item.explained_by for item in found] == [(), ()]


@pytest.mark.parametrize("judgement", [Judgement.SYMPTOM, Judgement.IRRELEVANT])
def test_what_a_person_called_no_cause_explains_nothing_and_stands_below(judgement: Judgement) -> None:
    """Given a crash that explains a loop, when a person called the crash no cause, then the loop stands above it."""
    crash, loop = candidate(CRASH), candidate(LOOP)

    found = rank((crash, loop), {}, now=NOW, window=WINDOW, audit=False, judged=[judged(crash, judgement)])

    assert ids(found) == [loop.id, crash.id]
    assert found[0].explained_by == ()


def test_a_persons_word_is_about_one_subject_alone() -> None:
    """Given the same fault of two containers, when one was called irrelevant, then that one alone stands last."""
    one, other = candidate(CRASH, DB), candidate(CRASH, WEB)

    found = rank((one, other), {}, now=NOW, window=WINDOW, audit=False, judged=[judged(one, Judgement.IRRELEVANT)])

    assert ids(found) == [other.id, one.id]
