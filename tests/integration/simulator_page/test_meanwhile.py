"""Whether what arrives leaves alone what a person is doing: keys, presses, open lists, unfolded text, what is typed."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic, admission
from tests.integration.simulator_page.shared import clinic, page, workspace

__all__ = ["clinic", "page", "workspace"]

pytestmark = pytest.mark.browser

Wire = dict[str, Any]


def _plain(text: str) -> Wire:
    return {"type": "plain_text", "text": text}


def _actions(*elements: Wire) -> list[Wire]:
    return [{"type": "actions", "block_id": "row", "elements": list(elements)}]


def _button(text: str, value: str = "") -> Wire:
    return {"type": "button", "action_id": "choose", "text": _plain(text), "value": value}


def _select(*names: str) -> Wire:
    options = [{"text": _plain(name), "value": name} for name in names]
    return {"type": "static_select", "action_id": "choose", "options": options}


def _shown(page: Page, ts: str) -> Locator:
    """Give the message as the channel shows it."""
    return page.get_by_test_id("messages").locator(f'[data-ts="{ts}"]')


def _told(page: Page, clinic: Clinic) -> None:
    """Wait until the page has drawn all that was told before now."""
    expect(_shown(page, clinic.post("Done"))).to_be_visible()


def _form(page: Page) -> Locator:
    """Open the app's form and give its first field, which has the focus."""
    page.get_by_test_id("composer").fill("/clinic form")
    page.get_by_test_id("composer").press("Enter")
    name = page.get_by_role("dialog", name="Admission").get_by_role("textbox", name="Patient")
    expect(name).to_be_focused()
    return name


def test_what_is_unfolded_stays_so_when_a_reply_comes(page: Page, clinic: Clinic) -> None:
    """Given an unfolded snippet, when its message gets a reply, then it is still unfolded, and its button focused."""
    log = "\n".join(f"line {number}" for number in range(1, 200))
    clinic.client.files_upload_v2(channel="C0OPS", content=log, filename="web.log")
    message = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="web.log")
    message.get_by_role("button", name="Click to expand").press("Enter")
    expect(message).to_contain_text("line 199")

    clinic.post("Reply", thread_ts=message.get_attribute("data-ts"))

    expect(message.get_by_test_id("open-thread")).to_contain_text("1 reply")
    expect(message).to_contain_text("line 199")
    expect(message.get_by_role("button", name="Collapse")).to_be_focused()


def test_what_is_folded_or_unfolded_stays_so_when_it_is_edited(page: Page, clinic: Clinic) -> None:
    """Given a long text unfolded and a plan folded, when the app edits their message, then both are as they were."""

    def blocks(state: str) -> list[Wire]:
        text = "\n".join(f"{state} {number}" for number in range(60))
        task = {"task_id": "1", "title": "Look at web", "status": state}
        return [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "plan", "title": "Ward round", "tasks": [task]},
        ]

    message = _shown(page, ts := clinic.post(blocks=blocks("in_progress")))
    message.get_by_role("button", name="See more").press("Enter")
    message.get_by_text("Ward round").click()
    expect(message.get_by_test_id("task")).to_be_hidden()

    clinic.client.chat_update(channel="C0OPS", ts=ts, text="x", blocks=blocks("complete"))

    expect(message).to_contain_text("complete 59")
    expect(message.get_by_role("button", name="See less")).to_be_visible()
    expect(message.get_by_test_id("task")).to_be_hidden()


def test_the_toolbar_stays_on_a_focused_message_that_changes(page: Page, clinic: Clinic) -> None:
    """Given a focused message, when it is edited and the list moves under a resting pointer, then it keeps both."""
    _shown(page, clinic.post("Under the pointer")).hover()
    message = _shown(page, ts := clinic.post("Before\n" * 40))
    message.focus()
    expect(message.get_by_test_id("more-actions")).to_be_visible()

    clinic.client.chat_update(channel="C0OPS", ts=ts, text="After")
    _told(page, clinic)

    expect(message).to_contain_text("After")
    expect(message).to_be_focused()
    message.get_by_test_id("more-actions").press("Enter")
    expect(page.get_by_role("menuitem", name="Examine")).to_be_focused()
    page.keyboard.press("Escape")


def test_an_open_list_outlives_an_edit(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given an open list, when its message is edited, then it stays open, and what is chosen then is shown and told."""
    message = _shown(page, ts := clinic.post("Before", blocks=_actions(_select("North", "South"))))
    clinic.acts.clear()
    message.get_by_role("button", name="Choose an option").press("Enter")
    search = page.get_by_role("combobox", name="Search options")
    expect(search).to_be_focused()

    edited = [*_actions(_select("North", "South")), {"type": "section", "text": _plain("After")}]
    clinic.client.chat_update(channel="C0OPS", ts=ts, text="After", blocks=edited)
    _told(page, clinic)
    search.press("ArrowDown")
    search.press("Enter")

    expect(message).to_contain_text("After")
    expect(message.get_by_role("button", name="South")).to_be_focused()
    workspace.wait_for(lambda _now: clinic.acts)
    assert [act["selected_option"]["value"] for act in clinic.acts] == ["South"]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_press_outlives_an_edit(page: Page, workspace: Workspace, clinic: Clinic, by: str) -> None:
    """Given a button that is pressed, when its message is edited before it is let go, then the app hears the click."""
    message = _shown(page, ts := clinic.post(blocks=_actions(_button("Treat", "before"))))
    clinic.acts.clear()
    with page.expect_websocket() as stream:
        page.reload()
    expect(message.get_by_role("button", name="Treat")).to_be_visible()
    message.get_by_role("button", name="Treat").hover()
    message.get_by_role("button", name="Treat").focus()
    page.mouse.down() if by == "mouse" else page.keyboard.down(" ")

    with stream.value.expect_event("framereceived", lambda frame: "message_changed" in str(frame)):
        clinic.client.chat_update(channel="C0OPS", ts=ts, text="x", blocks=_actions(_button("Treat now", "after")))
    page.mouse.up() if by == "mouse" else page.keyboard.up(" ")

    expect(message.get_by_role("button", name="Treat now")).to_be_visible()
    workspace.wait_for(lambda _now: clinic.acts)
    assert [act["value"] for act in clinic.acts] == ["before"]


def test_a_pressed_control_that_looks_the_same_does_what_it_means_now(
    page: Page, workspace: Workspace, clinic: Clinic
) -> None:
    """Given a focused button, when an edit gives it another value, then it keeps the focus and tells the new value."""
    message = _shown(page, ts := clinic.post(blocks=_actions(_button("Treat", "before"))))
    clinic.acts.clear()
    button = message.get_by_role("button", name="Treat")
    button.focus()

    clinic.client.chat_update(channel="C0OPS", ts=ts, text="x", blocks=_actions(_button("Treat", "after")))
    _told(page, clinic)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    workspace.wait_for(lambda _now: clinic.acts)
    assert [act["value"] for act in clinic.acts] == ["after"]


def test_the_caret_stays_when_a_modal_is_updated(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a caret in the middle of a word, when the app updates the modal, then word and caret are as they were."""
    _form(page)
    page.keyboard.type("we1")
    page.keyboard.press("ArrowLeft")

    clinic.client.views_update(view_id=workspace.store.stacks["U0ALICE"][-1], view=admission("Admission today"))

    expect(page.get_by_role("dialog", name="Admission today")).to_be_visible()
    page.keyboard.type("b-")
    expect(page.get_by_role("textbox", name="Patient")).to_have_value("web-1")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_be_hidden()


def test_a_modal_that_was_closed_does_not_come_back(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a modal that a person closes, when the app's last update of it comes after that, then it stays closed."""
    _form(page)

    def update_first(route: Route) -> None:
        clinic.client.views_update(view_id=workspace.store.stacks["U0ALICE"][-1], view=admission("Too late"))
        route.continue_()

    page.route("**/workspace/views/close", update_first, times=1)
    page.keyboard.press("Escape")
    _told(page, clinic)

    expect(page.get_by_test_id("modal")).to_be_hidden()
    expect(page.get_by_test_id("composer")).to_be_focused()


def test_escape_twice_closes_every_modal_for_the_app_too(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given three modals, when a person presses Escape twice at once, which ends them all, then the app's are too."""
    name = _form(page)
    for title in ("The second", "The third"):
        name.fill("Twins")
        name.press("Enter")
        name = page.get_by_role("dialog", name=title).get_by_role("textbox", name="Patient")
        expect(name).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    expect(page.get_by_test_id("modal")).to_be_hidden()
    workspace.wait_for(lambda now: not now.store.stacks["U0ALICE"])


def test_a_form_sent_twice_in_haste_is_submitted_once(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a form that waits for its answer, when it is sent again, then the app hears of it once."""
    name = _form(page)
    name.fill("hasty")

    def press_again(route: Route) -> None:
        name.press("Enter")
        route.continue_()

    page.route("**/workspace/views/submit", press_again, times=1)
    name.press("Enter")

    expect(page.get_by_test_id("modal")).to_be_hidden()
    _told(page, clinic)
    assert [item["text"] for item in workspace.messages("#ops") if "hasty" in item["text"]] == ["hasty is in no ward"]


def test_messages_sent_in_haste_keep_their_order(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a message that is slow on its way, when a person sends another, then they stand as they were written."""
    composer = page.get_by_test_id("composer")

    def second_meanwhile(route: Route) -> None:
        composer.fill("hurry two")
        composer.press("Enter")
        _told(page, clinic)
        route.continue_()

    page.route("**/workspace/messages", second_meanwhile, times=1)
    composer.fill("hurry one")
    composer.press("Enter")

    expect(page.get_by_test_id("messages").get_by_text("hurry two")).to_be_visible()
    said = [item["text"] for item in workspace.messages("#ops")]
    assert [text for text in said if "hurry" in text] == ["hurry one", "hurry two"]


def test_what_is_typed_before_the_page_is_ready_is_kept(browser: Browser, workspace: Workspace, clinic: Clinic) -> None:
    """Given a workspace that answers slowly, when a person types already, then the words are in the box, not sent."""

    def type_first(route: Route) -> None:
        early.get_by_test_id("composer").fill("half a thought")
        early.get_by_test_id("composer").press("Enter")
        route.continue_()

    context = browser.new_context()
    early = context.new_page()
    early.route("**/workspace/state?*", type_first, times=1)
    early.goto(workspace.page_url, wait_until="commit")

    expect(early.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
    expect(early.get_by_test_id("composer")).to_have_value("half a thought")
    expect(early.get_by_test_id("composer")).to_be_focused()
    context.close()


def test_the_inspector_keeps_what_came_while_it_was_read(
    browser: Browser, workspace: Workspace, clinic: Clinic
) -> None:
    """Given a log that is slow on its way, when a call is made meanwhile, then that is listed too."""

    def call_first(route: Route) -> None:
        answer = route.fetch()
        clinic.post("While it was read")
        route.fulfill(response=answer)

    with opened(browser, workspace.page_url) as page:
        page.get_by_test_id("inspector-toggle").click()
        page.get_by_test_id("inspector-filter").fill("While it was read")
        expect(page.get_by_text("Nothing fits the filter.")).to_be_visible()
        page.route("**/workspace/log?*", call_first, times=1)
        page.get_by_role("combobox", name="Act as").select_option("Bob Example")

        expect(page.get_by_test_id("inspector").get_by_role("listitem").first).to_contain_text("chat.postMessage")


def test_an_unfolded_entry_stays_so_when_its_verdict_comes(page: Page, clinic: Clinic) -> None:
    """Given an entry that waits, when a person unfolds it and its verdict comes, then it is unfolded and focused."""
    clinic.patience.clear()
    message = _shown(page, clinic.post(blocks=_actions(_button("Treat") | {"action_id": "treat"})))
    message.get_by_role("button", name="Treat").click()
    page.get_by_test_id("inspector-toggle").click()
    entry = page.get_by_test_id("inspector").get_by_role("listitem").filter(has_text="block_actions treat")
    expect(entry).to_contain_text("pending")
    entry.get_by_role("button").first.press("Enter")
    expect(entry).to_contain_text('"action_id": "treat"')

    clinic.patience.set()

    expect(entry).to_contain_text("acked")
    expect(entry).to_contain_text('"action_id": "treat"')
    expect(entry.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("inspector")).to_be_hidden()


@pytest.mark.parametrize("where", ["rail-app", "app-home"])
def test_whoever_acts_anew_opens_nothing_of_who_acted_before(
    browser: Browser, workspace: Workspace, clinic: Clinic, where: str
) -> None:
    """Given Alice's channels on the page, when it is about to act as Bob, then none of hers is opened as him."""

    def click_first(route: Route) -> None:
        tab.get_by_test_id(where).click(force=True)
        route.continue_()

    with opened(browser, workspace.page_url) as tab:
        tab.route("**/workspace/state?*", click_first, times=1)
        tab.get_by_role("combobox", name="Act as").select_option("Bob Example")

        expect(tab.get_by_test_id("channel-header").get_by_role("heading", name="ops")).to_be_visible()
        expect(tab.get_by_test_id("home")).to_be_hidden()
        tab.get_by_test_id(where).click()
        expect(tab.get_by_test_id("home")).to_be_visible()
        expect(tab.get_by_test_id(where)).to_be_visible()


def test_a_channel_that_is_gone_after_a_reconnection_is_left(
    browser: Browser, workspace: Workspace, clinic: Clinic
) -> None:
    """Given an open channel, when the workspace comes back without it, then the page shows the first that there is."""
    streams: list[WebSocketRoute] = []

    def follow(stream: WebSocketRoute) -> None:
        stream.connect_to_server()
        streams.append(stream)

    clinic.client.conversations_create(name="short-lived")
    room = workspace.store.channel("#short-lived")
    clinic.client.conversations_invite(channel=room["id"], users="U0ALICE")
    with opened(browser, workspace.page_url, before=lambda page: page.route_web_socket("**/stream?*", follow)) as page:
        page.get_by_role("link", name="short-lived").click()
        expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #short-lived")

        page.route("**/workspace/state?*", lambda route: _answer_without(route, room["id"]))
        streams[-1].close()

        expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
        expect(page.get_by_role("link", name="short-lived")).to_have_count(0)


def _answer_without(route: Route, channel: str) -> None:
    """Answer with the workspace's state, but for one channel."""
    state = (answer := route.fetch()).json()
    left = [each for each in state["channels"] if each["id"] != channel]
    route.fulfill(response=answer, json=state | {"channels": left})
