"""A headless Chromium, and what every page of the product has to keep: no errors, and nothing from elsewhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

#: One machine may run much else beside the browser. Milliseconds.
_PATIENCE = 20_000

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run this machine's Chromium. Skips the test where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Give the page, and fail in the end if it logged an error or asked another origin for anything."""
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).netloc))
    yield page
    assert faults == []
    assert asked <= {urlsplit(page.url).netloc}


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open a workspace's page, watched, once it is usable; `options` are those of the browser's context."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"} | options)
    context.set_default_timeout(_PATIENCE)
    with watched(context.new_page()) as page:
        page.goto(url)
        expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
        yield page
    context.close()
