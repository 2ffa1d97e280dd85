"""A worker process that cannot do its work says so and ends, instead of half working."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.process import _ailment
from sickbay.jobs.broker import connect
from sickbay.jobs.queue import Queue
from tests.unit.jobs.house import Messages


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_ends_the_worker_with_what_to_do(tmp_path: Path, valkey_url: str, taken: int) -> None:
    """Given a worker whose port for health checks is taken, when it starts, then it ends as for wrong settings."""
    settings = tmp_path / "sickbay.yaml"
    settings.write_text(f"http: {{port: {taken}}}\n")

    ended = subprocess.run(
        [sys.executable, "-m", "bot", "worker", "--config", str(settings)],
        env={**os.environ, "REDIS_URL": valkey_url},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == 2
    assert f"Cannot listen on 127.0.0.1:{taken} for /healthz and /metrics" in ended.stderr
    assert "Traceback" not in ended.stderr


def connected(value: bool) -> SocketModeHandler:
    """Give Slack's socket as the health check sees it."""
    handler = SocketModeHandler.__new__(SocketModeHandler)
    handler.client = SimpleNamespace(is_connected=lambda: value)  # type: ignore[assignment]  # all that is asked of it
    return handler


def test_a_bot_without_slack_is_ill(queue: Queue) -> None:
    """Given a bot whose Redis answers, when its connection to Slack is gone, then that is what ails it."""
    assert _ailment(queue, connected(True)) == ""
    assert _ailment(queue, connected(False)) == "not connected to Slack"


def test_a_bot_without_redis_is_ill(messages: Messages) -> None:
    """Given a bot that is connected to Slack, when Redis is gone, then that is what ails it."""
    queue = Queue(connect("unix:///nowhere/valkey.sock", sender=True), messages)

    assert _ailment(queue, connected(True)).startswith("Redis does not answer: ")
