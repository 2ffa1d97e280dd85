"""Whether a person can attach files as in Slack, read them, and use a shortcut on their message."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic
from tests.integration.simulator_page.shared import clinic, workspace

__all__ = ["clinic", "workspace"]

pytestmark = pytest.mark.browser

_DOCKERFILE = "FROM busybox:latest\n" + "".join(f"RUN echo {number} <b>\n" for number in range(30))
#: Drops a file on the conversation, and pastes a text into the box, as a browser does for a person.
_DROP = """name => {
  const data = new DataTransfer();
  data.items.add(new File(["services: {}"], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById("main").dispatchEvent(event);
  }
}"""
_PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  if (field.dispatchEvent(event)) field.setRangeText(text);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, workspace: Workspace, clinic: Clinic) -> Iterator[Page]:
    """Give one narrow page to all tests of this file."""
    with opened(browser, workspace.page_url, viewport={"width": 390, "height": 800}) as page:
        yield page


def file(name: str, content: str = _DOCKERFILE) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content.encode()}


def test_attached_files_are_sent_and_unfold(page: Page, workspace: Workspace) -> None:
    """Given two files, when one is removed and the other sent, then it stands there folded, and whole on demand."""
    page.get_by_test_id("composer-files").set_input_files([file("web.Dockerfile"), file("notes.txt", "private")])
    expect(page.get_by_test_id("attached")).to_have_count(2)
    page.get_by_role("button", name="Remove notes.txt").press("Enter")
    page.get_by_test_id("composer-send").press("Enter")

    shown = page.get_by_test_id("messages").get_by_test_id("file").filter(has_text="web.Dockerfile")
    expect(shown).to_have_count(1)
    expect(page.get_by_test_id("attached")).to_have_count(0)
    expect(shown).to_contain_text("FROM busybox:latest")
    expect(shown).not_to_contain_text("RUN echo 29")
    shown.get_by_role("button", name="Click to expand").press("Enter")

    expect(shown).to_contain_text("RUN echo 29 <b>")
    (message,) = (item for item in workspace.messages("#ops") if item["files"][0]["name"] == "web.Dockerfile")
    assert [each["name"] for each in message["files"]] == ["web.Dockerfile"]
    assert workspace.store.contents[message["files"][0]["id"]].decode() == _DOCKERFILE


def test_a_file_is_dropped_on_the_conversation(page: Page, workspace: Workspace) -> None:
    """Given a file from the desktop, when it is dropped and the draft left and found again, then it can be sent."""
    page.evaluate(_DROP, "compose.yml")
    expect(page.get_by_test_id("attached")).to_contain_text("compose.yml")
    page.goto(f"{page.url.partition('#')[0]}#C0GENERAL")
    expect(page.get_by_test_id("attached")).to_have_count(0)
    page.goto(f"{page.url.partition('#')[0]}#C0OPS")
    expect(page.get_by_test_id("attached")).to_have_count(1)
    page.get_by_test_id("composer").press("Enter")

    expect(page.get_by_test_id("messages").get_by_test_id("file").filter(has_text="compose.yml")).to_be_visible()


def test_a_long_pasted_text_becomes_a_file(page: Page) -> None:
    """Given a long text, when it is pasted and the offer taken, then it is a file named by its kind, not text."""
    composer = page.get_by_test_id("composer")
    composer.evaluate(_PASTE, _DOCKERFILE)
    page.get_by_test_id("make-snippet").press("Enter")

    expect(page.get_by_test_id("attached")).to_contain_text("Dockerfile")
    expect(composer).to_have_value("")
    page.get_by_role("button", name="Remove Dockerfile").press("Enter")


def test_what_is_too_large_is_refused_and_says_why(page: Page) -> None:
    """Given a file of more than a megabyte, when it is attached, then the page says so, and nothing is attached."""
    page.get_by_test_id("composer-files").set_input_files(file("huge.log", "x" * 1_000_001))

    expect(page.get_by_test_id("composer-error").first).to_have_text(
        "huge.log is larger than 1 MB, the most for a snippet."
    )
    expect(page.get_by_test_id("attached")).to_have_count(0)


def test_a_shortcut_waits_for_the_app_and_says_when_it_is_late(
    page: Page, workspace: Workspace, clinic: Clinic
) -> None:
    """Given a message, when a shortcut is used by keyboard, then its button waits for the app, or warns."""
    ts = workspace.say(user="bob", channel="#ops", text="look", files={"app.yml": b"a: 1\n"})
    message = page.get_by_test_id("messages").locator(f'[data-ts="{ts}"]')
    more = message.get_by_test_id("more-actions")
    late = "The app did not answer within 3 seconds."

    clinic.patience.clear()
    message.focus()
    more.press("Enter")
    page.get_by_role("menuitem", name="Examine").press("Enter")
    expect(more).to_have_attribute("aria-busy", "")
    clinic.patience.set()
    expect(more).not_to_have_attribute("aria-busy", "")
    expect(page.get_by_text(late)).to_have_count(0)

    clinic.patience.clear()
    workspace.faults.expect_acks_within(0.3)
    more.press("Enter")
    page.get_by_role("menuitem", name="Examine").press("Enter")
    expect(page.get_by_text(late)).to_be_visible()
    expect(more).to_have_attribute("title", late)
    expect(more).not_to_have_attribute("aria-busy", "")
    clinic.patience.set()

    assert [act["message"]["files"][0]["name"] for act in clinic.acts] == ["app.yml", "app.yml"]
