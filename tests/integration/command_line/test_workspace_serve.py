"""`sickbay workspace serve`: a workspace by itself, for an app that knows of it only what was printed."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_sdk import WebClient

_MANIFEST = """
features:
  slash_commands:
    - {command: /ward, description: Shows a ward, usage_hint: NAME}
oauth_config:
  scopes:
    bot: [commands, "chat:write"]
"""


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", "workspace", "serve", *arguments]


@contextmanager
def served(*arguments: str, **environment: str) -> Iterator[dict[str, str]]:
    """Run it; gives the address of its page as `page`, and the app's environment."""
    told: dict[str, str] = {}
    command = _command(*arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        assert process.stdout
        for line in process.stdout:
            if found := re.match(r"The workspace: +(\S+)$", line):
                told["page"] = found[1]
            elif found := re.match(r"  export (\w+)=(.*)$", line):
                told[found[1]] = found[2]
            elif line.startswith("Ctrl-C"):
                break
        yield told
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_an_app_finds_it_by_what_was_printed(tmp_path: Path) -> None:
    """Given an app's manifest, when it is served, then the page opens, and the app has just the manifest's scopes."""
    (tmp_path / "manifest.yaml").write_text(_MANIFEST)

    with served("--manifest", str(tmp_path / "manifest.yaml"), HTTPS_PROXY="http://proxy.test:3128") as told:
        client = WebClient(told["SLACK_BOT_TOKEN"], base_url=told["SLACK_API_URL"])
        answer = client.auth_test()
        posted = client.chat_postMessage(channel="C0OPS", text="Here I am")
        with urllib.request.urlopen(told["page"], timeout=20) as page:
            shown = page.read().decode()

    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"
    assert posted["ok"]
    assert '<main class="main"' in shown
    assert told["SLACK_APP_TOKEN"].startswith("xapp-")
    assert told["HTTPS_PROXY"] == ""
    assert "SLACK_SIGNING_SECRET" not in told


def test_with_a_request_url_the_app_needs_the_signing_secret() -> None:
    """Given the address of an app, when it is served, then the app is told the secret in place of a token."""
    with served("--request-url", "http://127.0.0.1:9/slack/events") as told:
        pass

    assert len(told["SLACK_SIGNING_SECRET"]) == 32
    assert "SLACK_APP_TOKEN" not in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("- 1", "Expected `object`"),
        ("features: [", "expected the node content"),
        ("features: {slash_commands: [{name: /x}]}", "$.features.slash_commands[0]"),
        ("features: {shortcuts: [{name: x, callback_id: y, type: menu}]}", "$.features.shortcuts[0].type"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    """Given a file that is missing or no manifest, when it is served, then the command says what is wrong with it."""
    path = tmp_path / "manifest.yaml"
    if content is not None:
        path.write_text(content)

    run = subprocess.run(_command("--manifest", str(path)), capture_output=True, text=True, timeout=60)

    assert run.returncode == 2
    assert str(path) in run.stderr
    assert said in run.stderr
    assert "Traceback" not in run.stderr
