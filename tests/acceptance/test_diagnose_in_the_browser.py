"""The main job, as a newcomer meets it: `sickbay up`, the page in a browser, `/diagnose`, the thread.

With SICKBAY_SCREENSHOT set to a path, the finished thread is photographed there: that is how docs/thread.png is made.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.started import PATIENCE, started
from tests.integration.docker.conftest import busybox, engine, lab
from tests.integration.docker.lab import ComposeProject, Lab, make_broken_shop
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["busybox", "engine", "lab"]

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def broken_shop(lab: Lab) -> ComposeProject:
    """Give a running Compose project whose database has ended with an error; for the picture, one of a short name."""
    if "SICKBAY_SCREENSHOT" in os.environ:
        lab.prefix = "acme"
    return make_broken_shop(lab)


@pytest.fixture
def silent_engine(tmp_path: Path) -> Iterator[Path]:
    """Give a directory whose configuration names an engine that takes connections, and never says anything."""
    address = tmp_path / "docker.sock"
    (tmp_path / "sickbay.yaml").write_text(f"targets: {{local: {{platform: docker, host: 'unix://{address}'}}}}\n")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        yield tmp_path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`sickbay up` with no configuration: the one URL that it prints. It takes seconds to start, so all share it."""
    with started(tmp_path_factory.mktemp("up")) as url:
        yield url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A page at that URL, in which nothing may go wrong unseen."""
    with opened(browser, url, viewport={"width": 1440, "height": 1070}) as page:
        yield page


def test_a_newcomer_sees_why_the_shop_is_down(broken_shop: ComposeProject, page: Page) -> None:
    """Given a Compose project whose database has failed, when a person asks, then the thread names it first."""
    root = _diagnosed(page, broken_shop.name)

    root.get_by_test_id("open-thread").click()

    thread = page.get_by_test_id("thread-messages")
    expect(thread).to_contain_text("DKR-C115")
    reply = thread.get_by_test_id("message").nth(1).inner_text()
    cause, symptom = reply.index("DKR-C101"), reply.index("DKR-C105")
    assert cause < reply.index(broken_shop.containers["db"]) < symptom < reply.rindex(broken_shop.containers["web"])
    if path := os.environ.get("SICKBAY_SCREENSHOT"):
        page.mouse.move(0, 0)
        page.screenshot(path=path)


def test_a_diagnosis_can_be_run_again(broken_shop: ComposeProject, page: Page) -> None:
    """Given a finished diagnosis, when a person presses Run again, then a second one finishes in the same thread."""
    root = _diagnosed(page, broken_shop.name)

    root.get_by_role("button", name="Run again").click()

    expect(root.get_by_test_id("open-thread")).to_contain_text("3 replies", timeout=PATIENCE)
    root.get_by_test_id("open-thread").click()
    cards = page.get_by_test_id("thread-messages").get_by_role("button", name="Run again")
    expect(cards).to_have_count(2, timeout=PATIENCE)


def test_a_diagnosis_that_hangs_can_be_cancelled(silent_engine: Path, browser: Browser) -> None:
    """Given an engine that never answers, when a person presses Cancel by keyboard, then the card says so."""
    with started(silent_engine) as url, opened(browser, url) as page:
        _type(page, "/diagnose local")

        page.get_by_test_id("messages").get_by_role("button", name="Cancel").press("Enter")

        card = page.get_by_test_id("messages").get_by_test_id("message")
        expect(card).to_contain_text("Cancelled")
        expect(card.get_by_role("button", name="Run again")).to_be_visible()


def test_help_and_mistakes_are_answered_for_the_asker_alone(page: Page) -> None:
    """Given a running Sickbay, when a person asks for help or mistypes, then each answer is for that person alone."""
    answers = {
        "/diagnose locl": "Did you mean local?",
        "/diagnose local --adit": "I do not know --adit",
        "/diagnose help": "What to type",
        "/diagnose targets": "Targets",
    }
    messages = page.get_by_test_id("messages").get_by_test_id("message")
    notes = messages.filter(has_text="Only visible to you")

    for number, (typed, answer) in enumerate(answers.items(), start=1):
        _type(page, typed)
        expect(notes).to_have_count(number)
        expect(notes.last).to_contain_text(answer)


def test_an_attached_dockerfile_is_linted_in_its_thread(page: Page) -> None:
    """Given a Dockerfile, when lint is asked for by word and by 'Lint this', then its thread names the line twice."""
    page.get_by_test_id("composer-files").set_input_files(
        {"name": "Dockerfile", "mimeType": "text/plain", "buffer": b"FROM debian:jessie\n"}
    )
    _type(page, "@sickbay lint")
    message = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="FROM debian:jessie")
    expect(message.get_by_test_id("open-thread")).to_contain_text("2 replies", timeout=PATIENCE)

    message.focus()
    message.get_by_test_id("more-actions").press("Enter")
    page.get_by_role("menuitem", name="Lint this").press("Enter")

    expect(message.get_by_test_id("open-thread")).to_contain_text("4 replies", timeout=PATIENCE)
    message.get_by_test_id("open-thread").click()
    thread = page.get_by_test_id("thread-messages")
    expect(thread.get_by_test_id("message").filter(has_text="Dockerfile:1")).to_have_count(2)


def _diagnosed(page: Page, scope: str) -> Locator:
    """Ask for a diagnosis and give its card, once it is finished and its thread has begun."""
    _type(page, f"/diagnose local {scope}")
    messages = page.get_by_test_id("messages").get_by_test_id("message")
    root = messages.filter(has_text=f"Diagnosis of local › {scope}").last
    expect(root.get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE)
    expect(root.get_by_test_id("open-thread")).to_be_visible(timeout=PATIENCE)
    return root


def _type(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill(text)
    composer.press("Enter")
