"""The main job, as a newcomer meets it: `sickbay up`, the page in a browser, `/diagnose`, the thread.

With SICKBAY_SCREENSHOT set to a path, the finished thread is photographed there: that is how docs/thread.png is made.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.integration.docker.conftest import ComposeProject

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(180)]

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """`sickbay up` with no configuration: the one URL that it prints."""
    up = subprocess.Popen(
        [sys.executable, "-m", "bot", "up"],
        cwd=tmp_path,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert up.stdout
    try:
        yield next(found[0] for line in up.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)))
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=20) == 0


@pytest.fixture
def page(url: str) -> Iterator[Page]:
    """A browser at that URL."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        page.goto(url)
        yield page
        browser.close()


def test_a_newcomer_sees_why_the_shop_is_down(page: Page, broken_shop: ComposeProject) -> None:
    """Given a Compose project whose database cannot start, when a person asks, then the thread names the database first."""
    composer = page.get_by_test_id("composer").get_by_role("textbox")
    composer.fill(f"/diagnose local {broken_shop.name}")
    composer.press("Enter")

    root = page.get_by_test_id("message").filter(has_text=broken_shop.name).last
    expect(root.get_by_role("button", name="Run again")).to_be_visible(timeout=60_000)
    root.get_by_text(re.compile(r"\d+ repl(y|ies)")).click()

    thread = page.get_by_test_id("thread")
    expect(thread).to_contain_text("DKR-C101")
    text = thread.inner_text()
    assert text.index(broken_shop.container("db")) < text.index(broken_shop.container("web"))
    if path := os.environ.get("SICKBAY_SCREENSHOT"):
        page.wait_for_timeout(500)
        page.screenshot(path=path)
