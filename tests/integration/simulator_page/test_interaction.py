"""Whether what a person does reaches the app, and its answer the person: commands, buttons, selects, modals."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser


def test_an_ephemeral_answer_is_for_one_person(browser: Browser, workspace: Workspace, page: Page) -> None:
    """Given two people, when one gets an ephemeral answer, then it says so, and the other does not see it."""
    with opened(browser, workspace.page_url) as other:
        other.get_by_role("combobox", name="Act as").select_option("Bob Example")
        expect(other.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
        _type(page, "/clinic quiet")
        answer = page.get_by_test_id("message").filter(has_text="The clinic is open")
        expect(answer).to_contain_text("Only visible to you")

        _type(page, "/clinic aloud")

        expect(_messages(other).get_by_text("The clinic heard: aloud")).to_be_visible()
        expect(_messages(other).get_by_text("The clinic is open")).to_have_count(0)


def test_an_ephemeral_answer_is_gone_after_a_reload(page: Page) -> None:
    """Given an ephemeral answer, when the page is loaded anew, then it is gone, and other messages are not."""
    _type(page, "/clinic quiet")
    expect(_messages(page).get_by_text("The clinic is open")).to_be_visible()
    _type(page, "/clinic aloud")
    expect(_messages(page).get_by_text("The clinic heard: aloud")).to_be_visible()

    page.reload()

    expect(_messages(page).get_by_text("The clinic heard: aloud")).to_be_visible()
    expect(_messages(page).get_by_text("The clinic is open")).to_have_count(0)


def test_a_button_waits_for_the_app_and_shows_its_answer(page: Page, clinic: Clinic) -> None:
    """Given a slow app, when its button is pressed, then the button is busy until the app has answered."""
    clinic.patience.clear()
    button = {"type": "button", "text": {"type": "plain_text", "text": "Treat"}, "action_id": "treat", "value": "web"}
    clinic.post(blocks=[{"type": "actions", "elements": [button]}])

    page.get_by_role("button", name="Treat").click()
    expect(page.get_by_role("button", name="Treat")).to_have_attribute("aria-busy", "")
    clinic.patience.set()

    expect(page.get_by_test_id("messages").get_by_text("Treated")).to_be_visible()
    assert [act["value"] for act in clinic.acts] == ["web"]


def test_a_button_asks_before_it_acts(page: Page, clinic: Clinic) -> None:
    """Given a button that wants to be confirmed, when the person declines, then the app hears nothing."""
    plain = {"type": "plain_text", "text": "Treat"}
    confirm = {"title": plain, "text": plain, "confirm": plain, "deny": {"type": "plain_text", "text": "Not now"}}
    button = {"type": "button", "text": plain, "action_id": "treat", "confirm": confirm}
    clinic.post(blocks=[{"type": "actions", "elements": [button]}])

    page.get_by_role("button", name="Treat").click()
    page.get_by_role("dialog").get_by_role("button", name="Not now").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Treat")).to_be_focused()
    assert clinic.acts == []


def test_a_select_is_used_by_keyboard(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a select, when a person opens it, filters and presses Enter, then the app hears the choice."""
    names = ("North", "South", "South annex")
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in names]
    clinic.post(
        blocks=[{"type": "actions", "elements": [{"type": "static_select", "action_id": "choose", "options": options}]}]
    )

    page.get_by_role("button", name="Choose an option").press("Enter")
    search = page.get_by_role("combobox", name="Search options")
    expect(search).to_be_focused()
    search.press_sequentially("south")
    expect(page.get_by_role("listbox", name="Options").get_by_role("option")).to_have_count(2)
    search.press("ArrowDown")
    search.press("Enter")

    expect(page.get_by_role("button", name="South annex")).to_be_focused()
    workspace.wait_for(lambda _: clinic.acts)
    assert clinic.acts[0]["selected_option"]["value"] == "South annex"


def test_a_modal_is_filled_in_and_submitted(page: Page) -> None:
    """Given a modal, when it is filled in and submitted, then the app has the values and it is gone."""
    _type(page, "/clinic form")
    modal = page.get_by_role("dialog", name="Admission")
    name = modal.get_by_role("textbox", name="Patient")
    expect(name).to_be_focused()

    name.fill("web-1")
    modal.get_by_role("button", name="Ward").press("Enter")
    page.get_by_role("option", name="North").click()
    name.press("Enter")

    expect(modal).to_be_hidden()
    expect(_messages(page).get_by_text("web-1 is in North")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "refusal"), [("", "Please complete this required field."), ("Nobody", "There is no such patient")]
)
def test_a_modal_says_what_is_wrong(page: Page, typed: str, refusal: str) -> None:
    """Given a modal, when the page or the app refuses a value, then the input says why and has the focus."""
    _type(page, "/clinic form")
    modal = page.get_by_role("dialog", name="Admission")
    name = modal.get_by_role("textbox", name="Patient")
    name.fill(typed)

    modal.get_by_role("button", name="Admit").click()

    expect(modal.get_by_role("alert").filter(has_text=refusal)).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()


def test_escape_closes_a_modal(page: Page) -> None:
    """Given a modal, when a person presses Escape, then it closes and the keyboard is where it was."""
    _type(page, "/clinic form")
    expect(page.get_by_role("dialog", name="Admission")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Admission")).to_be_hidden()
    expect(page.get_by_test_id("composer")).to_be_focused()


def test_a_reaction_is_given_and_taken_back(page: Page, clinic: Clinic) -> None:
    """Given a message, when a person reacts and presses the reaction again, then it comes and goes."""
    clinic.post("Diagnosis")
    page.get_by_test_id("message").hover()
    page.get_by_role("button", name="React with eyes").click()
    reaction = page.get_by_test_id("message").get_by_role("button", name="eyes 1 reactions")
    expect(reaction).to_have_attribute("aria-pressed", "true")

    reaction.click()

    expect(reaction).to_have_count(0)


def _type(page: Page, text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Enter")


def _messages(page: Page) -> Locator:
    return page.get_by_test_id("messages")
