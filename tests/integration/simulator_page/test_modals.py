"""A stack of modals as a person goes through it: opened by a global shortcut, pushed, updated, left, cleared."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_bolt import Ack
from slack_sdk import WebClient

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import MANIFEST, Clinic

pytestmark = pytest.mark.browser

Wire = dict[str, Any]


def _plain(text: str) -> Wire:
    return {"type": "plain_text", "text": text}


def _view(title: str, *blocks: Wire) -> Wire:
    element = {"type": "plain_text_input", "action_id": "say"}
    what = {"type": "input", "block_id": "what", "label": _plain("What"), "element": element}
    shown = {"title": _plain(title), "submit": _plain("Send"), "callback_id": "visit", "notify_on_close": True}
    return {"type": "modal", "blocks": [what, *blocks], **shown}


_MORE: Wire = {"type": "actions", "elements": [{"type": "button", "action_id": "more", "text": _plain("More")}]}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A workspace whose app has a global shortcut."""
    shortcut = {"name": "Visit", "type": "global", "callback_id": "visit"}
    with Workspace(manifest={"features": MANIFEST["features"] | {"shortcuts": [shortcut]}}) as running:
        yield running


@pytest.fixture
def closed(clinic: Clinic) -> list[Wire]:
    """An app whose shortcut opens a modal, whose button pushes another; gives what it is told of closed ones."""
    told: list[Wire] = []

    def on_shortcut(ack: Ack, body: Wire, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=_view("First", _MORE))

    def on_more(ack: Ack, body: Wire, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=_view("Second"))

    def on_submit(ack: Ack, view: Wire) -> None:
        text = view["state"]["values"]["what"]["say"]["value"]
        if text == "update":
            ack(response_action="update", view=_view("Updated"))
        elif text == "clear":
            ack(response_action="clear")
        else:
            ack(response_action="errors", errors={"what": "Not this"})

    def on_close(ack: Ack, body: Wire) -> None:
        told.append(body)
        ack()

    clinic.app.shortcut("visit")(on_shortcut)
    clinic.app.action("more")(on_more)
    clinic.app.view("visit")(on_submit)
    clinic.app.view_closed("visit")(on_close)
    return told


@pytest.fixture
def first(page: Page, closed: list[Wire]) -> Page:
    """The page with the first modal open."""
    page.get_by_role("button", name="Commands and shortcuts").click()
    page.get_by_role("menuitem", name="Visit").click()
    expect(page.get_by_role("dialog", name="First")).to_be_visible()
    return page


def test_a_pushed_view_is_left_for_the_one_below(first: Page, workspace: Workspace, closed: list[Wire]) -> None:
    """Given text in a modal, when another is pushed and left by Back, then the text is there, and the app was told."""
    first.get_by_label("What").fill("half a sentence")
    first.get_by_role("button", name="More").click()
    expect(first.get_by_role("dialog", name="Second")).to_be_visible()

    first.get_by_role("button", name="Back").click()

    expect(first.get_by_role("dialog", name="First")).to_be_visible()
    expect(first.get_by_label("What")).to_have_value("half a sentence")
    workspace.wait_for(lambda _now: closed)
    assert [(body["view"]["title"]["text"], body["is_cleared"]) for body in closed] == [("Second", False)]


def test_the_cross_closes_all(first: Page, workspace: Workspace, closed: list[Wire]) -> None:
    """Given two modals on each other, when the cross is pressed, then both are gone, and the app was told of each."""
    first.get_by_role("button", name="More").click()
    expect(first.get_by_role("dialog", name="Second")).to_be_visible()

    first.get_by_test_id("modal-close").click()

    expect(first.get_by_test_id("modal")).to_be_hidden()
    workspace.wait_for(lambda _now: len(closed) == 2)
    assert sorted((body["view"]["title"]["text"], body["is_cleared"]) for body in closed) == [
        ("First", True),
        ("Second", True),
    ]


def test_a_submission_updates_and_clears(first: Page, closed: list[Wire]) -> None:
    """Given a modal, when it is sent, then the app's error, update and clear are each what the person sees."""
    for text in ("wrong", "update"):
        first.get_by_label("What").fill(text)
        first.get_by_test_id("modal-submit").click()
        if text == "wrong":
            expect(first.get_by_role("dialog")).to_contain_text("Not this")
    expect(first.get_by_role("dialog", name="Updated")).to_be_visible()

    first.get_by_label("What").fill("clear")
    first.get_by_test_id("modal-submit").click()

    expect(first.get_by_test_id("modal")).to_be_hidden()
    assert closed == []


def test_another_person_does_not_see_it(browser: Browser, workspace: Workspace, first: Page) -> None:
    """Given Alice's modal, when Bob looks, then there is none for him."""
    with opened(browser, workspace.page_url) as other:
        other.get_by_role("combobox", name="Act as").select_option("Bob Example")
        expect(other.get_by_test_id("composer")).to_be_visible()
        expect(other.get_by_test_id("modal")).to_be_hidden()
