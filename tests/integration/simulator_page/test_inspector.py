"""Whether "Under the hood" shows what the workspace and the app say to each other."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser


def test_it_shows_a_command_and_the_answer(page: Page) -> None:
    """Given the open inspector, when a command is sent, then its envelope and the app's call are there, timed."""
    page.get_by_test_id("inspector-toggle").click()
    page.get_by_test_id("composer").fill("/clinic hello")
    page.get_by_test_id("composer").press("Enter")

    inspector = page.get_by_test_id("inspector")
    envelope = inspector.get_by_role("listitem").filter(has_text="slash_commands")
    expect(envelope).to_contain_text("acked")
    expect(envelope).to_contain_text(re.compile(r"\d ms"))
    expect(inspector.get_by_role("listitem").filter(has_text="chat.postMessage")).to_contain_text(
        re.compile(r"ok.*\d ms")
    )


def test_it_unfolds_what_was_said(page: Page, clinic: Clinic) -> None:
    """Given a call, when a person unfolds it by keyboard, then its request and its answer are there as JSON."""
    clinic.post("Diagnosis of web")
    page.get_by_test_id("inspector-toggle").press("Enter")
    call = page.get_by_test_id("inspector").get_by_role("listitem").filter(has_text="chat.postMessage")

    call.get_by_role("button").first.press("Enter")

    expect(call).to_contain_text('"text": "Diagnosis of web"')
    expect(call).to_contain_text('"ok": true')


def test_it_shows_what_failed(page: Page, clinic: Clinic) -> None:
    """Given a call that was refused, when a person asks for the failed ones, then only it is left, with its error."""
    clinic.post()
    clinic.client.api_call("auth.test")
    page.get_by_test_id("inspector-toggle").click()
    page.get_by_test_id("composer").fill("/clinic hello")
    with pytest.raises(Exception, match="channel_not_found"):
        clinic.post(channel="C0NOWHERE")

    inspector = page.get_by_test_id("inspector")
    inspector.get_by_role("button", name="Failed").click()

    expect(inspector.get_by_role("listitem")).to_have_count(1)
    expect(inspector.get_by_role("listitem")).to_contain_text("channel_not_found")


def test_it_can_be_filtered(page: Page, clinic: Clinic) -> None:
    """Given several calls, when a person types a word, then only those that hold it are left."""
    clinic.post("about web")
    clinic.post("about db")
    page.get_by_test_id("inspector-toggle").click()
    inspector = page.get_by_test_id("inspector")

    inspector.get_by_role("searchbox", name="Filter by name or content").fill("about db")

    expect(inspector.get_by_role("listitem")).to_have_count(1)


def test_escape_closes_it(page: Page) -> None:
    """Given the open inspector, when a person presses Escape in it, then it closes and its button has the focus."""
    page.get_by_test_id("inspector-toggle").click()
    page.get_by_test_id("inspector").get_by_role("button", name="All").focus()

    page.keyboard.press("Escape")

    expect(page.get_by_test_id("inspector")).to_be_hidden()
    expect(page.get_by_test_id("inspector-toggle")).to_be_focused()
