"""`sickbay up` as a person starts it, for as long as a test asks it something from the page."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

#: Within this time a diagnosis ends; its own budget is shorter. Milliseconds.
PATIENCE = 90_000
_URL = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
_SERVICES = ("SLACK_", "REDIS_", "DATABASE_", "SICKBAY_")


@contextmanager
def started(directory: Path, **more: str) -> Iterator[str]:
    """Run it in a directory, with `more` in its environment, and give the one URL that it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SERVICES)}
    up = subprocess.Popen(
        [sys.executable, "-m", "bot", "up"],
        cwd=directory,
        env={**environment, "XDG_DATA_HOME": str(directory / "data"), "HOME": str(directory), **more},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert up.stdout
    try:
        yield next(found[0] for line in up.stdout if (found := _URL.search(line)))
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0


def asked(page: Page, question: str, title: str) -> Locator:
    """Send a command, wait for the answer under this title, and give the messages of its thread."""
    composer = page.get_by_test_id("composer")
    composer.fill(question)
    composer.press("Enter")
    messages = page.get_by_test_id("messages").get_by_test_id("message")
    root = messages.filter(has_text=title).last
    expect(root.get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE)
    root.get_by_test_id("open-thread").click()
    return page.get_by_test_id("thread-messages")
