"""Whether everybody can read and use the page: colours, contrast, narrow windows, keyboard, names of controls."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser

#: The contrast that WCAG AA asks of text, and of large or bold text.
_CONTRAST, _LARGE_CONTRAST = 4.5, 3.0
_FAINT = (Path(__file__).parent / "contrast.js").read_text()


@pytest.mark.parametrize(("system", "other"), [("light", "dark"), ("dark", "light")])
def test_the_theme_follows_the_system_until_one_is_chosen(
    browser: Browser, workspace: Workspace, clinic: Clinic, system: str, other: str
) -> None:
    """Given a system's colours, when a person switches, then the page has the others, also after a reload."""
    with opened(browser, workspace.page_url, color_scheme=system) as page:
        expect(page.locator("html")).to_have_attribute("data-theme", system)

        page.get_by_test_id("theme-toggle").press("Enter")
        expect(page.locator("html")).to_have_attribute("data-theme", other)
        expect(page.get_by_test_id("theme-toggle")).to_be_focused()
        page.reload()

        expect(page.locator("html")).to_have_attribute("data-theme", other)
        expect(page.locator("html")).to_have_css("color-scheme", other)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser: Browser, workspace: Workspace, clinic: Clinic, theme: str) -> None:
    """Given a page full of messages, a thread and the inspector, when its colours are measured, then all is legible."""
    with opened(browser, workspace.page_url, color_scheme=theme, viewport={"width": 1800, "height": 1000}) as page:
        page.get_by_test_id("inspector-toggle").click()
        _fill(page, clinic)

        assert page.evaluate(_FAINT, [_CONTRAST, _LARGE_CONTRAST]) == []


def test_no_control_is_without_a_name(page: Page, clinic: Clinic) -> None:
    """Given a page full of messages, when its controls are listed as assistants hear them, then each has a name."""
    page.get_by_test_id("inspector-toggle").click()
    _fill(page, clinic)

    snapshot = page.locator("body").aria_snapshot()

    nameless = ("- button", "- link", "- textbox", "- combobox", "- searchbox", "- img", "- option", "- dialog")
    lines = [line.strip() for line in snapshot.splitlines()]
    assert len(lines) > 50
    assert [line for line in lines if line.rstrip(":").removesuffix(" [disabled]") in nameless] == []


def test_on_a_narrow_page_the_channels_are_a_drawer(browser: Browser, workspace: Workspace, clinic: Clinic) -> None:
    """Given a narrow page, when the channels are opened by keyboard, then a channel can be chosen, and they close."""
    with opened(browser, workspace.page_url, viewport={"width": 390, "height": 800}) as page:
        expect(page.get_by_test_id("sidebar")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") == 390

        page.get_by_role("button", name="Channels").press("Enter")
        expect(page.get_by_role("link", name="ops")).to_be_focused()
        page.get_by_role("link", name="general").press("Enter")

        expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #general")
        expect(page.get_by_test_id("sidebar")).to_be_hidden()


def test_escape_closes_the_drawer(browser: Browser, workspace: Workspace, clinic: Clinic) -> None:
    """Given the drawer of a narrow page, when a person presses Escape, then it closes and its button has the focus."""
    with opened(browser, workspace.page_url, viewport={"width": 390, "height": 800}) as page:
        page.get_by_role("button", name="Channels").press("Enter")
        expect(page.get_by_role("link", name="ops")).to_be_focused()

        page.keyboard.press("Escape")

        expect(page.get_by_test_id("sidebar")).to_be_hidden()
        expect(page.get_by_role("button", name="Channels")).to_be_focused()


def test_the_main_job_needs_no_mouse(page: Page, clinic: Clinic) -> None:
    """Given the keyboard alone, when a person sends a command and walks up to its answer, then its thread opens."""
    expect(page.get_by_test_id("composer")).to_be_focused()
    page.keyboard.type("/clinic hello")
    page.keyboard.press("Enter")
    answer = page.get_by_test_id("message").filter(has_text="The clinic heard: hello")
    expect(answer).to_be_visible()

    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if answer.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("thread-messages").get_by_text("The clinic heard: hello")).to_be_visible()
    expect(page.get_by_test_id("thread-composer")).to_be_focused()


def test_the_first_stop_of_the_keyboard_leads_to_the_box(page: Page, clinic: Clinic) -> None:
    """Given a page that opens with a thread, when a person presses Tab and Enter, then the message box is next."""
    root = clinic.post("Diagnosis")
    page.goto(f"{page.url.partition('#')[0]}#C0OPS/{root}")
    expect(page.get_by_test_id("thread-messages").get_by_text("Diagnosis")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("thread-messages").get_by_text("Diagnosis")).to_be_visible()
    expect(page.locator("body")).to_be_focused()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("composer")).to_be_focused()


@pytest.mark.parametrize("part", ["js/boot.js", "js/message.js", "css/layout.css"])
def test_a_page_that_did_not_load_whole_is_loaded_again(
    browser: Browser, workspace: Workspace, clinic: Clinic, part: str
) -> None:
    """Given a network that changes while the page loads, when a part of it is dropped, then the page loads again."""
    context = browser.new_context()
    page = context.new_page()
    dropped: list[str] = []

    def drop_once(route: Route) -> None:
        if dropped:
            route.continue_()
        else:
            dropped.append(route.request.url)
            route.abort("internetdisconnected")

    page.route(f"**/page/{part}", drop_once)
    # It may load again before all of it has come.
    page.goto(workspace.page_url, wait_until="commit")

    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
    expect(page.locator(".stage")).to_have_css("display", "flex")
    assert len(dropped) == 1
    context.close()


def test_nothing_moves_for_those_who_asked_for_it(browser: Browser, workspace: Workspace, clinic: Clinic) -> None:
    """Given a system that asks for less motion, when a control waits, then it does not turn."""
    clinic.patience.clear()
    with opened(browser, workspace.page_url, reduced_motion="reduce") as page:
        button = {"type": "button", "text": {"type": "plain_text", "text": "Treat"}, "action_id": "treat"}
        clinic.post(blocks=[{"type": "actions", "elements": [button]}])
        page.get_by_role("button", name="Treat").click()
        expect(page.get_by_role("button", name="Treat")).to_have_attribute("aria-busy", "")

        turning = "node => getComputedStyle(node, '::after').animationIterationCount"
        turns = page.get_by_role("button", name="Treat").evaluate(turning)
        clinic.patience.set()

        assert turns == "1"
        expect(page.get_by_test_id("messages").get_by_text("Treated")).to_be_visible()


def _fill(page: Page, clinic: Clinic) -> None:
    """Show one of everything: coloured text, controls, an attachment, a snippet, an ephemeral answer, a thread."""
    plain = {"type": "plain_text", "text": "Treat"}
    elements = [
        {"type": "text", "text": "plain, "},
        {"type": "text", "text": "code", "style": {"code": True}},
        {"type": "user", "user_id": "U0ALICE"},
        {"type": "user", "user_id": "U0BOB"},
        {"type": "link", "url": "http://127.0.0.1/x", "text": "notes"},
    ]
    root = clinic.post(
        blocks=[
            {"type": "header", "text": plain},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]},
            {"type": "context", "elements": [plain]},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": plain, "action_id": "treat"},
                    {"type": "button", "text": plain, "action_id": "treat2", "style": "primary"},
                    {"type": "button", "text": plain, "action_id": "treat3", "style": "danger"},
                    {"type": "users_select", "action_id": "choose", "placeholder": plain},
                    {"type": "datepicker", "action_id": "date"},
                ],
            },
        ],
        attachments=[{"color": "danger", "text": "Fever", "footer": "Ward 3"}],
    )
    tasks = [
        {"type": "task_card", "task_id": state, "title": f"It is {state}", "status": state}
        for state in ("pending", "in_progress", "complete", "error")
    ]
    clinic.post(
        "Reply",
        thread_ts=root,
        blocks=[{"type": "plan", "title": "Plan", "tasks": tasks}, {"type": "markdown", "text": "Reply"}],
    )
    prompts = [{"title": "Why?", "message": "Why?"}]
    clinic.client.assistant_threads_setSuggestedPrompts(channel_id="C0OPS", thread_ts=root, prompts=prompts)
    clinic.client.pins_add(channel="C0OPS", timestamp=root)
    clinic.client.bookmarks_add(channel_id="C0OPS", title="Notes", type="link", link="http://127.0.0.1/notes")
    clinic.client.chat_scheduleMessage(channel="C0OPS", text="Later", post_at=int(time.time()) + 3600)
    page.get_by_test_id("faults").get_by_text("Faults", exact=True).click()
    clinic.client.reactions_add(channel="C0OPS", timestamp=root, name="eyes")
    clinic.client.files_upload_v2(channel="C0OPS", content="a\nb\n" * 20, filename="web.log", title="Log of web")
    page.get_by_test_id("composer").fill("/clinic quiet")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(page.get_by_test_id("file")).to_be_visible()
    page.get_by_test_id("open-thread").click()
    expect(page.get_by_test_id("thread-messages").get_by_text("Reply", exact=True)).to_be_visible()
    page.locator(".log-head").last.click()
    page.get_by_test_id("composer").fill("/surgery")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("not a valid command")
    page.get_by_test_id("composer").fill("/cl")
    expect(page.get_by_test_id("completion").first).to_be_visible()
