"""The app as it is installed in a workspace: what doctor finds there, and what Slack sends again over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from slack_sdk.signature import SignatureVerifier
from typer.testing import CliRunner

from bot.command_line import application
from bot.http import SlackEndpoint
from bot.manifest import PATH, SCOPES, manifest
from sickbay.health import HealthServer
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.simulator import Workspace
from tests.integration.slack.bots import SECONDS, free_port
from tests.unit.bot.house import FakeSlack, app_for


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with the app of the manifest, which the environment names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sickbay.yaml").write_text("targets: {}\n")
    for name in ("REDIS_URL", "SLACK_SIGNING_SECRET", "SICKBAY_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    with Workspace(manifest=manifest()) as running:
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", running.app_token)
        monkeypatch.setenv("SLACK_API_URL", running.api_url)
        yield running


def test_an_app_of_the_manifest_has_all_scopes(workspace: Workspace) -> None:
    """Given an app that was made of the manifest, when doctor looks, then it may do all that Sickbay does."""
    told = CliRunner().invoke(application(), ["doctor"]).stdout

    assert f"✓ Scopes: all {len(SCOPES)} are granted" in told
    assert "✓ SLACK_APP_TOKEN: works, Socket Mode" in told


def test_an_app_of_an_older_manifest_is_told_what_it_lacks(workspace: Workspace) -> None:
    """Given an app that was installed before a scope was needed, when doctor looks, then it names that one alone."""
    workspace.faults.missing_scopes.add("files:read")

    told = CliRunner().invoke(application(), ["doctor"]).stdout

    assert "✗ Scope files:read: is not granted" in told
    assert told.count("✗ Scope") == 1


def test_what_fails_is_sent_again_and_handled_once(valkey: EmbeddedValkey) -> None:
    """Given a listener that fails twice, when the bot is mentioned, then Slack's third try is handled, and no other."""
    tries: list[str] = []

    def listen(event_id: str) -> None:
        tries.append(event_id)
        if len(tries) < 3:
            raise RuntimeError("broken")

    client: redis.Redis = connect(valkey.url, sender=True)
    client.flushdb()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with FakeSlack() as slack, Workspace(manifest=manifest(address), request_url=address + PATH) as workspace:
        workspace.faults.retry_pauses = (0.0, 0.0, 0.0)
        endpoint = SlackEndpoint(app_for(slack, client, listen), SignatureVerifier(workspace.signing_secret))
        with HealthServer("127.0.0.1", port, lambda: "", [endpoint.route]):
            workspace.say(user="alice", channel="#ops", text="@sickbay local")
            workspace.wait_for(lambda now: any(map(acknowledged, now.log())), timeout=SECONDS)
        endpoint.close()
        sent = [entry for entry in workspace.log() if mention(entry)]

    assert [entry["verdict"] for entry in sent] == ["unacked", "unacked", "acked"]
    assert len(set(tries)) == 1


def acknowledged(entry: dict[str, object]) -> bool:
    return mention(entry) and entry["verdict"] == "acked"


def mention(entry: dict[str, object]) -> bool:
    """Say whether it is an envelope of the mention: the message is told of by itself, and to nobody who listens."""
    return entry["kind"] == "envelope" and str(entry["name"]).endswith("app_mention")
