"""A headless Chromium, and what every page of the product has to keep: no errors, and nothing from elsewhere."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

#: One machine may run much else beside the browser. Milliseconds.
_PATIENCE = 40_000

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: False on a page that has not yet come, or misses a style sheet and is about to load itself again.
_STYLED = """() => {
  try {
    const sheets = [...document.styleSheets];
    return document.readyState === "complete" && sheets.every((sheet) => sheet.cssRules.length);
  } catch {
    return false;
  }
}"""


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


def _is_fault(said: ConsoleMessage) -> bool:
    return said.type in {"error", "warning"} and "ERR_NETWORK_CHANGED" not in said.text


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Give the page, and fail in the end if it logged an error or asked another origin for anything.

    That the machine's network changed is no error of the page: any container that starts beside the test changes it.
    """
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).netloc))
    try:
        yield page
    except BaseException as error:
        error.add_note(f"the page had logged: {faults}")
        raise
    assert faults == []
    assert asked <= {urlsplit(page.url).netloc}


@contextmanager
def opened(
    browser: Browser, url: str, *, before: Callable[[Page], None] = lambda _page: None, **options: Any
) -> Iterator[Page]:
    """Open a workspace's page, watched, once it is usable.

    `before` is done to it before anything is loaded; `options` are those of the browser's context.
    """
    with contextlib.closing(new_context(browser, **options)) as context, usable(context, url, before=before) as page:
        yield page


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Give a context for pages that share a cache."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"} | options)
    context.set_default_timeout(_PATIENCE)
    return context


@contextmanager
def usable(context: BrowserContext, url: str, *, before: Callable[[Page], None] = lambda _page: None) -> Iterator[Page]:
    """Open a workspace's page in a context, watched, once it is usable."""
    with contextlib.closing(context.new_page()) as opening, watched(opening) as page:
        before(page)
        # Until it has all come it may load itself again, which to Playwright would be a load that failed.
        page.goto(url, wait_until="commit")
        page.wait_for_function(_STYLED)
        expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Message #ops")
        yield page
