"""One job on one worker: the error's type decides what becomes of it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from dramatiq.middleware import TimeLimitExceeded

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import JUDGING, Diagnosis
from sickbay.diagnostics.errors import PermanentError, TemporaryError, UnknownScopeError
from sickbay.diagnostics.events import History
from sickbay.diagnostics.model import Log, ReportTarget
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.model import JobState
from sickbay.jobs.queue import BEAT_EXPIRES, Queue
from tests.unit.jobs.house import Clock, Messages, report
from tests.unit.workers.house import LONGEST, TARGET, counted, diagnosing, raising, record, submitted, well
from workers import diagnose as module
from workers.diagnose import MOST_ATTEMPTS, Diagnosing, Remembered


def test_a_job_ends_with_its_report_and_is_counted(queue: Queue) -> None:
    """Given a waiting job, when its worker runs it, then it is done with the report, and counted so."""
    made, before = submitted(queue), counted(JobState.DONE)

    diagnosing(queue, well).run(made.id)

    ended = record(queue, made)
    assert (ended.state, ended.report, ended.attempt) == (JobState.DONE, report(), 1)
    assert ended.steps[-1] == JUDGING
    assert counted(JobState.DONE) == before + 1


def test_the_steps_are_told_as_they_begin(queue: Queue) -> None:
    """Given a running diagnosis, when it begins a step, then the record says so at once."""
    made = submitted(queue)
    seen: list[str] = []

    def work(_budget: Budget, progress: Callable[[str], None]) -> None:
        for step in ("Connecting", JUDGING):
            progress(step)
            seen.append(record(queue, made).step)

    diagnosing(queue, work).run(made.id)

    assert seen == ["Connecting", JUDGING]


def test_the_engine_is_told_of_all_targets_of_the_worker(queue: Queue) -> None:
    """Given a worker with a host and a registry, when the host is diagnosed, then the engine may ask the registry."""
    made = submitted(queue)
    registry = RegistryTarget(name="images", zone="alpha", url="https://registry.example.com")
    given: list[Target] = []

    def diagnose(*_asked: object, others: Iterable[Target], **_how: object) -> Diagnosis:
        given.extend(others)
        return Diagnosis(report(), None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    targets = {"host": TARGET, "images": registry}
    Diagnosing(queue, targets, worker="w", longest_budget_s=LONGEST, diagnose=diagnose).run(made.id)

    assert given == [TARGET, registry]


def test_a_message_that_comes_twice_runs_once(queue: Queue) -> None:
    """Given a job that has ended, when its message comes again, then the engine is left alone."""
    made = submitted(queue)
    runs: list[float] = []
    worker = diagnosing(queue, lambda budget, _progress: runs.append(budget.seconds))

    worker.run(made.id)
    worker.run(made.id)

    assert runs == [made.budget_s]


def test_a_budget_that_nobody_may_have_is_cut(queue: Queue) -> None:
    """Given a job in Redis with a budget of a year, when run, then it has the longest that the settings allow."""
    made = submitted(queue, budget_s=3e7)
    given: list[float] = []

    diagnosing(queue, lambda budget, _progress: given.append(budget.seconds)).run(made.id)

    assert given == [LONGEST]


def test_a_permanent_error_ends_the_job_with_its_sentence(queue: Queue, messages: Messages) -> None:
    """Given an error that no retry mends, when raised, then the job fails with its words, without secrets in them."""
    made = submitted(queue)
    messages.lose()

    diagnosing(queue, raising(PermanentError("No access with password=hunter2hunter2."))).run(made.id)

    ended = record(queue, made)
    assert ended.state is JobState.FAILED
    assert ended.failure.startswith("No access with password=")
    assert "hunter2" not in ended.failure
    assert messages.waiting("diagnose.alpha.DQ") == []


def test_a_temporary_error_is_tried_again_later(queue: Queue, messages: Messages) -> None:
    """Given an error that may pass, when raised, then the job waits for its time, and that costs it no attempt."""
    made = submitted(queue)
    messages.lose()

    diagnosing(queue, raising(TemporaryError("The engine starts.", delay=5))).run(made.id)

    waiting = record(queue, made)
    assert (waiting.state, waiting.attempt) == (JobState.QUEUED, 0)
    assert messages.waiting("diagnose.alpha.DQ") == [made.id]


def test_a_temporary_error_that_lasts_ends_with_the_deadline(queue: Queue, messages: Messages) -> None:
    """Given an error whose next try would come after the deadline, when raised, then the job fails and says so."""
    made = submitted(queue)
    messages.lose()

    diagnosing(queue, raising(TemporaryError("The engine starts.", delay=181))).run(made.id)

    assert record(queue, made).failure == "The engine starts. It was tried until the time was up."
    assert messages.waiting("diagnose.alpha.DQ") == []


@pytest.mark.parametrize("error", [ZeroDivisionError("token=abcdef"), TimeLimitExceeded()])
def test_a_bug_of_ours_is_said_without_its_details(queue: Queue, error: BaseException) -> None:
    """Given an error that nobody foresaw, or an engine that hung, then the job fails and names where its reason is."""
    made = submitted(queue)

    diagnosing(queue, raising(error)).run(made.id)

    assert record(queue, made).failure == f"Something in Sickbay broke. Its log has the reason under job {made.id}."


def test_a_cancelled_job_stops_at_the_next_call(queue: Queue) -> None:
    """Given a running job, when the asker cancels, then the engine's next question of its budget ends it."""
    made, before = submitted(queue), counted(JobState.CANCELLED)

    def work(budget: Budget, _progress: Callable[[str], None]) -> None:
        queue.cancel(made.id)
        budget.raise_if_cancelled()
        pytest.fail("went on")

    diagnosing(queue, work).run(made.id)

    assert record(queue, made).state is JobState.CANCELLED
    assert counted(JobState.CANCELLED) == before + 1


def test_a_job_cancelled_while_it_waits_never_starts(queue: Queue) -> None:
    """Given a cancelled job, when its message comes, then the engine is left alone."""
    made = submitted(queue)
    queue.cancel(made.id)

    diagnosing(queue, lambda _budget, _progress: pytest.fail("ran")).run(made.id)

    assert record(queue, made).state is JobState.CANCELLED


def test_a_job_cancelled_in_its_last_moment_stays_cancelled(queue: Queue) -> None:
    """Given a job whose asker cancels while it ends, when it ends, then the thread keeps what the asker saw."""
    made = submitted(queue)

    diagnosing(queue, lambda _budget, _progress: queue.cancel(made.id)).run(made.id)

    ended = record(queue, made)
    assert (ended.state, ended.report) == (JobState.CANCELLED, None)


def test_the_question_whether_to_stop_is_cheap(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an engine that asks before each of many calls, when it does, then Redis hears it twice a second."""
    made = submitted(queue)
    now, asked = 100.0, 0

    def ended(_job_id: str) -> bool:
        nonlocal asked
        asked += 1
        return False

    monkeypatch.setattr(queue, "ended", ended)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now))

    def work(budget: Budget, _progress: Callable[[str], None]) -> None:
        nonlocal now
        for _ in range(100):
            budget.raise_if_cancelled()
            now += 0.01

    diagnosing(queue, work).run(made.id)

    assert asked == 2


def test_a_worker_that_ends_gives_its_job_back(queue: Queue, messages: Messages) -> None:
    """Given a running job, when its worker must end, then the job goes back at the next call, for another worker."""
    made = submitted(queue)
    messages.lose()

    def work(budget: Budget, _progress: Callable[[str], None]) -> None:
        worker.giving_back.set()
        budget.raise_if_cancelled()
        pytest.fail("went on")

    worker = diagnosing(queue, work)

    worker.run(made.id)

    waiting = record(queue, made)
    assert (waiting.state, waiting.attempt) == (JobState.QUEUED, 0)
    assert messages.waiting("diagnose.alpha") == [made.id]


def test_a_job_that_kills_its_workers_is_not_tried_for_ever(queue: Queue, clock: Clock) -> None:
    """Given a job that three workers were lost with, when it comes to a fourth, then that one lives."""
    made = submitted(queue)
    for number in range(MOST_ATTEMPTS):
        assert queue.start(made.id, steps=(), worker=f"lost-{number}")
        clock.move(BEAT_EXPIRES + 1)

    diagnosing(queue, lambda _budget, _progress: pytest.fail("ran")).run(made.id)

    ended = record(queue, made)
    assert ended.state is JobState.FAILED
    assert ended.failure.startswith("It cost 3 workers their life")


def test_a_job_that_lost_two_workers_has_another_try(queue: Queue, clock: Clock) -> None:
    """Given a job that two workers were lost with, when it comes to a third, then it runs."""
    made = submitted(queue)
    for number in range(MOST_ATTEMPTS - 1):
        assert queue.start(made.id, steps=(), worker=f"lost-{number}")
        clock.move(BEAT_EXPIRES + 1)

    diagnosing(queue, well).run(made.id)

    assert record(queue, made).state is JobState.DONE


def test_a_target_that_this_worker_does_not_know_is_said(queue: Queue) -> None:
    """Given a worker whose settings lack the target, when the job comes, then it fails and names zone and target."""
    made = submitted(queue, target="elsewhere")

    diagnosing(queue, well).run(made.id)

    assert record(queue, made).failure == "The worker of zone alpha has no target 'elsewhere'."


def test_a_forgotten_job_is_passed_over(queue: Queue) -> None:
    """Given a message of a job that Redis forgot, when it comes, then nothing happens."""
    diagnosing(queue, lambda _budget, _progress: pytest.fail("ran")).run("alpha.forgotten")


@pytest.mark.parametrize("argument", [5, None, ["alpha.job"], {"id": "alpha.job"}])
def test_a_message_that_is_none_of_ours_is_refused(queue: Queue, argument: object) -> None:
    """Given a message whose argument is no job's id, when it comes, then it is refused for good."""
    with pytest.raises(UnreadableRecordError):
        diagnosing(queue, well).run(argument)


def test_a_job_that_asks_for_logs_ends_with_them(queue: Queue) -> None:
    """Given a job that asks for a log, when its worker runs it, then it is done with the log and without steps."""
    made, before = submitted(queue, request=Request(scope="web-1", logs=True)), counted(JobState.DONE)
    logs = (Log(name="web-1", text="listening"),)
    asked: list[object] = []

    def read(target: Target, request: Request, *, budget: Budget) -> tuple[Log, ...]:
        asked.extend((target, request, budget.seconds))
        return logs

    worker = Diagnosing(
        queue, {"host": TARGET}, worker="w", longest_budget_s=LONGEST, diagnose=pytest.fail, read_logs=read
    )
    worker.run(made.id)

    ended = record(queue, made)
    assert (ended.state, ended.logs, ended.report, ended.steps) == (JobState.DONE, logs, None, ())
    assert asked == [TARGET, made.request, made.budget_s]
    assert counted(JobState.DONE) == before + 1


@pytest.mark.parametrize("may", [True, False])
def test_logs_of_the_unwell_are_read_for_who_may_read_logs(queue: Queue, may: bool) -> None:
    """Given a job of somebody who may read logs, or may not, when run, then the engine may read them, or not."""
    made, told = submitted(queue, reads_logs=may, may=("logs",)), list[bool]()

    def diagnose(*_asked: object, logs: bool, **_how: object) -> Diagnosis:
        told.append(logs)
        return Diagnosis(report(), None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    Diagnosing(queue, {"host": TARGET}, worker="w", longest_budget_s=LONGEST, diagnose=diagnose).run(made.id)

    assert told == [may]


def test_a_log_that_cannot_be_read_says_why(queue: Queue) -> None:
    """Given a job that asks for the log of what is not there, when run, then it fails with the sentence."""
    made = submitted(queue, request=Request(scope="web-1", logs=True))

    def read(*_asked: object, **_how: object) -> tuple[Log, ...]:
        raise UnknownScopeError("No container is named 'web-1'. Did you mean web?", nearest=("web",))

    Diagnosing(queue, {"host": TARGET}, worker="w", longest_budget_s=LONGEST, read_logs=read).run(made.id)

    assert record(queue, made).failure == "No container is named 'web-1'. Did you mean web?"


def scoped(queue: Queue, *scopes: str) -> Diagnosing:
    """Give a worker whose engine finds these scopes of the host, and an image at a registry."""
    host, images = (ReportTarget(name=name, platform="docker", zone="alpha") for name in ("host", "images"))
    seen = {host: scopes, images: ("shop/web:1",)} if scopes else {}

    def diagnose(*_asked: object, **_how: object) -> Diagnosis:
        return Diagnosis(report(), None, scopes=seen)  # type: ignore[arg-type]  # no worker looks at the snapshot

    return Diagnosing(queue, {"host": TARGET}, worker="w", longest_budget_s=LONGEST, diagnose=diagnose)


def test_what_a_target_can_be_narrowed_to_is_remembered(queue: Queue) -> None:
    """Given a whole diagnosis, when done, then its scopes are known; one that saw none takes nothing away."""
    scoped(queue, "web-1", "db").run(submitted(queue).id)
    assert queue.scopes("alpha", "host") == ("web-1", "db")
    assert queue.scopes("alpha", "images") == ("shop/web:1",)

    scoped(queue).run(submitted(queue, id="alpha.other").id)
    assert queue.scopes("alpha", "host") == ("web-1", "db")


def test_the_engine_hears_what_a_recorder_wrote_down(queue: Queue) -> None:
    """Given a job, when its engine asks for the history, then it is that of the job's zone, target and window."""
    made = submitted(queue, request=Request(window=timedelta(hours=2), changes=True))
    asked: list[tuple[str, str, timedelta]] = []

    def remembered(zone: str, target: str, since: datetime, until: datetime) -> History:
        asked.append((zone, target, until - since))
        return History()

    _remembering(queue, remembered).run(made.id)

    assert asked == [("alpha", "host", timedelta(hours=2))]


def test_a_memory_that_is_away_is_a_time_in_which_nobody_watched(queue: Queue) -> None:
    """Given a Redis that does not give the history, then the diagnosis is made, and says why changes are missing."""
    made, heard = submitted(queue), list[History]()

    def remembered(*_asked: object) -> History:
        raise QueueUnavailableError("connection refused")

    _remembering(queue, remembered, heard).run(made.id)

    assert record(queue, made).state is JobState.DONE
    assert heard[0].coverage
    (hole,) = heard[0].coverage.holes
    assert (hole.since, hole.until) == (heard[0].coverage.since, heard[0].coverage.until)
    assert "connection refused" in hole.reason


def _remembering(queue: Queue, remembered: Remembered, heard: list[History] | None = None) -> Diagnosing:
    """Give a worker with this memory, whose engine asks for it."""

    def diagnose(*_asked: object, history: Callable[[], History], **_how: object) -> Diagnosis:
        told = history()
        if heard is not None:
            heard.append(told)
        return Diagnosis(report(), None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    targets = {"host": TARGET}
    return Diagnosing(queue, targets, worker="w", longest_budget_s=LONGEST, history=remembered, diagnose=diagnose)
