"""Who may not is told so and by which rule, nothing is done, and the audit has every request and what came of it."""

from datetime import timedelta

import pytest

from handlers.blocks.offers import COMPARING, JUDGING, digest
from handlers.grammar import Ask
from handlers.guard import ACCEPTED, Asker, Guard
from sickbay.diagnostics.model import Judged, Judgement
from sickbay.diagnostics.targets import Request
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.jobs.model import Destination, JobRecord, JobState
from tests.unit.command_line.reports import CAUSE, report
from tests.unit.handlers.blocks.test_views import past
from tests.unit.handlers.desks import OPS, Office
from tests.unit.handlers.incidents import INCIDENT, NOW

ONLY_ALICE = Rule(
    name="on call", do=(Action.DIAGNOSE, Action.LOGS, Action.MUTE), users=("U0ALICE",), channels=("C0OPS",)
)
ALICE, MALLORY = Asker("U0ALICE", "C0OPS"), Asker("U0MALLORY", "C0OPS")
THREAD = Destination(channel="C0OPS", thread_ts="1.0")


def guarded() -> Office:
    return Office(rules=(ONLY_ALICE,))


def done(office: Office) -> str:
    """Have Alice diagnose, and the worker find one cause; gives the job's id."""
    office.take("local")
    job = office.job()
    office.queue.records[job.id] = JobRecord(job=job, state=JobState.DONE, report=report(CAUSE))
    return job.id


@pytest.mark.parametrize(
    ("user", "channel", "allowed"),
    [("U0ALICE", "C0OPS", True), ("U0MALLORY", "C0OPS", False), ("U0ALICE", "C0GENERAL", False)],
)
def test_both_the_person_and_the_channel_must_be_allowed(user: str, channel: str, allowed: bool) -> None:
    """Given a rule for Alice in #ops, when somebody asks somewhere, then only she there gets a job."""
    office = guarded()

    answer = office.take("local", user=user, place=Destination(channel=channel))

    assert (answer is None, len(office.queue.jobs)) == (allowed, int(allowed))
    assert allowed or "rule `on call`" in str(answer)
    assert office.traces() == [(user, "diagnose", "local", "accepted" if allowed else "refused")]


def test_an_outsider_is_refused_every_button() -> None:
    """Given Alice's diagnosis, when Mallory uses each of its buttons, then she is refused, and nothing happens."""
    office = guarded()
    job = done(office)
    value = f"{job} {digest(CAUSE)}"
    before = dict(office.queue.jobs)

    answers = [
        office.desk.again(job, asked_by="U0MALLORY", destination=THREAD, request_id="2"),
        office.desk.cancel(job, MALLORY),
        office.workbench.choose(value, "details", MALLORY),
        office.workbench.compare(job, MALLORY),
        office.workbench.logs(value, asked_by="U0MALLORY", destination=THREAD, request_id="3"),
        office.workbench.mute(value, MALLORY),
    ]

    assert [answer for answer in answers if not str(answer).startswith("You may not do that here")] == []
    assert (office.queue.jobs, office.queue.cancellations, office.database.muted) == (before, [], {})
    assert {entry.outcome for entry in office.database.entries if entry.actor == "U0MALLORY"} == {"refused"}


def test_what_one_may_not_do_is_not_offered() -> None:
    """Given nobody but Alice may do anything, when Mallory asks for help and targets, then she is shown none."""
    office = guarded()

    assert "No target" in str(office.take("targets", user="U0MALLORY"))
    assert "`local`" not in str(office.take("help", user="U0MALLORY"))
    assert "`local`" not in str(office.take("lokal", user="U0MALLORY"))
    assert office.desk.scopes(MALLORY, "local") == ()


def test_the_thread_offers_what_the_asker_may() -> None:
    """Given the default policy and one that lets Alice mute, when she asks, then only the second offers to mute."""
    office, open_to_all = guarded(), Office()
    office.take("local")
    open_to_all.take("local")

    assert (office.job().may, open_to_all.job().may) == (("logs", "mute"), ("logs",))
    assert (office.job().reads_logs, open_to_all.job().reads_logs) == (True, True)


def test_a_thread_for_which_no_person_asked_offers_what_somebody_may() -> None:
    """Given rules for some people alone, when an alert has its target diagnosed, then what they may is offered.

    What logs say is told to nobody unasked: others read in that thread too.
    """
    office = Office(rules=(ONLY_ALICE, Rule(name="leads", do=(Action.INCIDENT,), users=("U0BOB",))))
    office.database.incidents["C0OPS", "1.0"] = INCIDENT

    office.desk.ask(
        Ask(target="local", request=Request()),
        asked_by="alertmanager",
        destination=THREAD,
        request_id="1",
        configured=True,
    )

    assert office.job().may == ("logs", "mute", JUDGING)
    assert not office.job().reads_logs


def test_what_no_rule_allows_is_offered_for_no_alert() -> None:
    """Given the default policy, when an alert has its target diagnosed, then only what everybody may is offered."""
    office = Office()
    office.database.incidents["C0OPS", "1.0"] = INCIDENT

    office.desk.ask(
        Ask(target="local", request=Request()),
        asked_by="alertmanager",
        destination=THREAD,
        request_id="1",
        configured=True,
    )

    assert office.job().may == ("logs",)
    assert office.job().reads_logs


def test_a_muted_finding_travels_with_the_next_jobs_of_the_channel_for_a_day() -> None:
    """Given a finding muted in #ops, when asked there, elsewhere, and a day later, then only the first job has it."""
    office = Office(rules=(Rule(name="all", do=(Action.MUTE,)),))
    job = done(office)
    told = office.workbench.mute(f"{job} {digest(CAUSE)}", ALICE)

    office.take("local", request_id="2")
    muted = office.job().mutes
    office.take("local", place=Destination(channel="C0GENERAL"), request_id="3")
    elsewhere = office.job().mutes
    office.now = NOW + timedelta(days=1)
    office.take("local", request_id="4")

    assert "is muted in this channel until" in told
    assert [(mute.code, mute.subject, mute.by) for mute in muted] == [(CAUSE.code, CAUSE.subject, "U0ALICE")]
    assert (elsewhere, office.job().mutes) == ((), ())


def test_reading_goes_on_without_the_database() -> None:
    """Given a database that is away, when Alice diagnoses, then her job is taken; muting is refused in words."""
    office = Office(rules=(Rule(name="all", do=(Action.MUTE,)),))
    job = done(office)
    office.database.away = True

    assert office.take("local", request_id="2") is None
    assert "cannot do this right now" in office.workbench.mute(f"{job} {digest(CAUSE)}", ALICE)
    assert office.database.muted == {}


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("again", Request(scope="web-1", audit=True)),
        ("since 2h", Request(scope="web-1", audit=True, window=timedelta(hours=2))),
        ("logs db", Request(scope="db", logs=True)),
    ],
)
def test_words_in_a_thread_go_on_from_its_diagnosis(words: str, request_: Request) -> None:
    """Given the thread of a diagnosis, when somebody says what to do next, then its target is asked that."""
    office = Office()
    last = past(target="prod-eu", scope="web-1", request=Request(scope="web-1", audit=True))
    office.database.threads["C0OPS", "1.0"] = last

    assert office.take(words, place=THREAD) is None

    assert (office.job().target, office.job().request) == ("prod-eu", request_)


def test_words_in_another_thread_are_answered_with_what_to_type() -> None:
    """Given a thread without a diagnosis, when somebody says `again`, then the answer says what to type."""
    office = Office()

    assert "There is no diagnosis in this thread" in str(office.take("again", place=THREAD))
    assert "There is no diagnosis in this thread" in str(office.take("again"))


def test_a_log_is_asked_for_by_target_and_name() -> None:
    """Given no thread, when a log is asked for by its target, then the job reads that log."""
    office = Office()

    assert office.take("logs local web-1") is None

    assert office.job().request == Request(scope="web-1", logs=True)
    assert office.traces() == [("U0ALICE", "logs", "local", "accepted")]


def test_a_check_is_explained_in_words() -> None:
    """Given a code, and one that there is not, when to be explained, then the first is, and the second is named."""
    office = Office()

    assert "*What to do:*" in str(office.take("explain dkr-c102"))
    assert "There is no check `DKR-X999`" in str(office.take("explain DKR-X999"))


def test_a_button_of_an_answer_that_is_forgotten_says_so() -> None:
    """Given a value of a job that Redis forgot, and one of a finding that is none, when clicked, then both say so."""
    office = Office()
    job = done(office)

    assert "forgotten" in str(office.workbench.choose("default.old 0000", "details", ALICE))
    assert "forgotten" in str(office.workbench.choose(f"{job} 0000", "details", ALICE))


def test_a_run_is_compared_with_the_one_before() -> None:
    """Given two runs, when compared, then the pair is given; the first alone says that there is none before."""
    office = Office()
    job = done(office)
    first, second = past(id="default.first"), past(id=job)
    office.database.runs = [second]
    alone = office.workbench.compare(job, ALICE)
    office.database.runs = [first, second]

    assert "the first run that I remember" in str(alone)
    assert office.workbench.compare(job, ALICE) == (first, second)


def test_a_first_run_offers_no_comparison() -> None:
    """Given no earlier run, one of the same, and one of another scope, when asked, then only the second compares."""
    office = Office()
    offered: list[bool] = []
    for runs in ([], [past()], [past(scope="web-1", request=Request(scope="web-1"))]):
        office.database.runs = runs
        office.take("local", request_id=str(len(offered)))
        offered.append(COMPARING in office.job().may)

    assert offered == [False, True, False]


def test_words_that_are_not_understood_are_in_the_audit() -> None:
    """Given words that are none, when typed, then the audit has them."""
    office = Office()

    office.take("local --sinze 2h", place=OPS)
    office.take("nowhere", place=OPS)

    assert [entry.outcome for entry in office.database.entries] == ["not understood", "not understood"]


def test_a_database_that_hangs_keeps_nobody_waiting_who_only_reads() -> None:
    """Given a database that failed a moment ago, when somebody diagnoses, then it is not asked until ten seconds on."""
    office = Office()
    office.database.away = True
    clock = [NOW]
    guard = Guard(
        Policy(),
        groups_of=lambda _user: frozenset(),
        append=office.database.append,
        incident_of=lambda _channel: None,
        clock=lambda: clock[0],
    )

    for _ in range(3):
        guard.trace(Action.DIAGNOSE, ALICE, "local", outcome=ACCEPTED)
    before = office.database.calls
    clock[0] += timedelta(seconds=11)
    guard.trace(Action.DIAGNOSE, ALICE, "local", outcome=ACCEPTED)

    assert (before, office.database.calls) == (1, 2)


def test_a_clock_that_is_set_back_loses_no_entries() -> None:
    """Given a failure of the database before the clock was set back an hour, when asked, then it is tried again."""
    office = Office()
    office.database.away = True
    clock = [NOW]
    guard = Guard(
        Policy(),
        groups_of=lambda _user: frozenset(),
        append=office.database.append,
        incident_of=lambda _channel: None,
        clock=lambda: clock[0],
    )
    guard.trace(Action.DIAGNOSE, ALICE, "local", outcome=ACCEPTED)
    office.database.away = False
    clock[0] -= timedelta(hours=1)

    guard.trace(Action.DIAGNOSE, ALICE, "local", outcome=ACCEPTED)

    assert len(office.database.entries) == 1


def judging() -> Office:
    office = Office(rules=(Rule(name="all", do=(Action.INCIDENT,)),))
    office.database.incidents["C0OPS", "1.0"] = INCIDENT
    return office


def test_a_finding_that_is_judged_in_an_incident_ranks_its_later_runs() -> None:
    """Given an incident's thread, when a finding is called a symptom, then the next job there carries that."""
    office = judging()
    office.take("local", place=THREAD)
    job = office.job()
    office.queue.records[job.id] = JobRecord(job=job, state=JobState.DONE, report=report(CAUSE))

    told = office.workbench.judge(f"{job.id} {digest(CAUSE)} symptom", ALICE, "1.0")
    office.take("local", place=THREAD, request_id="2")

    assert "is a symptom" in told
    assert JUDGING in job.may
    assert office.job().request.judged == (
        Judged(code=CAUSE.code, subject=CAUSE.subject, judgement=Judgement.SYMPTOM, by="U0ALICE"),
    )
    assert office.database.touched == [42]


def test_outside_of_an_incident_nothing_is_judged() -> None:
    """Given a thread that is no incident's, when a finding is judged all the same, then the answer says so."""
    office = judging()
    job = done(office)

    assert JUDGING not in office.job().may
    assert "no incident in this thread" in office.workbench.judge(f"{job} {digest(CAUSE)} cause", ALICE, "9.9")


def test_who_may_not_change_incidents_judges_nothing() -> None:
    """Given the default policy, when Alice judges a finding in an incident, then she is refused, nor offered it."""
    office = Office()
    office.database.incidents["C0OPS", "1.0"] = INCIDENT
    office.take("local", place=THREAD)
    job = office.job()
    office.queue.records[job.id] = JobRecord(job=job, state=JobState.DONE, report=report(CAUSE))

    assert JUDGING not in job.may
    assert "You may not" in office.workbench.judge(f"{job.id} {digest(CAUSE)} cause", ALICE, "1.0")
    assert office.database.marks == []


def test_a_finding_of_another_target_marks_no_incident_that_one_may_not_change() -> None:
    """Given a rule for incidents of one target, when Alice judges its finding in another's, then she is refused."""
    office = Office(rules=(Rule(name="eu", do=(Action.INCIDENT,), on=("prod-eu",)),))
    office.database.incidents["C0OPS", "1.0"] = INCIDENT
    office.take("prod-eu", place=THREAD)
    job = office.job()
    office.queue.records[job.id] = JobRecord(job=job, state=JobState.DONE, report=report(CAUSE))

    assert JUDGING not in job.may
    assert "You may not" in office.workbench.judge(f"{job.id} {digest(CAUSE)} cause", ALICE, "1.0")
    assert office.database.marks == []


@pytest.mark.parametrize(
    ("target", "user", "allowed"),
    [("local", "U0ALICE", True), ("prod-eu", "U0ALICE", False), ("local", "U0BOB", False)],
)
def test_in_an_incidents_own_channel_the_rules_of_where_it_was_opened_hold_for_its_target(
    target: str, user: str, allowed: bool
) -> None:
    """Given a rule for Alice in #ops, when somebody asks in an incident's own channel, then she may, of its target."""
    office = guarded()
    office.database.channels["C0INC42"] = INCIDENT

    answer = office.take(target, user=user, place=Destination(channel="C0INC42"))

    assert (answer is None) == allowed
