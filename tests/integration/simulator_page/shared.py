"""One workspace, app and page for all tests of a file, each of which looks at its own message: quicker by a lot."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import MANIFEST, Clinic, connected

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """Give the workspace."""
    with pytest.MonkeyPatch.context() as patch, Workspace(manifest=MANIFEST) as running:
        for name in _PROXIES:
            patch.delenv(name, raising=False)
        yield running


@pytest.fixture(scope="module")
def clinic(workspace: Workspace) -> Iterator[Clinic]:
    """Give the app."""
    with connected(workspace) as app:
        yield app


@pytest.fixture(scope="module")
def page(browser: Browser, workspace: Workspace, clinic: Clinic) -> Iterator[Page]:
    """Give the page."""
    with opened(browser, workspace.page_url) as page:
        yield page
