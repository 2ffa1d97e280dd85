"""How quickly Slack is acknowledged and the card appears: simulator, bot, worker and embedded Valkey on one machine.

- ack: `/diagnose` 50 times a second over Socket Mode, from the envelope sent to its acknowledgement received;
- card: one command at a time, worker idle, from the command sent to the root card posted;
- burst: `/diagnose` 200 times within a second, in Socket Mode and over HTTP, until each has its card and its findings,
  and 50 times while Slack's rate limits hold. It ends with an error where anything is lost or shown twice.

The floor of the first two is the same path without Sickbay: a bare Bolt listener that acknowledges, and for the card
posts.
"""

import argparse
import multiprocessing
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import tell
from bot.command_line.supervision import Supervisor, sickbay
from bot.manifest import PATH, manifest
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.simulator import Workspace
from sickbay.simulator.store import BOT_USER

COMMAND = "/diagnose"
#: A target at which nothing listens, so that the figures are the bot's and not some engine's.
SETTINGS = """
targets: {{nowhere: {{platform: docker, host: 'unix:///nowhere/docker.sock'}}}}
data_directory: {directory}
http: {{port: {port}}}
"""
#: Commands of a burst, and of one while Slack's rate limits hold.
BURST, LIMITED = 200, 50
#: Seconds within which a burst must have been answered: its cards change no more often than Slack lets them.
PATIENCE = 300
#: The people and the channel of the workspace that commands are sent as and to.
ASKER, CHANNEL = "alice", "#ops"


@contextmanager
def product(*, over_http: bool = False) -> Iterator[Workspace]:
    """Run a bot and a worker, each a process of its own, for a workspace in this one."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}" if over_http else None
    with (
        tempfile.TemporaryDirectory(prefix="sickbay-") as directory,
        Workspace(manifest=manifest(address), request_url=address and address + PATH) as workspace,
    ):
        settings = Path(directory, "sickbay.yaml")
        settings.write_text(SETTINGS.format(directory=directory, port=port))
        with EmbeddedValkey(Path(directory)) as valkey:
            mode = "SLACK_SIGNING_SECRET" if over_http else "SLACK_APP_TOKEN"
            environment = {
                "REDIS_URL": valkey.url,
                "SLACK_BOT_TOKEN": workspace.bot_token,
                mode: workspace.signing_secret if over_http else workspace.app_token,
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
    workspace.say(user=ASKER, channel=CHANNEL, text=f"{COMMAND} help")
    time.sleep(3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _since(workspace: Workspace, entry: int) -> list[dict[str, Any]]:
    """Give the journal's entries after that one."""
    return [item for item in workspace.log() if item["id"] > entry]


def _last_entry(workspace: Workspace) -> int:
    return max((entry["id"] for entry in workspace.log()), default=0)


def _acknowledged(workspace: Workspace, since: int) -> list[float]:
    """Give the milliseconds that each command since that entry of the journal took to be acknowledged."""
    return [
        entry["ms"]
        for entry in _since(workspace, since)
        if entry["kind"] == "envelope" and COMMAND in entry["name"] and entry["verdict"] == "acked"
    ]


def acknowledgements(workspace: Workspace, commands: int, per_second: float) -> list[float]:
    """Send `commands` at a steady rate and give the milliseconds until each was acknowledged."""
    seen = _last_entry(workspace)
    _send(workspace, commands, per_second, [CHANNEL])
    time.sleep(3)  # No longer than Slack would wait; nothing asks the workspace meanwhile.
    acked = _acknowledged(workspace, seen)
    if len(acked) < commands:
        raise SystemExit(f"{commands - len(acked)} of {commands} commands were not acknowledged")
    return acked


def _send(workspace: Workspace, commands: int, per_second: float, channels: Sequence[str]) -> None:
    """Send commands at a steady rate, to each of the channels in turn; each asks for a scope of its own."""
    begin = time.perf_counter()
    for number in range(commands):
        time.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
        where = channels[number % len(channels)]
        workspace.say(user=ASKER, channel=where, text=f"{COMMAND} nowhere web-{number}")
    behind = time.perf_counter() - begin - commands / per_second
    if behind > 1:
        raise SystemExit(f"this machine could not send {per_second:g} commands a second: {behind:.1f} s behind")


class Burst(NamedTuple):
    """What came of many commands within a second: each acknowledgement, the seconds until all was told, refusals."""

    acknowledged: list[float]
    seconds: float
    refused: int


def burst(workspace: Workspace, commands: int, channels: int) -> Burst:
    """Send `commands` within a second, and wait until each has a card and its findings below, once each.

    They go to several channels, since Slack takes one message a second in each.
    """
    ids = [workspace.store.id("C") for _ in range(channels)]
    for channel in ids:
        workspace.store.add_channel(channel, channel.lower(), ["U0ALICE", BOT_USER])
    seen, begin = _last_entry(workspace), time.perf_counter()
    _send(workspace, commands, commands, ids)
    while not _complete(workspace, ids, commands):
        if time.perf_counter() - begin > PATIENCE:
            raise SystemExit(f"not every command had its answer within {PATIENCE} s")
        time.sleep(1)  # A question of ours costs the workspace time in which it takes no acknowledgement.
    seconds = time.perf_counter() - begin
    acknowledged = _acknowledged(workspace, seen)
    calls = [entry for entry in _since(workspace, seen) if entry["kind"] == "api"]
    posted = sum(entry["name"] == "chat.postMessage" and entry["verdict"] == "ok" for entry in calls)
    if (len(acknowledged), posted) != (commands, 2 * commands):
        raise SystemExit(f"{len(acknowledged)} acknowledged, {posted} messages posted for {commands} commands")
    return Burst(acknowledged, seconds, sum(entry["verdict"] == "ratelimited" for entry in calls))


def _complete(workspace: Workspace, channels: Sequence[str], commands: int) -> bool:
    """Say whether each command has its own card, and each card its findings."""
    cards = [card for channel in channels for card in workspace.messages(channel)]
    asked = {word for card in cards for word in card["text"].split() if word.startswith("web-")}
    return len(asked) == len(cards) == commands and all(card.get("reply_count") == 1 for card in cards)


def cards(workspace: Workspace, commands: int) -> list[float]:
    """Send one command at a time and give the milliseconds until its root card stood in the channel."""
    taken = []
    for number in range(commands):
        before = len(workspace.messages(CHANNEL))
        begin = time.perf_counter()
        workspace.say(user=ASKER, channel=CHANNEL, text=f"{COMMAND} nowhere web-{number}")
        workspace.wait_for(_more_messages_than(before), timeout=10)
        taken.append((time.perf_counter() - begin) * 1000)
        time.sleep(2.2)  # Slack takes a message a second in one channel, and an answer is two: the card, the findings.
    return taken


def _more_messages_than(before: int) -> Callable[[Workspace], bool | None]:
    return lambda workspace: len(workspace.messages(CHANNEL)) > before or None


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
    for mode, over_http in (("burst", False), ("burst_http", True)):
        with product(over_http=over_http) as workspace:
            workspace.faults.rates.enforced = True
            limited = burst(workspace, LIMITED, channels=5)
            workspace.faults.rates.enforced = False
            figures |= {f"{mode}_refused": limited.refused, f"{mode}_within_limits_s": round(limited.seconds, 1)}
            many = burst(workspace, BURST, channels=10)
            figures |= _percentiles(f"{mode}_ack", many.acknowledged)
            figures |= {f"{mode}_ack_max_ms": max(many.acknowledged), f"{mode}_s": round(many.seconds, 1)}
    with bare_bolt(posts=True) as workspace:
        figures |= _percentiles("card_floor", cards(workspace, arguments.cards))
    with bare_bolt(posts=False) as workspace:
        figures |= _percentiles("ack_floor", acknowledgements(workspace, arguments.commands, arguments.rate))
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
