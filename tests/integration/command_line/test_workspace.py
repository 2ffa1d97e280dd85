"""`sickbay workspace send` against the local workspace, with a stand-in for the app."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.command_line.running import RunningWorkspace, remember
from handlers.blocks.offers import CANCEL, RUN_AGAIN
from sickbay.simulator import Workspace

Send = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A running workspace, remembered where `sickbay up` would."""
    with Workspace() as running:
        (tmp_path / "sickbay").mkdir()
        remember(tmp_path / "sickbay", RunningWorkspace(address=running.address, token=running.token))
        yield running


@pytest.fixture
def send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Run the command."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SICKBAY_CONFIG", raising=False)

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "bot", "workspace", "send", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def app_that(workspace: Workspace, answer: Callable[[WebClient, str], object]) -> None:
    """Answer the first message in #ops, given its ts, as the app would."""

    def wait_and_answer() -> None:
        said = workspace.wait_for(lambda now: now.messages("#ops"), timeout=30)
        answer(WebClient(workspace.bot_token, base_url=workspace.api_url), said[0]["ts"])

    threading.Thread(target=wait_and_answer, daemon=True).start()


def card(action: str) -> list[dict[str, object]]:
    button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": action}, "value": "job"}
    return [{"blocks": [{"type": "actions", "elements": [button]}]}]


def test_the_finished_thread_is_printed(workspace: Workspace, send: Send) -> None:
    """Given an app that shows a card, makes it final, and then replies, when waited for, then all of it is printed."""

    def answer(slack: WebClient, _said: str) -> None:
        ts = str(slack.chat_postMessage(channel="C0OPS", text="looking", attachments=card(CANCEL))["ts"])
        slack.chat_update(channel="C0OPS", ts=ts, text="done", attachments=card(RUN_AGAIN))
        slack.chat_postMessage(channel="C0OPS", text="the findings", thread_ts=ts)

    app_that(workspace, answer)

    done = send("#ops", "look, please", "--wait", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert [message["text"] for message in json.loads(done.stdout)] == ["done", "the findings"]


def test_an_answer_in_the_thread_of_the_question_is_printed(workspace: Workspace, send: Send) -> None:
    """Given an app that answers a mention in its thread, when waited for, then that thread is printed, as text."""
    app_that(
        workspace,
        lambda slack, said: slack.chat_postMessage(
            channel="C0OPS", thread_ts=said, text="done", attachments=card(RUN_AGAIN)
        ),
    )

    done = send("ops", "look, please", "--as", "bob", "--wait")

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"bob:\n  look, please\n  Sickbay:\n    [{RUN_AGAIN}]\n"


def test_an_ephemeral_answer_is_printed(workspace: Workspace, send: Send) -> None:
    """Given an app that answers the asker alone, when waited for, then that is printed and the wait is over."""
    app_that(
        workspace,
        lambda slack, _said: slack.chat_postEphemeral(channel="C0OPS", user="U0ALICE", text="only for you"),
    )

    done = send("#ops", "look, please", "--wait")

    assert done.returncode == 0, done.stderr
    assert "(only visible to you):\n  only for you\n" in done.stdout


def test_an_answer_in_words_is_printed(workspace: Workspace, send: Send) -> None:
    """Given an app that answers in words, as to a word it does not know in a direct message, then that is printed."""
    app_that(workspace, lambda slack, _said: slack.chat_postMessage(channel="C0OPS", text="I do not know that."))

    done = send("#ops", "hello", "--wait")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "Sickbay:\n  I do not know that.\n"


def test_no_final_answer_in_time_is_an_error(workspace: Workspace, send: Send) -> None:
    """Given an app that never answers, when waited for, then the command ends after its timeout and says so."""
    done = send("#ops", "look, please", "--wait", "--timeout", "0.2")

    assert done.returncode == 1
    assert done.stderr == "There was no final answer within 0 s.\n"


def test_a_command_that_nobody_takes_is_an_error(workspace: Workspace, send: Send) -> None:
    """Given no connected app, when a command is sent, then Slack's own sentence is told."""
    done = send("#ops", "/diagnose local", "--wait")

    assert done.returncode == 1
    assert 'failed with the error "dispatch_failed"' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("#nowhere", "hello"), "alice sees no channel '#nowhere'; there are #ops"),
        (("#ops", "hello", "--as", "eve"), "There is no user 'eve'; there are alice"),
        (("#ops", "/nothing"), "/nothing is not a valid command."),
    ],
)
def test_what_the_workspace_refuses_is_told(
    workspace: Workspace, send: Send, arguments: tuple[str, ...], expected: str
) -> None:
    """Given a channel, a user or a command that there is not, when it is sent, then the reason is told."""
    done = send(*arguments)

    assert done.returncode == 1
    assert expected in done.stderr


def test_without_wait_it_only_speaks(workspace: Workspace, send: Send) -> None:
    """Given a message to the bot, when sent without --wait, then it is said and nothing is printed."""
    done = send("@sickbay", "hello")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [message["text"] for message in workspace.messages("D0ALICE")] == ["hello"]


def test_without_a_workspace_it_says_how_to_start_one(send: Send) -> None:
    """Given no workspace at all, when something is sent, then it says how to start one."""
    done = send("#ops", "hello")

    assert done.returncode == 1
    assert done.stderr == "No local workspace is running; start it with `sickbay up`.\n"


def test_a_workspace_that_was_killed_counts_as_none(workspace: Workspace, send: Send) -> None:
    """Given a file of a workspace that no longer answers, when something is sent, then it says how to start one."""
    workspace.stop()

    done = send("#ops", "hello")

    assert done.returncode == 1
    assert done.stderr == "The local workspace does not answer; start it with `sickbay up`.\n"
