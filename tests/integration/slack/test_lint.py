"""Lint from Slack: by mention, direct message and shortcut, of files and code, with the answer below the message."""

import msgspec
import pytest

from handlers.blocks.offers import RUN_AGAIN
from handlers.shortcuts.lint import LINT
from sickbay.jobs.model import BOT_ZONE, JobRecord, JobState
from sickbay.simulator.files import delete
from tests.integration.slack.stage import Stage, text

DOCKERFILE = b'FROM debian:jessie\nENV DB_PASSWORD=correct-horse-battery\nCMD ["true"]\n'
COMPOSE = b"services:\n  web:\n    image: nginx:latest\n"
FENCED = f"```\n{DOCKERFILE.decode()}```"


def the_file(stage: Stage) -> dict[str, object]:
    (file,) = (item for item in stage.workspace.store.files.values() if item["id"] in stage.workspace.store.contents)
    return file


@pytest.fixture(autouse=True)
def _no_files(stage: Stage) -> None:
    stage.workspace.store.files.clear()
    stage.workspace.store.contents.clear()
    stage.workspace.faults.missing_scopes.clear()


def linted(stage: Stage, root: str, channel: str = "#ops") -> str:
    """Do the only job, and give what stands below the message."""
    record = stage.lint(stage.job())
    assert record.state is JobState.DONE, record.failure
    return text(*stage.messages(channel, thread=root))


@pytest.mark.parametrize("channel", ["#ops", "U0ALICE"])
@pytest.mark.parametrize("said", ["@sickbay lint", "@sickbay could you lint this please?"])
def test_attached_files_are_linted_below_their_message(stage: Stage, channel: str, said: str) -> None:
    """Given files and the word lint, in a channel or a direct message, when linted, then the thread names the lines."""
    root = stage.say(said, channel=channel, files={"Dockerfile": DOCKERFILE, "compose.yml": COMPOSE})

    shown = linted(stage, root, channel)

    assert "Lint, asked by @U0ALICE" in shown
    assert "Dockerfile:1" in shown
    assert "compose.yml:3" in shown
    assert "Looked at 1 Dockerfile, 1 Compose" in shown
    assert "looking back" not in shown
    assert "/diagnose lint" not in shown
    assert stage.messages(channel) == []


def test_nothing_of_a_file_is_stored_unredacted(stage: Stage) -> None:
    """Given a file with a password, when it waits, is linted and shown, then neither Redis nor the thread has it."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    (waiting,) = stage.jobs()
    assert b"debian" not in msgspec.json.encode(waiting)

    shown = linted(stage, root)

    kept = b"".join(stage.redis.hgetall(f"sickbay:jobs:{BOT_ZONE}:{waiting.job.id.partition('.')[2]}").values())  # type: ignore[arg-type]  # sync client
    assert b"jessie" in kept
    assert b"correct-horse" not in kept
    assert "correct-horse" not in shown


def test_the_shortcut_lints_what_somebody_else_sent(stage: Stage) -> None:
    """Given Bob's message with a file in a thread, when Alice chooses 'Lint this', then she is answered there."""
    root = stage.workspace.say(user="bob", channel="#ops", text="why?")
    ts = stage.workspace.say(user="bob", channel="#ops", text="", thread_ts=root, files={"Dockerfile": DOCKERFILE})

    stage.shortcut(ts)

    shown = linted(stage, root)
    assert "Lint, asked by @U0ALICE" in shown
    assert "Dockerfile:1" in shown


@pytest.mark.parametrize("by", ["shortcut", "mention"])
def test_a_block_of_code_is_linted(stage: Stage, by: str) -> None:
    """Given a Dockerfile between fences, when it is linted by shortcut or mention, then its lines are named."""
    if by == "shortcut":
        root = stage.workspace.say(user="bob", channel="#ops", text=f"look: {FENCED}")
        stage.shortcut(root)
    else:
        root = stage.say(f"@sickbay lint {FENCED}")

    assert "Dockerfile:1" in linted(stage, root)


def test_an_answer_without_files_lints_the_head_of_its_thread(stage: Stage) -> None:
    """Given a thread under a message with a file, when the bot is told there to lint, then it lints that file."""
    root = stage.workspace.say(user="bob", channel="#ops", text="", files={"Dockerfile": DOCKERFILE})

    stage.say("@sickbay lint", thread=root)

    assert "Dockerfile:1" in linted(stage, root)


def test_a_thread_without_documents_says_so(stage: Stage) -> None:
    """Given a thread about something else, when the bot is told there to lint, then its answer says what is missing."""
    root = stage.workspace.say(user="bob", channel="#ops", text="down!")
    stage.say("@sickbay lint", thread=root)

    record = stage.lint(stage.job())

    assert record.state is JobState.FAILED
    assert record.failure.startswith("There is no Dockerfile and no Compose file in that message")


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({}, "There is no Dockerfile and no Compose file in that message."),
        ({"photo.png": b"\x89PNG\r\n"}, "I lint Dockerfiles and Compose files: `photo.png` is neither."),
        ({"a.log": b"x", "b.py": b"y"}, "I lint Dockerfiles and Compose files: `a.log`, `b.py` are neither."),
        ({"Dockerfile": b"\x00\x01"}, "I lint Dockerfiles and Compose files: `Dockerfile` is neither."),
    ],
)
@pytest.mark.parametrize("by", ["mention", "shortcut"])
def test_what_cannot_be_linted_is_told_to_the_asker_alone(
    stage: Stage, by: str, files: dict[str, bytes], answer: str
) -> None:
    """Given no file, or one of another kind, when lint is asked for, then only the asker hears why there is none."""
    if by == "mention":
        stage.say("@sickbay lint", files=files)
    else:
        stage.shortcut(stage.workspace.say(user="bob", channel="#ops", text="look", files=files))

    (told,) = stage.told()
    assert told.startswith(answer)
    assert stage.jobs() == []
    assert stage.messages() == []


def test_a_file_that_does_not_fit_beside_one_that_does_is_a_gap(stage: Stage) -> None:
    """Given a Dockerfile and a picture, when linted, then the one is judged, and the other named as not read."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE, "photo.png": b"\x89PNG"})

    shown = linted(stage, root)

    assert "Dockerfile:1" in shown
    assert "photo.png: it is neither a Dockerfile nor a Compose file" in shown


def test_run_again_lints_the_message_as_it_is_now(stage: Stage) -> None:
    """Given a linted message, when 'Run again' is clicked, then the same message is read anew, and answered there."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    linted(stage, root)
    stage.workspace.store.contents[str(the_file(stage)["id"])] = b'FROM alpine:3.12\nCMD ["true"]\n'
    card = next(item for item in stage.messages(thread=root) if "Lint" in text(item))

    stage.click(RUN_AGAIN, card["ts"], user="bob")
    again = stage.lint(stage.jobs()[-1].job.id)

    assert again.job.asked_by == "U0BOB"
    assert "alpine:3.12" in text(*stage.messages(thread=root))


def failed(stage: Stage) -> JobRecord:
    record = stage.lint(stage.job())
    assert record.state is JobState.FAILED
    return record


def test_a_file_deleted_meanwhile_is_told(stage: Stage) -> None:
    """Given a file that is deleted before its job runs, when it runs, then the thread says so."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    delete(stage.workspace.store, the_file(stage))

    assert "it was deleted" in failed(stage).failure
    assert "it was deleted" in text(*stage.messages(thread=root))


def test_a_file_without_bytes_is_told(stage: Stage) -> None:
    """Given a file whose bytes are gone (404), when its job runs, then the failure names it."""
    stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    stage.workspace.store.contents.clear()

    assert failed(stage).failure == "Dockerfile: it was deleted."


def test_a_deleted_message_is_told(stage: Stage) -> None:
    """Given a message that is deleted before its job runs, when it runs, then the answer says that it is gone."""
    stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    stage.workspace.store.messages["C0OPS"].clear()

    assert failed(stage).failure == "That message is not there any more, so there is nothing to lint."


def test_a_missing_scope_is_told_with_what_to_do(stage: Stage) -> None:
    """Given an app without files:read, which gets Slack's sign-in page, when it lints, then it says which scope."""
    stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE, "compose.yml": COMPOSE})
    stage.workspace.faults.missing_scopes.add("files:read")

    assert failed(stage).failure.startswith("Slack does not let me read files: the app lacks the scope files:read.")


def test_a_file_that_grew_is_told(stage: Stage) -> None:
    """Given a file that holds more than Slack said, when it is read, then no more than the limit is taken."""
    stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    stage.workspace.store.contents[str(the_file(stage)["id"])] = b"FROM x\n" * 1_000_000

    assert failed(stage).failure == "Dockerfile: it is larger than 1 MB, the most that is linted."


@pytest.mark.parametrize(("name", "shown"), [("Dockerfile", "Dockerfile:1"), ("photo.png", "photo.png: it is neither")])
def test_a_file_of_another_workspace_is_asked_for(stage: Stage, name: str, shown: str) -> None:
    """Given a file of which a message tells only the id, as of another workspace, when linted, Slack is asked."""
    root = stage.workspace.say(user="bob", channel="#ops", text="", files={name: DOCKERFILE, "compose.yml": COMPOSE})
    files = stage.workspace.store.messages["C0OPS"][root]["files"]
    files[0] = {"id": files[0]["id"], "mode": "file_access", "file_access": "check_file_info"}
    stage.shortcut(root)

    assert shown in linted(stage, root)


def test_a_slack_that_is_ill_is_asked_again(stage: Stage) -> None:
    """Given Slack refusing the message for now, when the job runs, then it waits in the queue, and is done later."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    stage.workspace.faults.fail_next("conversations.replies", status=429, retry_after=1)

    assert stage.lint(stage.job()).state is JobState.QUEUED
    assert "Dockerfile:1" in linted(stage, root)


def test_the_job_of_a_lost_bot_is_done_by_the_next(stage: Stage) -> None:
    """Given a bot that died while it linted, when the next takes the job, then it is done, and shown once."""
    root = stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    assert stage.queue.start(stage.job(), steps=("Files",), worker="dead")

    shown = linted(stage, root)

    assert shown.count("Lint, asked by") == 1
    assert stage.jobs()[0].attempt == 2


def test_a_channel_without_the_bot_tells_the_asker(stage: Stage) -> None:
    """Given a channel that the bot is not in, when 'Lint this' is chosen, then the asker hears how to let it in."""
    channel = "#random-without-bot"
    ts = stage.workspace.say(user="bob", channel=channel, text="", files={"Dockerfile": DOCKERFILE})
    stage.shortcut(ts, channel=channel)

    failed(stage)

    (told,) = stage.told()
    assert "`/invite @sickbay`" in told


def test_the_same_envelope_twice_is_one_job(stage: Stage) -> None:
    """Given an event that Slack delivers twice, when it is taken, then there is one job."""
    stage.workspace.faults.duplicate_next_event()
    stage.say("@sickbay lint", files={"Dockerfile": DOCKERFILE})
    stage.say("@sickbay help")

    assert len(stage.jobs()) == 1
    assert LINT == "lint_message"


def test_help_tells_of_lint(stage: Stage) -> None:
    """Given somebody who asks for help, when answered, then lint is part of it."""
    stage.say("/diagnose help")

    assert "`@sickbay lint` with a Dockerfile or Compose file" in stage.told()[0]
