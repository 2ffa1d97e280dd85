"""The workspace's page in a browser, with a small app connected.

A workspace is each test's own. They stand at one address, one after the other, so that the browser fetches the page's
files but once a module: that is what takes long.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import chromium, new_context, usable
from tests.integration.simulator_page.clinic import MANIFEST, Clinic, connected


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a context that keeps the page's files, for whose tests they do not change."""
    answer = StaticFiles.file_response

    def kept(files: StaticFiles, *parts: Any, **named: Any) -> Response:
        response = answer(files, *parts, **named)
        response.headers["Cache-Control"] = "max-age=600"
        return response

    with pytest.MonkeyPatch.context() as patch, contextlib.closing(new_context(browser)) as context:
        patch.setattr(StaticFiles, "file_response", kept)
        yield context


@pytest.fixture(scope="module")
def ports() -> list[int]:
    """Give the ports of the module's workspaces so far."""
    return []


@pytest.fixture
def workspace(ports: list[int]) -> Iterator[Workspace]:
    """Give an empty workspace, where the one before it stood."""
    with _standing(ports) as running:
        ports.append(running.port)
        yield running


def _standing(ports: list[int]) -> Workspace:
    if ports:
        with contextlib.suppress(OSError):  # somebody else stands there meanwhile
            return Workspace(manifest=MANIFEST, port=ports[-1])
    return Workspace(manifest=MANIFEST)


@pytest.fixture
def clinic(workspace: Workspace) -> Iterator[Clinic]:
    """Give an app that is connected."""
    with connected(workspace) as app:
        yield app


@pytest.fixture
def page(context: BrowserContext, workspace: Workspace, clinic: Clinic) -> Iterator[Page]:
    """Give the page as Alice has it in #ops; no test may make it log an error or fetch from elsewhere."""
    with usable(context, workspace.page_url) as page:
        yield page
        page.evaluate("localStorage.clear()")
