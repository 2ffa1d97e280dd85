"""`sickbay up` where alerts are configured: an alert opens an incident in the channel, diagnosed, that turns green."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.manifest import manifest
from sickbay.simulator import Workspace
from tests.integration.slack.bots import SECONDS, free_port
from tests.integration.slack.stage import text
from tests.unit.incidents.alert_payloads import alertmanager, prometheus_alert

SECRET = "of-the-sender-0123456789"
SETTINGS = """
targets: {{nowhere: {{platform: docker, host: 'unix:///nowhere/docker.sock'}}}}
http: {{port: {port}}}
alerts:
  senders: [alertmanager]
  targets:
    - match: {{namespace: "*"}}
      target: nowhere
      scope: "{{namespace}}/{{deployment}}"
  incidents:
    - match: {{severity: critical}}
      severity: sev2
      channel: C0OPS
"""


def send(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("POST", "/alerts/alertmanager", body, {"Authorization": f"Bearer {SECRET}"})
        return connection.getresponse().status
    finally:
        connection.close()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_alert_becomes_an_incident_in_the_channel(tmp_path: Path) -> None:
    """Given an alert that fires and ends, when it is sent, then its card stands once, is diagnosed, and turns green."""
    port = free_port()
    (tmp_path / "sickbay.yaml").write_text(SETTINGS.format(port=port))
    services = ("SLACK_", "REDIS_", "DATABASE_", "SICKBAY_", "ALERTS_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(services)}
    with Workspace(manifest=manifest()) as workspace:
        environment = {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "ALERTS_ALERTMANAGER_TOKEN": SECRET,
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
            until(lambda: workspace.connected)
            assert send(port, alertmanager()) == 200
            until(lambda: "shop/web restarts all the time" in text(*workspace.messages("#ops")))
            (card,) = workspace.messages("#ops")
            until(lambda: "nowhere" in text(*workspace.messages("#ops", card["ts"])[1:]))

            over = prometheus_alert(status="resolved", endsAt="2026-11-30T03:05:00Z")
            assert send(port, alertmanager(over)) == 200
            until(lambda: "Monitoring" in text(*workspace.messages("#ops")))
            green = b"#2eb886"
            until(lambda: green in msgspec.json.encode(workspace.messages("#ops", card["ts"])[0]))
        finally:
            up.send_signal(signal.SIGTERM)
            told, _ = up.communicate(timeout=SECONDS)

    assert up.returncode == 0
    assert f"Alerts are taken at http://127.0.0.1:{port}/alerts." in told
