"""How quickly Slack is acknowledged and the card appears: simulator, bot, worker and embedded Valkey on one machine.

- ack: `/diagnose` 50 times a second over Socket Mode, from the envelope sent to its acknowledgement received;
- card: one command at a time, worker idle, from the command sent to the root card posted.

The floor of both is the same path without Sickbay: a bare Bolt listener that acknowledges, and for the card posts.
"""

import argparse
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import tell
from bot.command_line.supervision import Supervisor, sickbay
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.simulator import Workspace

COMMAND = "/diagnose"
#: A target at which nothing listens, so that the figures are the bot's and not some engine's.
SETTINGS = "targets: {nowhere: {platform: docker, host: 'unix:///nowhere/docker.sock'}}"


@contextmanager
def product() -> Iterator[Workspace]:
    """Run what `sickbay up` runs, each a process of its own, for a workspace in this one."""
    with tempfile.TemporaryDirectory(prefix="sickbay-") as directory, Workspace() as workspace:
        settings = Path(directory, "sickbay.yaml")
        settings.write_text(SETTINGS)
        with EmbeddedValkey(Path(directory)) as valkey:
            environment = {
                "REDIS_URL": valkey.url,
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "SLACK_API_URL": workspace.api_url,
            }
            children = [sickbay(name, "--config", str(settings), environment=environment) for name in ("bot", "worker")]
            with Supervisor(children, threading.Event()):
                _warm_up(workspace)
                yield workspace


@contextmanager
def bare_bolt(*, posts: bool) -> Iterator[Workspace]:
    """Run a Bolt app without Sickbay, as a process of its own."""
    with Workspace() as workspace:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve_bare, args=(workspace.bot_token, workspace.app_token, workspace.api_url, posts), daemon=True
        )
        process.start()
        try:
            _warm_up(workspace)
            yield workspace
        finally:
            process.terminate()
            process.join()


def _serve_bare(bot_token: str, app_token: str, api_url: str, posts: bool) -> None:
    from slack_bolt import Ack, App
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk import WebClient

    client = WebClient(bot_token, base_url=api_url)
    app = App(client=client, process_before_response=True)  # Bolt looks only every 10 ms for other acknowledgements.

    def listen(ack: Ack, command: dict[str, Any]) -> None:
        ack()
        if posts:
            client.chat_postMessage(channel=command["channel_id"], text="card")

    app.command(COMMAND)(listen)
    SocketModeHandler(app, app_token).connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
    threading.Event().wait()


def _warm_up(workspace: Workspace) -> None:
    """Wait until the app is there, and ask it once, so that nothing is measured that happens only at first."""
    deadline = time.monotonic() + 30
    while not workspace.connected:
        if time.monotonic() > deadline:
            raise SystemExit("the app did not connect within 30 s")
        time.sleep(0.1)
    workspace.say(user="alice", channel="#ops", text=f"{COMMAND} help")
    time.sleep(3)


def _acknowledged(workspace: Workspace, since: int = 0) -> list[float]:
    """Give the milliseconds that each command since that entry of the journal took to be acknowledged."""
    return [
        entry["ms"]
        for entry in workspace.log()[since:]
        if entry["kind"] == "envelope" and COMMAND in entry["name"] and entry["verdict"] == "acked"
    ]


def acknowledgements(workspace: Workspace, commands: int, per_second: float) -> list[float]:
    """Send `commands` at a steady rate and give the milliseconds until each was acknowledged."""
    seen = len(workspace.log())
    begin = time.perf_counter()
    for number in range(commands):
        time.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
        workspace.say(user="alice", channel="#ops", text=f"{COMMAND} nowhere web-{number}")
    behind = time.perf_counter() - begin - commands / per_second
    if behind > 1:
        raise SystemExit(f"this machine could not send {per_second:g} commands a second: {behind:.1f} s behind")
    time.sleep(3)  # No longer than Slack would wait; nothing asks the workspace meanwhile.
    acked = _acknowledged(workspace, seen)
    if len(acked) < commands:
        raise SystemExit(f"{commands - len(acked)} of {commands} commands were not acknowledged")
    return acked


def cards(workspace: Workspace, commands: int) -> list[float]:
    """Send one command at a time and give the milliseconds until its root card stood in the channel."""
    taken = []
    for number in range(commands):
        before = len(workspace.messages("#ops"))
        begin = time.perf_counter()
        workspace.say(user="alice", channel="#ops", text=f"{COMMAND} nowhere web-{number}")
        workspace.wait_for(_more_messages_than(before), timeout=10)
        taken.append((time.perf_counter() - begin) * 1000)
        time.sleep(2.2)  # Slack takes a message a second in one channel, and an answer is two: the card, the findings.
    return taken


def _more_messages_than(before: int) -> Callable[[Workspace], bool | None]:
    return lambda workspace: len(workspace.messages("#ops")) > before or None


def _percentiles(name: str, milliseconds: list[float]) -> dict[str, float]:
    hundredths = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {f"{name}_p50_ms": round(hundredths[49], 1), f"{name}_p99_ms": round(hundredths[98], 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--commands", type=int, default=1000, help="how many are sent to measure the acknowledgement")
    parser.add_argument("--rate", type=float, default=50.0, help="how many of them a second")
    parser.add_argument("--cards", type=int, default=40, help="how many are sent to measure the card")
    arguments = parser.parse_args()
    figures: dict[str, float] = {"commands_a_second": arguments.rate}
    with product() as workspace:
        figures |= _percentiles("card", cards(workspace, arguments.cards))
        figures |= _percentiles("ack", acknowledgements(workspace, arguments.commands, arguments.rate))
    with bare_bolt(posts=True) as workspace:
        figures |= _percentiles("card_floor", cards(workspace, arguments.cards))
    with bare_bolt(posts=False) as workspace:
        figures |= _percentiles("ack_floor", acknowledgements(workspace, arguments.commands, arguments.rate))
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
