"""`sickbay up` with a signing secret: it works in the Slack that the environment names, and is reached by HTTP."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.manifest import PATH, manifest
from sickbay.simulator import Workspace
from tests.integration.slack.bots import SECONDS, free_port


def test_slack_reaches_it_by_http(tmp_path: Path) -> None:
    """Given a bot token and a signing secret, when it is up, then it says where, and answers what Slack sends there."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    (tmp_path / "sickbay.yaml").write_text(f"targets: {{}}\nhttp: {{port: {port}}}\n")
    services = ("SLACK_", "REDIS_", "DATABASE_", "SICKBAY_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(services)}
    with Workspace(manifest=manifest(address), request_url=address + PATH) as workspace:
        environment = {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
            "SLACK_API_URL": workspace.api_url,
            "XDG_DATA_HOME": str(tmp_path),
        }
        up = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"],
            cwd=tmp_path,
            env=inherited | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            deadline = time.monotonic() + SECONDS
            while not workspace.connected:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            workspace.say(user="alice", channel="#ops", text="/diagnose help")
            (answer,) = workspace.wait_for(lambda now: now.ephemerals("alice"), timeout=SECONDS)
        finally:
            up.send_signal(signal.SIGTERM)
            told, _ = up.communicate(timeout=SECONDS)

    assert up.returncode == 0
    assert f"Slack has to reach {address}{PATH} by an address of yours." in told
    assert "What to type" in answer["text"]
