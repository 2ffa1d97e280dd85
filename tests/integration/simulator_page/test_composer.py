"""Whether one can write as in Slack: completion by keyboard, drafts, and refusals that lose nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser


def test_a_command_is_completed_by_keyboard(page: Page) -> None:
    """Given a slash and the first letters, when a person presses Down and Enter, then the command is there."""
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/cl")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")

    composer.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    composer.press("Enter")

    expect(composer).to_have_value("/clean ")


def test_after_a_command_its_usage_is_shown(page: Page) -> None:
    """Given a whole command and a blank, when it is typed, then the page says what may follow."""
    page.get_by_test_id("composer").press_sequentially("/clinic ")

    expect(page.get_by_test_id("completion").first).to_contain_text("/clinic quiet | form | WORDS")


def test_escape_closes_the_suggestions(page: Page) -> None:
    """Given suggestions, when a person presses Escape, then they go and the text stays."""
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/cl")
    expect(page.get_by_test_id("completion").first).to_be_visible()

    composer.press("Escape")

    expect(page.get_by_test_id("completion").first).to_be_hidden()
    expect(composer).to_have_value("/cl")


def test_a_person_is_completed_and_mentioned(page: Page) -> None:
    """Given an at sign and a name, when the suggestion is taken and sent, then the message mentions that person."""
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("@bo")
    composer.press("Tab")
    expect(composer).to_have_value("@bob ")
    composer.press("Enter")

    expect(page.get_by_test_id("messages").get_by_text("@Bob Example")).to_be_visible()


def test_an_unknown_command_is_refused_and_stays(page: Page) -> None:
    """Given a command that no app has, when it is sent, then the reason stands above the box and the text in it."""
    composer = page.get_by_test_id("composer")
    composer.fill("/surgery now")
    composer.press("Enter")

    expect(page.get_by_role("main").get_by_role("alert")).to_have_text("/surgery is not a valid command.")
    expect(composer).to_have_value("/surgery now")


def test_a_command_in_a_thread_is_refused(page: Page, clinic: Clinic) -> None:
    """Given a thread, when a command is sent in it, then Slack's sentence says that it does not work there."""
    root = clinic.post("Diagnosis")
    page.get_by_test_id("messages").locator(f'[data-ts="{root}"]').hover()
    page.get_by_test_id("reply-in-thread").click()
    composer = page.get_by_test_id("thread-composer")
    composer.fill("/clinic hello")
    composer.press("Enter")

    error = page.get_by_test_id("thread-panel").get_by_test_id("composer-error")
    expect(error).to_have_text("/clinic is not supported in threads. Sorry!")


def test_shift_and_enter_begin_a_new_line(page: Page) -> None:
    """Given a line, when a person presses Shift and Enter, then nothing is sent and a second line begins."""
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")

    expect(composer).to_have_value("one\ntwo")


def test_each_channel_keeps_its_draft(page: Page) -> None:
    """Given a draft, when a person goes to another channel and back, then the draft is there again, and only there."""
    composer = page.get_by_test_id("composer")
    composer.fill("half a thought")
    page.get_by_role("link", name="general").click()
    expect(composer).to_have_attribute("placeholder", "Message #general")
    expect(composer).to_have_value("")

    page.get_by_role("link", name="ops").click()

    expect(composer).to_have_value("half a thought")


def test_the_direct_messages_are_with_the_app(page: Page) -> None:
    """Given the sidebar, when a person opens the direct messages, then they are those with the app."""
    page.get_by_test_id("sidebar").get_by_role("link", name="Sickbay").click()

    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message Sickbay")


def test_what_is_written_is_shown_as_it_was_written(page: Page) -> None:
    """Given signs that Slack keeps as entities, when a person sends them, then they are read as they were typed."""
    composer = page.get_by_test_id("composer")
    composer.fill("1 < 2 && <b>bold</b> in #ops")
    composer.press("Enter")

    message = page.get_by_test_id("message")
    expect(message.get_by_text("1 < 2 && <b>bold</b> in")).to_be_visible()
    expect(message.get_by_role("link", name="#ops")).to_be_visible()


def test_a_command_is_chosen_from_the_menu_by_keyboard(page: Page) -> None:
    """Given the menu of commands, when a person chooses by keyboard, then the command stands in the box."""
    page.get_by_role("button", name="Commands and shortcuts").first.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("composer")).to_have_value("/clean ")
    expect(page.get_by_test_id("composer")).to_be_focused()


def test_an_emoji_is_picked(page: Page) -> None:
    """Given the picker, when a person searches and presses Enter, then the emoji's name is in the box."""
    page.get_by_role("button", name="Emoji").click()
    search = page.get_by_role("textbox", name="Search emoji")
    search.fill("stetho")
    search.press("Enter")

    expect(page.get_by_test_id("composer")).to_have_value(":stethoscope: ")
