"""The side panel's faults: whether what a person asks to go wrong goes wrong, and the panel says so."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from slack_sdk.errors import SlackApiError

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import wait_until
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def faults(page: Page) -> Locator:
    """The fold, open."""
    page.get_by_test_id("inspector-toggle").click()
    fold = page.get_by_test_id("faults")
    fold.get_by_text("Faults", exact=True).click()
    return fold


def test_calls_are_refused_as_often_as_asked(faults: Locator, clinic: Clinic) -> None:
    """Given two calls to be refused, when the app makes one, then it is told to wait, and one is left."""
    faults.get_by_label("Refuse the next").fill("2")
    faults.get_by_label("calls of").select_option("chat.postMessage")
    faults.get_by_label("with").select_option("429")
    faults.get_by_role("button", name="Refuse").click()
    expect(faults.get_by_test_id("faults-state")).to_have_text("To come: 2 × 429 on chat.postMessage.")

    with pytest.raises(SlackApiError, match="ratelimited"):
        clinic.post("too much")

    expect(faults.get_by_test_id("faults-state")).to_have_text("To come: 1 × 429 on chat.postMessage.")
    faults.get_by_role("button", name="Let all go well").click()
    expect(faults.get_by_test_id("faults-state")).to_have_text("Nothing is set to go wrong.")
    assert clinic.post("enough")


def test_a_dropped_app_comes_back(faults: Locator, workspace: Workspace, clinic: Clinic) -> None:
    """Given a connected app, when its sockets are dropped, then it opens new ones."""
    first = workspace._sockets._sockets[0]

    faults.get_by_role("button", name="Drop the sockets").click()

    wait_until(lambda: workspace._sockets._sockets and workspace._sockets._sockets[0] is not first)


def test_faults_are_the_same_on_every_page(
    browser: Browser, workspace: Workspace, faults: Locator, clinic: Clinic
) -> None:
    """Given a slow network and Slack's limits, asked for on one page, when another is opened, then it shows both."""
    faults.get_by_label("The network is").select_option("0.5 s slower")
    faults.get_by_label("Slack’s rate limits hold").check()
    expect(faults.get_by_test_id("faults-state")).to_have_text("To come: network 0.5 s slower.")

    with opened(browser, workspace.page_url) as other:
        other.get_by_test_id("inspector-toggle").click()
        other.get_by_test_id("faults").get_by_text("Faults", exact=True).click()
        expect(other.get_by_label("The network is")).to_have_value("0.5")
        expect(other.get_by_label("Slack’s rate limits hold")).to_be_checked()

    assert (workspace.faults.latency, workspace.faults.rates.enforced) == (0.5, True)
