"""Whether the page draws what apps post: each kind of block, attachments, files; and none of it as markup."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.browser import opened
from tests.integration.simulator_page.clinic import Clinic
from tests.integration.simulator_page.shared import clinic, page, workspace

__all__ = ["clinic", "page", "workspace"]

pytestmark = pytest.mark.browser


Block = dict[str, Any]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _option(text: str) -> Block:
    return {"text": _plain(text), "value": text.lower()}


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _words(*elements: Block, kind: str = "rich_text_section") -> Block:
    return {"type": kind, "elements": list(elements)}


def _said(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text}


_ROLES = [
    ({"type": "header", "text": _plain("Ward round")}, "heading", "Ward round"),
    ({"type": "divider"}, "separator", ""),
    (
        {"type": "actions", "elements": [{"type": "button", "text": _plain("Treat"), "action_id": "treat"}]},
        "button",
        "Treat",
    ),
    (
        {"type": "section", "text": _plain("Who?"), "accessory": {"type": "users_select", "action_id": "choose"}},
        "button",
        "Choose an option",
    ),
    (
        {
            "type": "actions",
            "elements": [{"type": "overflow", "action_id": "choose", "options": [_option("One"), _option("Two")]}],
        },
        "button",
        "More actions",
    ),
    (
        {"type": "actions", "elements": [{"type": "checkboxes", "action_id": "choose", "options": [_option("Fed")]}]},
        "checkbox",
        "Fed",
    ),
    (
        {
            "type": "actions",
            "elements": [{"type": "radio_buttons", "action_id": "choose", "options": [_option("Calm")]}],
        },
        "radio",
        "Calm",
    ),
    ({"type": "section", "text": {"type": "mrkdwn", "text": "*Steady* pulse"}}, "strong", ""),
    ({"type": "section", "text": {"type": "mrkdwn", "text": "see `df -h`"}}, "code", ""),
    ({"type": "section", "text": {"type": "mrkdwn", "text": "<http://127.0.0.1/x|notes>"}}, "link", "notes"),
    ({"type": "section", "fields": [_plain("Pulse"), _plain("72")]}, "", "72"),
    ({"type": "context", "elements": [{"type": "mrkdwn", "text": "took 3 s"}]}, "", "took 3 s"),
    ({"type": "markdown", "text": "## Findings\n\n- one"}, "heading", "Findings"),
    ({"type": "markdown", "text": "- fever"}, "listitem", ""),
    ({"type": "image", "image_url": "http://192.0.2.1/scan.png", "alt_text": "A scan"}, "", "A scan"),
    (
        {"type": "table", "rows": [[_cell("Code"), _cell("Says")], [_cell("DKR-C102"), _cell("Out of memory")]]},
        "columnheader",
        "Code",
    ),
    (_rich(_words(_said("high", bold=True))), "strong", ""),
    (_rich(_words(_said("kill -9"), kind="rich_text_preformatted")), "", "kill -9"),
    (_rich(_words(_said("it hurts"), kind="rich_text_quote")), "blockquote", ""),
    (
        _rich({"type": "rich_text_list", "style": "bullet", "elements": [_words(_said("fever"))]}),
        "listitem",
        "",
    ),
    (_rich(_words({"type": "emoji", "name": "hospital"})), "img", "hospital"),
    (_rich(_words({"type": "user", "user_id": "U0BOB"})), "", "@Bob Example"),
    (_rich(_words({"type": "link", "url": "http://127.0.0.1/x", "text": "notes"})), "link", "notes"),
]


@pytest.mark.parametrize(("block", "role", "name"), _ROLES)
def test_each_kind_of_block_is_drawn(page: Page, clinic: Clinic, block: Block, role: Any, name: str) -> None:
    """Given a block, when an app posts it, then it stands there with the role and the name that assistants read."""
    message = _posted(page, clinic, blocks=[block])

    if role:
        expect(message.get_by_role(role, name=name).first).to_be_visible()
    else:
        expect(message.get_by_text(name)).to_be_visible()


@pytest.mark.parametrize("colour", ["#e8740c", "danger"])
def test_an_attachment_has_its_bar(page: Page, clinic: Clinic, colour: str) -> None:
    """Given a coloured attachment, when an app posts it, then its bar has that colour."""
    wanted = {"#e8740c": "rgb(232, 116, 12)", "danger": "rgb(224, 30, 90)"}[colour]

    message = _posted(page, clinic, attachments=[{"color": colour, "text": "Fever", "fallback": "Fever"}])

    expect(message.get_by_text("Fever")).to_be_visible()
    expect(message.locator(".attachment-bar")).to_have_css("background-color", wanted)


def test_a_snippet_unfolds(page: Page, clinic: Clinic) -> None:
    """Given a log of many lines, when it is uploaded as a snippet, then its beginning is shown, and all on demand."""
    log = "\n".join(f"line {number}" for number in range(1, 200))

    clinic.client.files_upload_v2(channel="C0OPS", content=log, filename="web.log", title="Log of web")

    file = page.get_by_test_id("file")
    expect(file).to_contain_text("Log of web")
    expect(file).to_contain_text("line 1")
    expect(file).not_to_contain_text("line 199")
    file.get_by_role("button", name="Click to expand").click()
    expect(file).to_contain_text("line 199")


def test_long_text_is_folded(page: Page, clinic: Clinic) -> None:
    """Given a section of many lines, when a person presses See more, then it is shown whole."""
    text = "\n".join(f"line {number}" for number in range(60))
    message = _posted(page, clinic, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
    before = message.bounding_box()

    message.get_by_role("button", name="See more").click()

    expect(message.get_by_role("button", name="See less")).to_be_visible()
    after = message.bounding_box()
    assert before
    assert after
    assert after["height"] > 2 * before["height"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_wide_table_is_scrolled_to_be_read(
    browser: Browser, workspace: Workspace, clinic: Clinic, width: int
) -> None:
    """Given rows wider than the page, when a person scrolls their table, then each is whole, and the page stays put."""
    rows = [["Container", "Says", "Times"], ["shop-web-1", "it reached its limit of 512 MiB, " * 8, "last-7"]]
    with opened(browser, workspace.page_url, viewport={"width": width, "height": 800}) as page:
        message = _posted(
            page, clinic, blocks=[{"type": "table", "rows": [[_cell(each) for each in row] for row in rows]}]
        )
        table = message.get_by_role("region", name="Table")
        says, times = table.get_by_role("cell").nth(1), table.get_by_role("cell", name="last-7")
        expect(times).not_to_be_in_viewport()

        table.evaluate("node => node.scrollTo(node.scrollWidth, 0)")

        expect(times).to_be_in_viewport(ratio=1)
        assert says.evaluate("node => node.scrollWidth <= node.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '<img src="x" onerror="alert(1)">', "<!channel>"])
def test_what_a_target_says_is_shown_and_not_run(page: Page, clinic: Clinic, hostile: str) -> None:
    """Given markup in a rich text, when an app posts it, then it is there to be read, as it is."""
    message = _posted(page, clinic, blocks=[_rich(_words(_said(hostile)))])

    expect(message.get_by_text(hostile, exact=True)).to_be_visible()


def test_messages_of_one_author_stand_together(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given two messages of the app in a row, when they are drawn, then the second does not repeat the author."""
    workspace.say(user="bob", channel="#ops", text="A moment, please")
    first = _posted(page, clinic, "First")
    second = _posted(page, clinic, "Second")

    expect(first.get_by_text("Sickbay", exact=True)).to_be_visible()
    expect(second.get_by_text("Sickbay", exact=True)).to_be_hidden()


def _posted(page: Page, clinic: Clinic, text: str = "A message", **parts: Any) -> Locator:
    """Post a message and give it as the page shows it."""
    message = page.locator(f'[data-ts="{clinic.post(text, **parts)}"]')
    expect(message).to_be_visible()
    return message
