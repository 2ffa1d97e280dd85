"""Selects whose options the app offers while a person types, in messages and in modals."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import Ack

from sickbay.simulator import Workspace
from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser

Wire = dict[str, Any]

_WARDS = ("North", "North annex", "South")


def _option(name: str) -> Wire:
    return {"text": {"type": "plain_text", "text": name}, "value": name.lower().replace(" ", "-")}


def _select(**parts: Any) -> Wire:
    return {"type": "external_select", "action_id": "choose"} | parts


@pytest.fixture
def asked(clinic: Clinic) -> list[Wire]:
    """An app that offers wards, in two groups to who asks for `all`; gives what it was asked."""
    heard: list[Wire] = []

    def offer(ack: Ack, payload: Wire) -> None:
        heard.append(payload)
        clinic.patience.wait(20)
        if payload["value"] == "all":
            labels = [{"type": "plain_text", "text": name} for name in ("Open", "Closed")]
            groups = [[_option("North")], [_option("South")]]
            ack(option_groups=[{"label": label, "options": group} for label, group in zip(labels, groups, strict=True)])
        elif payload["value"] != "nothing":
            ack(options=[_option(name) for name in _WARDS if payload["value"] in name.lower()])

    clinic.app.options("choose")(offer)
    return heard


def _in_message(clinic: Clinic, **parts: Any) -> None:
    clinic.post(blocks=[{"type": "actions", "block_id": "row", "elements": [_select(**parts)]}])


def _search(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search options")


def _listbox(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Options")


def test_options_are_searched_while_one_types(
    page: Page, workspace: Workspace, clinic: Clinic, asked: list[Wire]
) -> None:
    """Given a select in a message, when a person types enough and chooses, then the app hears both."""
    _in_message(clinic)
    page.get_by_role("button", name="Choose an option").click()
    expect(_listbox(page)).to_contain_text("Type at least 3 characters")

    _search(page).fill("nor")
    expect(_listbox(page).get_by_role("option")).to_have_text(["North", "North annex"])
    _search(page).press("ArrowDown")
    _search(page).press("Enter")

    expect(page.get_by_role("button", name="North annex")).to_be_visible()
    assert [(each["value"], each["container"]["type"], each["channel"]["id"]) for each in asked] == [
        ("nor", "message", "C0OPS")
    ]
    workspace.wait_for(lambda _now: clinic.acts)
    assert [act["selected_option"]["value"] for act in clinic.acts] == ["north-annex"]


def test_a_select_that_wants_no_characters_offers_at_once(page: Page, clinic: Clinic, asked: list[Wire]) -> None:
    """Given a select whose least query is none, when it is opened, then the app's options are there."""
    _in_message(clinic, min_query_length=0)

    page.get_by_role("button", name="Choose an option").click()

    expect(_listbox(page).get_by_role("option")).to_have_text(list(_WARDS))
    assert [each["value"] for each in asked] == [""]


def test_groups_stand_under_their_names(page: Page, clinic: Clinic, asked: list[Wire]) -> None:
    """Given an app that answers in groups, when a person types, then each group has its label."""
    _in_message(clinic)
    page.get_by_role("button", name="Choose an option").click()

    _search(page).fill("all")

    expect(_listbox(page).get_by_role("group", name="Closed").get_by_role("option")).to_have_text(["South"])
    expect(_listbox(page).get_by_role("group", name="Open").get_by_role("option")).to_have_text(["North"])


def test_an_app_that_offers_nothing_in_time_is_told_of(
    page: Page, workspace: Workspace, clinic: Clinic, asked: list[Wire]
) -> None:
    """Given an app that does not answer, when a person types, then the list says so, and not that nothing fits."""
    workspace.faults.expect_acks_within(0.3)
    _in_message(clinic)
    page.get_by_role("button", name="Choose an option").click()

    _search(page).fill("nothing")
    expect(_listbox(page)).to_contain_text("The app did not answer in time")

    workspace.faults.expect_acks_within(20)
    _search(page).fill("ward")
    expect(_listbox(page)).to_contain_text("No results")


def test_in_a_modal_the_choice_is_submitted(
    page: Page, workspace: Workspace, clinic: Clinic, asked: list[Wire]
) -> None:
    """Given a modal with such a select, when a person chooses and submits, then the app hears what was chosen."""
    heard: list[Wire] = []

    def on_transfer(ack: Ack, view: Wire) -> None:
        heard.append(view["state"]["values"]["ward"]["choose"]["selected_option"])
        ack()

    clinic.app.view("transfer")(on_transfer)
    clinic.app.action("move")(
        lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=_TRANSFER))
    )
    move = {"type": "button", "action_id": "move", "text": {"type": "plain_text", "text": "Move"}}
    clinic.post(blocks=[{"type": "actions", "elements": [move]}])

    page.get_by_role("button", name="Move").click()
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_role("dialog")).to_contain_text("Please complete this required field.")
    page.get_by_role("button", name="Ward Pick a ward").click()
    clinic.patience.clear()
    _search(page).fill("south")
    _search(page).press("Enter")
    clinic.patience.set()
    expect(_listbox(page).get_by_role("option", name="South")).to_be_visible()
    _search(page).press("Enter")
    page.get_by_test_id("modal-submit").click()

    expect(page.get_by_test_id("modal")).to_be_hidden()
    assert [option["value"] for option in heard] == ["south"]
    assert (asked[-1]["container"]["type"], asked[-1]["view"]["callback_id"]) == ("view", "transfer")


_TRANSFER: Wire = {
    "type": "modal",
    "callback_id": "transfer",
    "title": {"type": "plain_text", "text": "Transfer"},
    "submit": {"type": "plain_text", "text": "Transfer"},
    "blocks": [
        {
            "type": "input",
            "block_id": "ward",
            "label": {"type": "plain_text", "text": "Ward"},
            "element": _select(placeholder={"type": "plain_text", "text": "Pick a ward"}),
        }
    ],
}
