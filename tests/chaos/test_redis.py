"""Redis that goes away: at the command the asker is told at once; a job under way goes on and ends."""

import os
import signal
import time
import urllib.error
import urllib.request

import psutil
import pytest

from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import JobState
from sickbay.jobs.queue import DELIVERY
from tests.chaos.house import House, eventually


def test_a_job_goes_on_while_redis_is_away_for_ten_seconds(house: House) -> None:
    """Given a running job, when Redis is away for ten seconds over its end, then it ends with its report."""
    house.worker()
    made = house.submit("sleep:3")
    house.begun(made)

    with house.redis_away(10):
        pass
    ended = house.ended(made)

    assert (ended.state, ended.attempt) == (JobState.DONE, 1)
    assert ended.report
    assert house.runs() == {"sleep:3": 1}
    assert house.ended(house.submit("sleep:0")).state is JobState.DONE


def test_jobs_that_wait_are_done_after_redis_was_away(house: House) -> None:
    """Given more jobs than threads, when Redis is killed under them, then all of them are done in the end."""
    house.worker()
    made = [house.submit(f"sleep:0.5#{number}") for number in range(8)]
    house.begun(made[0])

    with house.redis_away(2):
        pass
    with house.sweeping():
        ended = [house.ended(one) for one in made]

    assert {record.state for record in ended} == {JobState.DONE}


def test_a_frozen_redis_stops_no_job(house: House) -> None:
    """Given a running job, when Redis freezes and thaws, then the job ends, and those that waited run."""
    house.worker(threads=1)
    made = house.submit("sleep:1")
    house.begun(made)
    waiting = house.submit("sleep:0")

    os.kill(house.valkey_pid, signal.SIGSTOP)
    time.sleep(3)
    os.kill(house.valkey_pid, signal.SIGCONT)

    assert house.ended(made).state is JobState.DONE
    assert house.ended(waiting).state is JobState.DONE
    assert house.runs() == {"sleep:1": 1, "sleep:0": 1}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "frozen"])
def test_the_asker_is_told_at_once(house: House, how: signal.Signals) -> None:
    """Given Redis dead or frozen, when a command comes, then it is refused within about a second."""
    house.queue.ping()
    os.kill(house.valkey_pid, how)
    began = time.monotonic()

    with pytest.raises(QueueUnavailableError):
        house.submit("sleep:0")

    assert time.monotonic() - began < 2


def test_a_worker_killed_while_redis_is_away_loses_nothing(house: House) -> None:
    """Given a finished job that Redis does not know of yet, when its worker is killed too, then another does it."""
    first = house.worker()
    made = house.submit("sleep:1")
    house.begun(made)
    with house.redis_away(2):
        time.sleep(1.5)
        first.kill()
        first.join()
    house.worker()

    assert house.ended(made).state is JobState.DONE
    assert house.runs() == {"sleep:1": 2}


def test_a_worker_is_stopped_while_redis_is_away(house: House) -> None:
    """Given no Redis, when a worker is told to stop, then it does, and well."""
    worker = house.worker()
    with house.redis_away(0):
        worker.terminate()
        assert house.exit_code(worker) == 0


def test_a_thread_is_owed_its_end_over_an_outage(house: House) -> None:
    """Given a sync that died with the bot's connection, when Redis is back, then the sweep asks for it again."""
    made = house.submit("sleep:0")
    house.queue.cancel(made.id)
    house.queue.begin_sync(made.id)
    client = house.queue._redis
    client.delete(f"sickbay:{DELIVERY}", f"sickbay:{DELIVERY}.msgs")
    with house.redis_away(0):
        pass

    with house.sweeping(ahead=61):
        eventually(lambda: client.llen(f"sickbay:{DELIVERY}"))


def test_a_worker_s_health_follows_redis(house: House) -> None:
    """Given a worker with health checks, when Redis dies and comes back, then they say so, and it counts its jobs."""
    worker = psutil.Process(house.worker(http=True).pid)
    (port,) = (each.laddr.port for each in worker.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
    house.ended(house.submit("sleep:0"))

    def answer(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    assert answer("/healthz") == (200, "ok")
    eventually(lambda: 'sickbay_jobs_total{outcome="done",platform="docker"} 1.0' in answer("/metrics")[1])
    with house.redis_away(0):
        status, reason = answer("/healthz")
        assert status == 503
        assert reason.startswith("Redis does not answer: ")
    assert answer("/healthz") == (200, "ok")
