"""How quickly Slack is acknowledged and the card appears: simulator, bot, worker and embedded Valkey on one machine.

- ack: `/diagnose` 50 times a second over Socket Mode, from the envelope sent to its acknowledgement received;
- card: one command at a time, worker idle, from the command sent to the root card posted.

The floor of both is the same path without Sickbay: a bare Bolt listener that only acknowledges, or acknowledges and posts.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bench.sickbay_up import running_bot
from sickbay.simulator import Workspace

COMMAND = "/diagnose"


def acknowledgements(workspace: Workspace, commands: int, per_second: float) -> list[float]:
    """Send `commands` at a steady rate and give the milliseconds until each was acknowledged."""
    seen = len(workspace.log())
    begin = time.perf_counter()
    for number in range(commands):
        time.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
        threading.Thread(
            target=workspace.say,
            kwargs={"user": "alice", "channel": "#ops", "text": f"{COMMAND} nowhere web-{number}"},
        ).start()

    def all_acknowledged(current: Workspace) -> list[float] | None:
        acked = [
            entry["ms"]
            for entry in current.log()[seen:]
            if entry["kind"] == "envelope" and COMMAND in entry["name"] and entry["verdict"] == "acked"
        ]
        return acked if len(acked) >= commands else None

    return workspace.wait_for(all_acknowledged, timeout=60)


def cards(workspace: Workspace, commands: int) -> list[float]:
    """Send one command at a time and give the milliseconds until its root card stood in the channel."""
    taken = []
    for _ in range(commands):
        before = len(workspace.messages("#ops"))
        begin = time.perf_counter()
        workspace.say(user="alice", channel="#ops", text=f"{COMMAND} nowhere")
        workspace.wait_for(_more_messages_than(before), timeout=10)
        taken.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.5)
    return taken


def _more_messages_than(before: int) -> Callable[[Workspace], bool | None]:
    return lambda workspace: len(workspace.messages("#ops")) > before or None
