"""`sickbay diagnose` as a program: on a real engine, and where a person loses patience."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "bot", "diagnose", "local"]


@pytest.mark.docker
def test_a_real_engine_is_diagnosed(tmp_path: Path) -> None:
    """Given the engine of this machine, when it is diagnosed, then its report can be replayed."""
    seen = subprocess.run(
        [*COMMAND, "--audit", "--format", "json", "--save", "seen.json"], cwd=tmp_path, capture_output=True, text=True
    )

    assert seen.returncode in {0, 1}, seen.stderr
    report = json.loads(seen.stdout)
    assert report["schema"] == "sickbay.report/1"
    assert report["looked_at"]["engines"] == 1
    assert seen.stderr == ""

    again = subprocess.run(
        [sys.executable, "-m", "bot", "replay", "seen.json", "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    replayed = json.loads(again.stdout)
    assert again.returncode == seen.returncode
    assert [item["id"] for item in replayed["findings"]] == [item["id"] for item in report["findings"]]


def test_an_engine_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    """Given a socket that does not exist, when it is diagnosed, then the command ends with 3."""
    done = subprocess.run(
        COMMAND,
        cwd=tmp_path,
        env={**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 3
    assert "Could not look at it at all." in done.stdout


def test_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    """Given an engine that accepts and never answers, when a person presses Ctrl-C, then it ends at once."""
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "engine.sock"))
        engine.listen()
        engine.settimeout(30)
        running = subprocess.Popen(
            COMMAND,
            cwd=tmp_path,
            env={**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/engine.sock"},
            stderr=subprocess.PIPE,
            text=True,
            # Whoever started the tests in the background had them ignore it, and what they start with them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
        )
        connection, _ = engine.accept()
        with connection:
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=3)

    assert running.returncode == 130
    assert told == "Cancelled.\n"
