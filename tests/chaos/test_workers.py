"""Workers that are killed, stopped, missing, or held up by their targets: every job ends, and ends once."""

import json
import os
import signal
import time
from datetime import UTC, datetime

from sickbay.jobs.model import JobState
from sickbay.jobs.scripts import RESEND_AFTER
from tests.chaos.house import House, eventually


def test_a_killed_worker_s_job_is_done_by_another(house: House) -> None:
    """Given a job in the middle, when its worker is killed with -9, then another takes it, and it ends once."""
    first = house.worker()
    made = house.submit("sleep:1")
    house.begun(made)
    first.kill()
    house.worker()

    ended = house.ended(made)

    assert (ended.state, ended.attempt) == (JobState.DONE, 2)
    assert house.runs() == {"sleep:1": 2}


def test_a_job_that_kills_every_worker_is_stopped(house: House) -> None:
    """Given a job that kills whoever runs it, when three were lost, then the fourth refuses it and lives on."""
    made = house.submit("kill")
    for attempt in (1, 2, 3):
        killed = house.worker()
        house.begun(made, attempt)
        assert house.exit_code(killed) == -signal.SIGKILL
        # The next one counts as another worker only when this one has been missed.
        eventually(lambda: house.queue.workers_alive("alpha") == 0)
    survivor = house.worker()

    ended = house.ended(made)

    assert ended.state is JobState.FAILED
    assert ended.failure.startswith("It cost 3 workers their life")
    assert house.runs() == {"kill": 3}
    assert house.ended(house.submit("sleep:0")).state is JobState.DONE
    assert survivor.is_alive()


def test_a_target_that_hangs_costs_its_budget_and_is_a_gap(house: House) -> None:
    """Given a target that accepts and never answers, when its budget is over, then the job ends and says so."""
    house.worker()
    made = house.submit("real", budget_s=2.0)
    other = house.submit("sleep:0")

    assert house.ended(other).state is JobState.DONE
    ended = house.ended(made, within=15)

    assert ended.started_at
    assert ended.ended_at
    assert (ended.ended_at - ended.started_at).total_seconds() < 8
    assert ended.state is JobState.DONE, ended.failure
    assert ended.report
    assert ended.report.gaps or ended.report.findings


def test_a_job_behind_a_slow_one_goes_to_who_is_free(house: House) -> None:
    """Given one worker busy with a slow job, when another job comes, then it does not wait behind that one."""
    house.worker(threads=1)
    slow = house.submit("sleep:55", budget_s=60)
    house.begun(slow)
    house.worker(threads=1)

    for number in range(3):
        house.ended(house.submit(f"sleep:0#{number}"), within=10)

    assert house.record(slow).state is JobState.RUNNING


def test_zones_are_apart(house: House) -> None:
    """Given a worker of another zone, when a job waits, then that one leaves it; its own zone's worker takes it."""
    house.worker("beta")
    made = house.submit("sleep:0")
    theirs = house.submit("sleep:0#beta", zone="beta")
    house.ended(theirs)
    assert house.record(made).state is JobState.QUEUED

    house.worker("alpha")

    assert house.ended(made).state is JobState.DONE


def test_a_zone_without_workers_ends_its_jobs_at_the_deadline(house: House) -> None:
    """Given no worker in the zone, when the deadline is over, then the job ends with what to do about it."""
    made = house.submit("sleep:0")

    with house.sweeping(ahead=120):
        time.sleep(0.5)
        assert house.record(made).state is JobState.QUEUED
    with house.sweeping(ahead=181):
        ended = house.ended(made, within=10)

    assert ended.failure.startswith("No worker serves zone alpha.")


def test_a_message_that_ages_out_is_covered_by_the_sweep(house: House) -> None:
    """Given a message so old that dramatiq drops it, when a worker comes, then the job ends by the sweep, or runs."""
    made = house.submit("sleep:0")
    client = house.queue._redis
    key = "sickbay:diagnose.alpha.msgs"
    for name, message in client.hgetall(key).items():
        client.hset(key, name, json.dumps({**json.loads(message), "message_timestamp": 1}))
    house.worker()
    eventually(lambda: house.dead_letters() == 1)
    assert house.runs() == {}

    with house.sweeping(ahead=RESEND_AFTER + 1):
        assert house.ended(made).state is JobState.DONE


def test_cancel_ends_what_waits_and_what_runs(house: House) -> None:
    """Given a running and a waiting job, when both are cancelled, then both end at once, and the worker is free."""
    house.worker(threads=1)
    running = house.submit("sleep:30")
    house.begun(running)
    waiting = house.submit("sleep:0#waiting")

    for made in (waiting, running):
        assert house.queue.cancel(made.id)
        assert house.record(made).state is JobState.CANCELLED
    assert house.ended(house.submit("sleep:0"), within=10).state is JobState.DONE

    assert house.runs() == {"sleep:30": 1, "sleep:0": 1}


def test_a_stopped_worker_finishes_what_it_can(house: House) -> None:
    """Given short jobs under way, when their worker is told to stop, then it finishes them and leaves."""
    worker = house.worker()
    made = [house.submit(f"sleep:1#{number}") for number in range(2)]
    for one in made:
        house.begun(one)

    worker.terminate()

    assert house.exit_code(worker) == 0
    assert {house.record(one).state for one in made} == {JobState.DONE}
    assert house.queue.workers_alive("alpha") == 0


def test_a_stopped_worker_gives_the_rest_back(house: House) -> None:
    """Given long and waiting jobs, when their worker is told to stop, then others get all of them, none as lost."""
    worker = house.worker(threads=1)
    long = house.submit("sleep:60")
    house.begun(long)
    waiting = house.submit("sleep:0#waiting")

    worker.terminate()
    stopped = time.monotonic()
    assert house.exit_code(worker) == 0
    assert time.monotonic() - stopped < 8
    assert (house.record(long).state, house.record(long).attempt) == (JobState.QUEUED, 0)
    house.worker()

    assert house.ended(waiting).state is JobState.DONE
    house.begun(long, 2)
    assert (house.record(long).state, house.record(long).attempt) == (JobState.RUNNING, 1)


def test_a_frozen_worker_that_wakes_up_changes_nothing(house: House) -> None:
    """Given a worker that froze, whose job another one finished, when it wakes up and ends it too, then it is late."""
    frozen = house.worker(threads=1)
    made = house.submit("sleep:1")
    house.begun(made)
    assert frozen.pid
    os.kill(frozen.pid, signal.SIGSTOP)
    house.worker(threads=1)
    ended = house.ended(made)

    os.kill(frozen.pid, signal.SIGCONT)
    frozen.terminate()
    assert house.exit_code(frozen) == 0

    assert house.record(made) == ended
    assert ended.ended_at
    assert ended.ended_at <= datetime.now(UTC)


def test_people_never_wait_behind_reports(house: House) -> None:
    """Given a worker with slow reports under way and in line, when a person asks, then that runs at once."""
    house.worker(threads=1)
    reports = [house.submit(f"sleep:60#{number}", report_run=1) for number in range(3)]
    house.begun(reports[0])

    assert house.ended(house.submit("sleep:0"), within=10).state is JobState.DONE

    assert house.record(reports[0]).state is JobState.RUNNING
    assert house.record(reports[-1]).state is JobState.QUEUED


def test_reports_do_not_wait_behind_people(house: House) -> None:
    """Given a worker that is busy with what a person asked, when a report is due, then it has a thread of its own."""
    worker = house.worker(threads=1)
    slow = house.submit("sleep:60")
    house.begun(slow)

    assert house.ended(house.submit("sleep:0", report_run=1), within=10).state is JobState.DONE

    worker.terminate()
    assert house.exit_code(worker) == 0
    assert house.record(slow).state is JobState.QUEUED
