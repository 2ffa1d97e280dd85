"""The desk: it understands, submits, and says at once why it cannot."""

from datetime import timedelta

import pytest

from handlers.desk import Desk
from handlers.grammar import USAGE
from handlers.guard import Asker
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.model import BOT_ZONE, Destination
from tests.unit.handlers.desks import OPS, TARGETS, FakeQueue, Office
from tests.unit.handlers.incidents import NOW


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def office(queue: FakeQueue) -> Office:
    return Office(queue)


@pytest.fixture
def desk(office: Office) -> Desk:
    return office.desk


BOB = Asker("U0BOB", "C0OPS")


def take(desk: Desk, text: str, request_id: str = "1.2.a") -> str | None:
    return desk.take(text, asked_by="U0ALICE", destination=OPS, request_id=request_id)


def test_a_command_becomes_a_job(desk: Desk, queue: FakeQueue) -> None:
    """Given a known target, when asked for, then its job holds all that a worker needs, and nothing is answered."""
    assert take(desk, "prod-eu web-1 --since 2h --audit") is None

    (job,) = queue.jobs.values()
    assert (job.target, job.platform, job.zone, job.asked_by, job.destination) == (
        "prod-eu", "docker", "eu", "U0ALICE", OPS,
    )  # fmt: skip
    assert job.request == Request(scope="web-1", window=timedelta(hours=2), audit=True)
    assert job.submitted_at == NOW
    assert job.deadline_at == NOW + timedelta(seconds=180)


def test_the_same_request_is_one_job(desk: Desk, queue: FakeQueue) -> None:
    """Given an envelope that arrives twice, when taken, then there is one job; another request makes another."""
    take(desk, "local")
    take(desk, "local")
    assert len(queue.jobs) == 1

    take(desk, "local", "1.2.b")
    assert len(queue.jobs) == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("lokal", "`local`"), ("LOCAL", "`local`"), ("prod-e", "`prod-eu`"), ("prod-us", "`Prod-US`")],
)
def test_a_wrong_target_names_the_nearest(desk: Desk, queue: FakeQueue, typed: str, meant: str) -> None:
    """Given a name that is nearly one, when asked for, then the answer names that one first, and nothing starts."""
    answer = take(desk, typed) or ""

    assert answer.partition("Did you mean ")[2].startswith(meant)
    assert not queue.jobs


def test_a_target_like_no_other_gets_the_list(desk: Desk) -> None:
    """Given a name like none, when asked for, then the answer says which there are."""
    assert take(desk, "zzz") == "There is no target `zzz`. There are: `local`, `prod-eu`, `Prod-US`."


def test_a_wrong_flag_gets_the_grammar(desk: Desk, queue: FakeQueue) -> None:
    """Given a flag that there is not, when asked for, then the answer names it and shows the grammar."""
    answer = take(desk, "local --sinze 2h") or ""

    assert answer.startswith("I do not know `--sinze`.")
    assert f"`/diagnose {USAGE}`" in answer
    assert not queue.jobs


@pytest.mark.parametrize(("text", "start"), [("", "*What to type:*"), ("help", "*What to type:*"), ("targets", "*Tar")])
def test_questions_about_sickbay_are_answered_at_once(desk: Desk, queue: FakeQueue, text: str, start: str) -> None:
    """Given no words, `help` or `targets`, when asked, then the answer comes without Redis."""
    queue.away = True

    assert (take(desk, text) or "").startswith(start)


def test_a_queue_that_is_away_is_told_at_once(desk: Desk, queue: FakeQueue) -> None:
    """Given Redis down, when a command, a click on 'Run again' or on 'Cancel' comes, then the asker is told."""
    queue.away = True

    answers = [
        take(desk, "local"),
        desk.again("default.x", asked_by="U0BOB", destination=OPS, request_id="1"),
        desk.cancel("default.x", BOB),
    ]

    assert all(answer and "its queue (Redis) does not answer" in answer for answer in answers)


def test_run_again_asks_the_same_for_somebody_else(desk: Desk, queue: FakeQueue) -> None:
    """Given a job that was done, when Bob runs it again in its thread, then the new job asks the same for him there."""
    take(desk, "local web-1 --audit")
    (first,) = queue.jobs.values()
    thread = Destination(channel="C0OPS", thread_ts="1.0")

    assert desk.again(first.id, asked_by="U0BOB", destination=thread, request_id="9.9") is None

    second = list(queue.jobs.values())[1]
    assert second.request == first.request
    assert (second.asked_by, second.destination) == ("U0BOB", thread)


def test_a_message_to_lint_becomes_a_job_of_the_bots_own(desk: Desk, queue: FakeQueue) -> None:
    """Given a message, when its lint is asked for and run again, then both jobs name it and are for the bot alone."""
    thread = Destination(channel="C0OPS", thread_ts="1.0")
    assert desk.lint("1.5", asked_by="U0ALICE", destination=thread, request_id="1") is None
    (first,) = queue.jobs.values()

    assert desk.again(first.id, asked_by="U0BOB", destination=thread, request_id="2") is None

    second = list(queue.jobs.values())[1]
    assert [(job.platform, job.zone, job.message_ts, job.asked_by) for job in (first, second)] == [
        ("lint", BOT_ZONE, "1.5", "U0ALICE"),
        ("lint", BOT_ZONE, "1.5", "U0BOB"),
    ]


def test_no_configured_zone_is_the_bots() -> None:
    """Given the zone of the bot's own jobs, when a target is configured to be in it, then it is refused."""
    with pytest.raises(ValueError, match="zone"):
        Target(name="x", platform="docker", zone=BOT_ZONE)


def test_a_forgotten_job_cannot_run_again(desk: Desk) -> None:
    """Given a job that Redis forgot, when run again, then the asker is told to type it."""
    assert "forgotten" in (desk.again("default.old", asked_by="U0BOB", destination=OPS, request_id="1") or "")


def test_a_job_that_cannot_be_read_cannot_run_again(desk: Desk, queue: FakeQueue) -> None:
    """Given a record that another version wrote, when run again, then the asker is told to type it."""
    queue.unreadable = True

    answer = desk.again("default.x", asked_by="U0BOB", destination=OPS, request_id="1") or ""

    assert "cannot read that diagnosis" in answer


def test_a_target_that_is_gone_cannot_run_again(queue: FakeQueue) -> None:
    """Given a job whose target left the configuration, when run again, then the asker is told which there are."""
    office = Office(queue)
    take(office.desk, "local")
    smaller = office.desk_for({"prod-eu": TARGETS["prod-eu"]})

    answer = smaller.again(next(iter(queue.jobs)), asked_by="U0BOB", destination=OPS, request_id="1")

    assert answer == "There is no target `local`. There are: `prod-eu`."


def test_cancel_tells_when_it_is_too_late(desk: Desk, queue: FakeQueue) -> None:
    """Given a job, and one that ended, when cancelled, then only the second is told of."""
    take(desk, "local")
    job_id = next(iter(queue.jobs))

    assert desk.cancel(job_id, BOB) is None
    assert desk.cancel(job_id, BOB) == "That diagnosis has ended already."
