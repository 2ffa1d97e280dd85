"""The app's Home and its Messages: what the app hears of them, and what a person can do there."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import MANIFEST, Clinic, connected

pytestmark = pytest.mark.browser

Wire = dict[str, Any]

_EVENTS: Wire = {"settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}}}


def _home(*elements: Wire) -> Wire:
    header = {"type": "header", "text": {"type": "plain_text", "text": "Your ward"}}
    return {"type": "home", "blocks": [header, {"type": "actions", "block_id": "row", "elements": list(elements)}]}


def _button(text: str) -> Wire:
    return {"type": "button", "action_id": "choose", "text": {"type": "plain_text", "text": text}}


def _select(*names: str) -> Wire:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in names]
    return {"type": "static_select", "action_id": "choose", "options": options}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A workspace whose app asks to know who opens its Home."""
    with Workspace(manifest=MANIFEST | _EVENTS) as running:
        yield running


@pytest.fixture
def tabs(workspace: Workspace) -> Iterator[list[Wire]]:
    """An app that publishes a Home to whoever opens it, and the events it was told."""
    with connected(workspace) as clinic:
        told: list[Wire] = []

        def on_opened(event: Wire) -> None:
            told.append(event)
            if event["tab"] == "home":
                clinic.client.views_publish(user_id=event["user"], view=_home(_button("Examine")))

        clinic.app.event("app_home_opened")(on_opened)
        yield told


def test_the_app_publishes_a_home_when_it_is_opened(browser: Browser, workspace: Workspace, tabs: list[Wire]) -> None:
    """Given an app with a Home, when a person opens it and its Messages, then the app is told which, and shows it."""
    with opened(browser, workspace.page_url) as page:
        page.get_by_test_id("rail-app").click()
        expect(page.get_by_test_id("home").get_by_role("heading", name="Your ward")).to_be_visible()

        page.get_by_test_id("tab-messages").click()
        expect(page.get_by_test_id("composer")).to_be_visible()
        page.get_by_test_id("tab-home").click()
        expect(page.get_by_role("button", name="Examine")).to_be_visible()
        workspace.wait_for(lambda _now: len(tabs) == 3)

    assert [(event["tab"], event["user"], "view" in event) for event in tabs] == [
        ("home", "U0ALICE", False),
        ("messages", "U0ALICE", False),
        ("home", "U0ALICE", True),
    ]


def test_a_home_is_there_again_after_a_reload(page: Page, clinic: Clinic) -> None:
    """Given an open Home, when the page is loaded anew, then it shows the Home; the Messages where these were open."""
    clinic.client.views_publish(user_id="U0ALICE", view=_home(_button("Examine")))
    page.get_by_test_id("rail-app").click()
    expect(page.get_by_role("button", name="Examine")).to_be_visible()

    page.reload()
    expect(page.get_by_role("button", name="Examine")).to_be_visible()

    page.get_by_test_id("tab-messages").click()
    expect(page.get_by_test_id("composer")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message Sickbay")
    expect(page.get_by_test_id("home")).to_be_hidden()


def test_what_was_chosen_in_a_home_outlives_its_publishing(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a choice in a Home, when the app publishes it anew, then the choice and the keyboard are still there."""
    clinic.client.views_publish(user_id="U0ALICE", view=_home(_select("North", "South"), _button("Examine")))
    page.get_by_test_id("rail-app").click()
    page.get_by_role("button", name="Choose an option").click()
    page.get_by_role("option", name="South").click()
    workspace.wait_for(lambda _now: clinic.acts)
    page.get_by_role("button", name="Examine").focus()

    clinic.client.views_publish(
        user_id="U0ALICE", view=_home(_select("North", "South"), _button("Examine")) | {"callback_id": "anew"}
    )

    expect(page.get_by_role("button", name="South")).to_be_visible()
    expect(page.get_by_role("button", name="Examine")).to_be_focused()


def test_a_home_of_an_earlier_moment_replaces_no_later_one(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given an answer that was on its way, when the app publishes meanwhile, then the page shows what came last."""
    clinic.client.views_publish(user_id="U0ALICE", view=_home(_button("Earlier")))
    page.route("**/workspace/home?*", lambda route: _publish_first(clinic, route))

    page.get_by_test_id("rail-app").click()

    expect(page.get_by_role("button", name="Later")).to_be_visible()
    expect(page.get_by_role("button", name="Earlier")).to_have_count(0)


def _publish_first(clinic: Clinic, route: Any) -> None:
    answer = route.fetch()
    clinic.client.views_publish(user_id="U0ALICE", view=_home(_button("Later")))
    route.fulfill(response=answer)


def test_as_somebody_else_the_rail_opens_their_home(browser: Browser, workspace: Workspace, tabs: list[Wire]) -> None:
    """Given a Home that Alice has opened, when the page acts as Bob and opens it, then the app is told of him."""
    with opened(browser, workspace.page_url) as page:
        page.get_by_test_id("rail-app").click()
        expect(page.get_by_test_id("home").get_by_role("heading", name="Your ward")).to_be_visible()
        page.get_by_role("link", name="ops").click()
        page.get_by_role("combobox", name="Act as").select_option("Bob Example")
        expect(page.get_by_test_id("home")).to_be_hidden()

        page.get_by_test_id("rail-app").click()

        expect(page.get_by_test_id("home").get_by_role("heading", name="Your ward")).to_be_visible()
    assert [event["user"] for event in tabs] == ["U0ALICE", "U0BOB"]
