"""Bots as their processes run them, for tests that need one or more of them whole."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.process import run_bot
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.policy import Policy
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.simulator import Workspace
from tests.integration.slack.stage import TARGETS

#: Generous: the machine may be busy with other tests.
SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def bot(valkey: EmbeddedValkey, workspace: Workspace, data: Path, port: int | None) -> Iterator[None]:
    """Run a bot in a thread: over HTTP where it has a port, else by a socket."""
    stopping = threading.Event()
    way = (
        {"signing_secret": workspace.signing_secret, "http": ("127.0.0.1", port)}
        if port
        else {"app_token": workspace.app_token}
    )
    thread = threading.Thread(
        target=run_bot,
        kwargs={
            "redis_url": valkey.url, "bot_token": workspace.bot_token, "api_url": workspace.api_url,
            "targets": TARGETS, "budget_s": 60, "policy": Policy(()), "database": Database(sqlite_url(data)),
            "audit_key": b"k" * 32, "stopping": stopping,
        } | way,
    )  # fmt: skip
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(SECONDS)
        assert not thread.is_alive()
