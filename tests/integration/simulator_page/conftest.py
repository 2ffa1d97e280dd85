"""The workspace's page in a browser, with a small app connected."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import chromium, opened
from tests.integration.simulator_page.clinic import MANIFEST, Clinic, connected


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with chromium() as running:
        yield running


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """Give an empty workspace."""
    with Workspace(manifest=MANIFEST) as running:
        yield running


@pytest.fixture
def clinic(workspace: Workspace) -> Iterator[Clinic]:
    """Give an app that is connected."""
    with connected(workspace) as app:
        yield app


@pytest.fixture
def page(browser: Browser, workspace: Workspace, clinic: Clinic) -> Iterator[Page]:
    """Give the page as Alice has it in #ops; no test may make it log an error or fetch from elsewhere."""
    with opened(browser, workspace.page_url) as page:
        yield page
