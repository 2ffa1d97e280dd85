"""Whether threads open, follow and close, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser

_LONG = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": f"finding {number}"}]}
                for number in range(120)
            ],
        }
    ],
}


def test_a_thread_opens_and_takes_a_reply(page: Page, clinic: Clinic) -> None:
    """Given a message with a reply, when a person opens its thread and answers, then both replies are there."""
    root = clinic.post("Diagnosis")
    clinic.post("Out of memory", thread_ts=root)

    page.get_by_test_id("open-thread").click()
    composer = page.get_by_test_id("thread-composer")
    expect(composer).to_be_focused()
    composer.fill("Thanks")
    composer.press("Enter")

    thread = page.get_by_test_id("thread-panel")
    expect(thread.get_by_text("Out of memory")).to_be_visible()
    expect(thread.get_by_text("Thanks")).to_be_visible()
    expect(page.get_by_test_id("open-thread")).to_contain_text("2 replies")


def test_a_long_thread_opens_at_its_beginning(page: Page, clinic: Clinic) -> None:
    """Given a reply longer than the panel, when its thread is opened, then the root is in sight, not the end."""
    root = clinic.post("Diagnosis")
    clinic.post("Findings", thread_ts=root, blocks=[_LONG])

    page.get_by_test_id("open-thread").click()

    messages = page.get_by_test_id("thread-messages")
    expect(messages.get_by_text("finding 119")).to_be_attached()
    expect(messages.get_by_text("Diagnosis")).to_be_in_viewport()
    expect(messages.get_by_role("button", name="Newest messages")).to_be_visible()


def test_a_thread_that_hardly_fits_opens_at_its_beginning(page: Page, clinic: Clinic) -> None:
    """Given a reply that fits the panel, but not with its root, when it is opened, then the root is in sight."""
    root = clinic.post("Diagnosis\n" * 8)
    clinic.post("finding\n" * 14, thread_ts=root)
    expect(page.get_by_test_id("open-thread")).to_be_visible()

    page.get_by_test_id("open-thread").click()

    messages = page.get_by_test_id("thread-messages")
    expect(messages.get_by_role("article")).to_have_count(2)
    expect(messages.get_by_role("article").first.locator(".author")).to_be_in_viewport()


def test_a_long_reply_is_shown_from_its_beginning(page: Page, clinic: Clinic) -> None:
    """Given an open thread, when a reply longer than the panel arrives, then the panel shows where it begins."""
    root = clinic.post("Diagnosis")
    clinic.post("Queued", thread_ts=root)
    page.get_by_test_id("open-thread").click()
    expect(page.get_by_test_id("thread-messages").get_by_text("Queued")).to_be_visible()

    clinic.post("Findings", thread_ts=root, blocks=[_LONG])

    messages = page.get_by_test_id("thread-messages")
    expect(messages.get_by_text("finding 119", exact=True)).to_be_attached()
    expect(messages.get_by_text("finding 0", exact=True)).to_be_in_viewport()
    expect(messages.get_by_text("finding 119", exact=True)).not_to_be_in_viewport()


def test_the_list_stays_at_its_end_when_the_panel_opens(page: Page, clinic: Clinic) -> None:
    """Given a channel scrolled to its end, when a thread makes it narrow, then its last message is still in sight."""
    for number in range(12):
        clinic.post("words that need more lines where there is less room, " * 6 + str(number))
    root = clinic.post("The last one")
    clinic.post("Reply", thread_ts=root)

    page.get_by_test_id("open-thread").click()

    expect(page.get_by_test_id("thread-panel").get_by_text("Reply", exact=True)).to_be_visible()
    expect(page.get_by_test_id("messages").get_by_text("The last one")).to_be_in_viewport()


def test_a_thread_opens_and_closes_by_keyboard(page: Page, clinic: Clinic) -> None:
    """Given a message, when a person walks to it and presses Enter, then its thread opens; Escape closes it again."""
    clinic.post("First")
    root = clinic.post("Second")
    message = page.get_by_test_id("messages").locator(f'[data-ts="{root}"]')

    message.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("messages").locator("article").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("thread-messages").get_by_text("Second")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_test_id("thread-panel")).to_be_hidden()
    expect(message).to_be_focused()


def test_the_address_names_the_thread(page: Page, clinic: Clinic) -> None:
    """Given an open thread, when the page is loaded anew, then the thread is open again."""
    root = clinic.post("Diagnosis")
    clinic.post("Out of memory", thread_ts=root)
    page.get_by_test_id("open-thread").click()
    expect(page).to_have_url(re.compile(f"#C0OPS/{root}$"))

    page.reload()

    expect(page.get_by_test_id("thread-panel").get_by_text("Out of memory")).to_be_visible()
