"""Somebody who knows Slack and not Sickbay finds their way by what the page shows; an outsider finds every door shut.

With SICKBAY_SCREENSHOTS set to a directory, what they see is photographed there: that is how docs/screenshots is made.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.started import PATIENCE, started
from tests.integration.docker.conftest import busybox, engine, lab
from tests.integration.docker.lab import ComposeProject, Lab, make_broken_shop
from tests.integration.simulator_page.browser import chromium, opened

__all__ = ["busybox", "engine", "lab"]

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(300)]

#: The team may do all there is to do with diagnoses, and since rules say so, nobody else may do any of it.
_SETTINGS = """
targets:
  local: {{platform: docker, host: '{engine}'}}
  silent: {{platform: docker, host: 'unix://{silent}'}}
policy:
  - {{name: the team, users: [U0ALICE, U0BOB], do: [diagnose, logs, mute]}}
"""
_REFUSED = "You may not do that here"
_SCREENSHOTS = os.environ.get("SICKBAY_SCREENSHOTS")
_WIDE, _NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def shop(lab: Lab) -> ComposeProject:
    """A running Compose project whose database has ended with an error; for the pictures, one of a short name."""
    if _SCREENSHOTS:
        lab.prefix = "acme"
    return make_broken_shop(lab)


@pytest.fixture
def page(lab: Lab, tmp_path: Path) -> Iterator[Page]:
    """The page of `sickbay up` for a team with an engine, and with one that takes connections and says nothing."""
    address = tmp_path / "silent.sock"
    (tmp_path / "sickbay.yaml").write_text(_SETTINGS.format(engine=lab.target.host, silent=address))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        with started(tmp_path) as url, chromium() as browser, opened(browser, url, viewport=_WIDE) as page:
            yield page


def test_a_newcomer_finds_the_way_and_an_outsider_finds_none(shop: ComposeProject, page: Page) -> None:
    """Given a broken shop, when people look into it with what the page shows, then all works for the team alone."""
    db = shop.containers["db"]
    diagnose_from_home(page)
    narrow_by_the_form(page, shop.name)
    thread = page.get_by_test_id("thread-messages")
    expect(thread).to_contain_text("DKR-C101")
    photograph(page, "thread")
    photograph(page, "thread-dark", dark=True)
    photograph(page, "thread-narrow-dark", dark=True, narrow=True)

    found = thread.get_by_test_id("message").filter(has_text="DKR-C101").first
    found.get_by_role("button", name="Logs").first.click()
    expect(thread.get_by_test_id("file")).to_contain_text(f"{db}, ", timeout=PATIENCE)
    found.get_by_role("button", name="Explain").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("What to do")
    close(page)
    found.get_by_role("button", name="Mute for a day").first.click()
    expect(page.get_by_text("is muted in this channel until").first).to_be_visible()

    thread.get_by_role("button", name="Run again").first.click()
    expect(thread.get_by_role("button", name="Compare with last run")).to_have_count(1, timeout=PATIENCE)
    thread.get_by_role("button", name="Compare with last run").click()
    expect(page.get_by_role("dialog")).to_contain_text("Since the last run")
    close(page)

    cancel_what_hangs(page)
    diagnose_a_message(page, shop)
    home_shows(page, shop.name)
    outsider_is_refused(page, shop.name)


def diagnose_from_home(page: Page) -> None:
    """Open the app, find the button, choose a target, and see the answer in the channel."""
    page.get_by_test_id("rail-app").click()
    page.get_by_test_id("home").get_by_role("button", name="Diagnose…").click()
    choose_target(page, "local")
    choose(page, "Answer in", "#ops")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("link", name="ops").click()
    expect(card(page, "Diagnosis of local").get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE)


def narrow_by_the_form(page: Page, scope: str) -> None:
    """Type a slash, take the command that is offered, and narrow it to what the form offers; opens its thread."""
    composer = page.get_by_test_id("composer")
    composer.fill("/diag")
    expect(page.get_by_test_id("completion").first).to_contain_text("/diagnose")
    composer.fill("/diagnose")
    composer.press("Enter")
    choose_target(page, "local")
    choose(page, "Narrow it to", scope)
    photograph(page, "form")
    page.get_by_test_id("modal-submit").click()
    root = card(page, f"Diagnosis of local › {scope}")
    expect(root.get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE)
    root.get_by_test_id("open-thread").click()


def cancel_what_hangs(page: Page) -> None:
    """Ask what never answers, and take it back."""
    ask(page, "/diagnose silent")
    hanging = card(page, "Diagnosis of silent")
    hanging.get_by_role("button", name="Cancel").click()
    expect(hanging).to_contain_text("Cancelled")


def diagnose_a_message(page: Page, shop: ComposeProject) -> None:
    """Choose 'Diagnose this' in the menu of an alert, and one of what is found in it."""
    ask(page, f"FIRING: {shop.containers['web']} answers 503")
    offered(page, "FIRING:")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Found in the message")
    dialog.get_by_role("radio").first.check()
    page.get_by_test_id("modal-submit").click()
    expect(card(page, "FIRING:").get_by_test_id("open-thread")).to_be_visible(timeout=PATIENCE)


def home_shows(page: Page, scope: str) -> None:
    """Find one's own diagnoses in the app's Home."""
    page.get_by_test_id("rail-app").click()
    home = page.get_by_test_id("home")
    expect(home).to_contain_text(f"local › {scope}")
    expect(home).to_contain_text("Zone default: 1 worker")
    photograph(page, "home-narrow", narrow=True)
    page.get_by_role("link", name="ops").click()


def outsider_is_refused(page: Page, scope: str) -> None:
    """Try all of it as somebody for whom there is no rule."""
    ask(page, "/diagnose silent")
    expect(card(page, "Diagnosis of silent").get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("combobox", name="Act as").select_option("Mallory Example")
    refusals, refused = page.get_by_test_id("message").filter(has_text=_REFUSED), 0
    expect(refusals).to_have_count(0)

    for words in (f"/diagnose local {scope}", f"/diagnose logs local {scope}"):
        ask(page, words)
        expect(refusals).to_have_count(refused := refused + 1)
    card(page, "Diagnosis of silent").get_by_role("button", name="Cancel").click()
    expect(refusals).to_have_count(refused := refused + 1)
    root = card(page, f"Diagnosis of local › {scope}")
    root.get_by_role("button", name="Run again").click()
    expect(refusals).to_have_count(refused := refused + 1)
    root.get_by_test_id("open-thread").click()
    page.get_by_test_id("thread-messages").get_by_role("button", name="Compare with last run").click()
    expect(refusals).to_have_count(refused := refused + 1)
    found = page.get_by_test_id("thread-messages").get_by_test_id("message").filter(has_text="DKR-C101").first
    for name in ("Details", "Logs", "Explain", "Mute for a day"):
        found.get_by_role("button", name=name).first.click()
        expect(refusals).to_have_count(refused := refused + 1)

    ask(page, "/diagnose")
    nothing_offered(page)
    offered(page, "FIRING:")
    nothing_offered(page)
    page.get_by_test_id("rail-app").click()
    expect(page.get_by_test_id("home")).to_contain_text("Targets")
    expect(page.get_by_test_id("home")).not_to_contain_text(scope)
    expect(page.get_by_test_id("home")).not_to_contain_text("silent")


def nothing_offered(page: Page) -> None:
    """See that the form has no target to choose, and close it."""
    page.get_by_role("dialog").get_by_role("button", name="Target").click()
    expect(page.get_by_role("listbox", name="Options")).to_be_visible()
    expect(page.get_by_role("listbox", name="Options").get_by_role("option")).to_have_count(0)
    page.keyboard.press("Escape")
    close(page)


def ask(page: Page, words: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill(words)
    composer.press("Enter")


def card(page: Page, title: str) -> Locator:
    """Give the last message of the channel that says so."""
    return page.get_by_test_id("messages").get_by_test_id("message").filter(has_text=title).last


def choose(page: Page, label: str, option: str) -> None:
    """Open a select of the form, type, and take what is offered under that very name."""
    page.get_by_role("dialog").get_by_role("button", name=label).click()
    page.get_by_role("combobox", name="Search options").fill(option)
    page.get_by_role("listbox", name="Options").get_by_role("option", name=option, exact=True).first.click()


def choose_target(page: Page, name: str) -> None:
    """Choose it, and wait until the form offers what is in it."""
    choose(page, "Target", name)
    expect(page.locator(f'[data-block-id="scope:{name}"]')).to_be_visible()


def offered(page: Page, message: str) -> None:
    """Choose 'Diagnose this' in a message's menu."""
    card(page, message).focus()
    card(page, message).get_by_test_id("more-actions").press("Enter")
    page.get_by_role("menuitem", name="Diagnose this").press("Enter")


def close(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Close").first.click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def photograph(page: Page, name: str, *, dark: bool = False, narrow: bool = False) -> None:
    """Keep what the page shows, where pictures are asked for."""
    if not _SCREENSHOTS:
        return
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size(_NARROW if narrow else _WIDE)  # type: ignore[arg-type]  # sizes are such dictionaries
    page.mouse.move(0, 0)
    expect(page.get_by_test_id("sidebar")).to_be_visible(visible=not narrow)
    page.screenshot(path=Path(_SCREENSHOTS, f"{name}.png"), animations="disabled")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(_WIDE)  # type: ignore[arg-type]  # sizes are such dictionaries
