"""A container that was made anew with another command, as the recorder of `sickbay up` saw it, told on the page."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.models.containers import Container
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.started import PATIENCE, asked, started
from tests.integration.docker.conftest import busybox, engine, lab
from tests.integration.docker.lab import Lab, remove
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["busybox", "engine", "lab"]

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(300)]

#: Seconds that a recorder may take.
_PATIENCE = 60.0


@pytest.fixture
def web(lab: Lab) -> Container:
    """Give a container that runs."""
    return lab.run("web", "sleep", "1000")


@pytest.fixture
def page(web: Container, tmp_path: Path) -> Iterator[Page]:
    """Give the page of `sickbay up` with no configuration, whose recorder watches this machine's engine."""
    with started(tmp_path) as url, chromium() as browser, opened(browser, url) as page:
        yield page


def test_a_container_made_anew_is_named_with_what_is_new_of_it(lab: Lab, web: Container, page: Page) -> None:
    """Given a container that was replaced by one that fails, when a person asks, then its new command is the cause."""
    name = lab.name("web")
    _until_told(page, name, "Watched: recorder, ")
    remove(web)
    lab.until_exited(lab.run("web", "sh", "-c", "echo no such table; exit 3"))
    _until_told(page, name, "Config.Cmd")

    thread = asked(page, f"/diagnose local {name}", f"Diagnosis of local › {name}")

    expect(thread).to_contain_text("DKR-C101")
    card = " ".join(thread.get_by_test_id("message").nth(0).inner_text().split())
    assert f"cause: container/{name}: Config.Cmd sleep 1000 → sh -c 'echo no such table; exit 3'" in card
    assert "Watched: recorder, " in _reply(thread)


def test_who_asks_for_a_container_that_was_removed_is_told_when(lab: Lab, web: Container, page: Page) -> None:
    """Given a container that was removed while a recorder watched, when a person asks, then the card says when."""
    name = lab.name("web")
    _until_told(page, name, "Watched: recorder, ")
    remove(web)

    ends = time.monotonic() + _PATIENCE
    for number in itertools.count(1):
        card = _card(page, f"/diagnose local {name}", number)
        assert f"is named '{name}'" in card
        if f"container/{name} was removed at " in card:
            return
        assert time.monotonic() < ends, card


def _card(page: Page, question: str, number: int) -> str:
    """Ask for the n-th time, and give what the card says in the end: an answer that there is none has no thread."""
    page.get_by_test_id("composer").fill(question)
    page.get_by_test_id("composer").press("Enter")
    cards = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="Diagnosis of local")
    expect(cards).to_have_count(number)
    expect(cards.last.get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE)
    return " ".join(cards.last.inner_text().split())


def _until_told(page: Page, name: str, words: str) -> None:
    """Ask what changed until these words are in the answer: a recorder takes a moment to begin, and to write."""
    ends = time.monotonic() + _PATIENCE
    while True:
        thread = asked(page, f"/diagnose local {name} changes", f"Changes of local › {name}")
        expect(thread.get_by_test_id("message")).to_have_count(2)
        if words in _reply(thread):
            return
        assert time.monotonic() < ends, _reply(thread)


def _reply(thread: Locator) -> str:
    """Give what stands below the card, on one line."""
    return " ".join(thread.get_by_test_id("message").nth(1).inner_text().split())
