"""A report, from words in the chat page to its chart and to what changed since the one before, on a real engine.

With SICKBAY_SCREENSHOTS set to a directory, what is shown is photographed there.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.started import PATIENCE, started
from tests.integration.docker.conftest import busybox, engine, lab
from tests.integration.docker.lab import Lab, make_broken_shop
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["busybox", "engine", "lab"]

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(300)]

_SETTINGS = """
targets:
  lab: {{platform: docker, host: '{engine}'}}
  away: {{platform: docker, host: 'unix:///nowhere/docker.sock'}}
policy:
  - {{name: the team, users: [U0ALICE], do: [diagnose, logs, mute, report]}}
"""
_SCREENSHOTS = os.environ.get("SICKBAY_SCREENSHOTS")
_WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def page(lab: Lab, tmp_path: Path) -> Iterator[Page]:
    """The page of `sickbay up` for a team with an engine, and with one that is not there."""
    (tmp_path / "sickbay.yaml").write_text(_SETTINGS.format(engine=lab.target.host))
    with started(tmp_path) as url, chromium() as browser, opened(browser, url, viewport=_WIDE) as page:
        yield page


def test_a_report_in_words_posts_its_chart_and_its_changes(lab: Lab, page: Page) -> None:
    """Given a schedule in words, when it is run before and after something broke, then its thread tells that alone."""
    ask(page, "/report add lab,away every weekday at 09:00 Europe/London")
    expect(page.get_by_text("Only visible to you").last).to_be_visible()
    ask(page, "/report now 1")
    first = report(page, 1)
    expect(first).to_contain_text("every weekday at 09:00")
    chart = first.get_by_role("img", name="Findings")
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1280

    shop = make_broken_shop(lab)
    ask(page, "/report now 1")
    second = report(page, 2)
    # Others may use the engine too.
    expect(second).to_contain_text(re.compile(r"\d new.* since"))
    photograph(page, second, "report")
    second.get_by_test_id("open-thread").click()
    thread = page.get_by_test_id("thread-messages")
    expect(thread).to_contain_text(shop.containers["db"], timeout=PATIENCE)
    expect(thread).to_contain_text("DKR-C101")
    photograph(page, thread.get_by_test_id("message").last, "report-thread")


def ask(page: Page, words: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill(words)
    composer.press("Enter")


def report(page: Page, count: int) -> Locator:
    """Wait for so many reports, and give the newest."""
    reports = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="Report 1 ·")
    expect(reports).to_have_count(count, timeout=PATIENCE)
    return reports.last


def photograph(page: Page, message: Locator, name: str) -> None:
    """Take a picture for people in each theme, where one is wanted."""
    if not _SCREENSHOTS:
        return
    for theme, ending in (("dark", "-dark"), ("light", "")):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its words
        message.scroll_into_view_if_needed()
        page.screenshot(path=Path(_SCREENSHOTS) / f"{name}{ending}.png")
