"""What stands in and above a channel besides its messages: pins, bookmarks, what is scheduled, groups, growing text."""

import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sickbay.simulator import Workspace
from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser

Wire = dict[str, Any]


def _message(page: Page, text: str) -> Locator:
    return page.get_by_test_id("messages").get_by_test_id("message").filter(has_text=text)


def test_a_message_is_pinned_and_unpinned_from_its_menu(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a message, when a person pins it and takes the pin back, then the head counts it, and no more."""
    clinic.post("The ward is full")
    _message(page, "The ward is full").hover()
    page.get_by_test_id("more-actions").click()
    page.get_by_role("menuitem", name="Pin to this channel").click()

    expect(page.get_by_test_id("pins")).to_have_text("1 Pinned")
    expect(_message(page, "The ward is full")).to_contain_text("Pinned")

    _message(page, "The ward is full").hover()
    page.get_by_test_id("more-actions").click()
    page.get_by_role("menuitem", name="Unpin from this channel").click()
    expect(page.get_by_test_id("pins")).to_have_count(0)


def test_the_app_is_added_to_a_channel(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a channel without the app, when a person adds it there, then it may write in it."""
    page.get_by_role("link", name="random-without-bot").click()
    page.get_by_role("button", name="3 members").click()
    page.get_by_role("button", name="Add Sickbay to this channel").click()
    expect(page.get_by_text("Sickbay is a member now.")).to_be_visible()

    clinic.post("Here I am", channel="C0RANDOM")

    expect(_message(page, "Here I am")).to_be_visible()


def test_bookmarks_stand_above_the_channel(page: Page, clinic: Clinic) -> None:
    """Given a bookmark, when the app renames and removes it, then the bar follows."""
    where: Wire = {"channel_id": "C0OPS"}
    made = clinic.client.bookmarks_add(**where, title="Runbook", type="link", link="http://127.0.0.1/run")["bookmark"]
    expect(page.get_by_test_id("channel-header").get_by_role("link", name="Runbook")).to_be_visible()

    clinic.client.bookmarks_edit(**where, bookmark_id=made["id"], title="Handbook")
    expect(page.get_by_test_id("channel-header").get_by_role("link", name="Handbook")).to_be_visible()

    clinic.client.bookmarks_remove(**where, bookmark_id=made["id"])
    expect(page.get_by_test_id("channel-header").get_by_role("link", name="Handbook")).to_have_count(0)


def test_what_is_scheduled_is_shown_until_it_comes(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a message for later, when a person looks, then it is listed with its text, and at its time it is there."""
    post_at = int(time.time()) + 3600
    clinic.client.chat_scheduleMessage(channel="C0OPS", text="Round of the wards", post_at=post_at)

    page.get_by_test_id("scheduled").click()
    expect(page.get_by_label("Scheduled messages")).to_contain_text("Round of the wards")
    page.keyboard.press("Escape")
    workspace.post_scheduled(post_at)

    expect(_message(page, "Round of the wards")).to_be_visible()
    expect(page.get_by_test_id("scheduled")).to_have_count(0)


def test_a_group_is_completed_and_mentioned(page: Page) -> None:
    """Given an at sign and a group's name, when it is taken and sent, then the message mentions the group."""
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("@respon")
    expect(page.get_by_role("option", name="Responders")).to_contain_text("@responders · 2 people")
    composer.press("Tab")
    expect(composer).to_have_value("@responders ")
    composer.press("Enter")

    expect(_message(page, "@responders").locator(".mention.mine")).to_have_text("@responders")


def test_a_stream_grows_with_its_tasks(page: Page, clinic: Clinic) -> None:
    """Given a stream in a thread, when the app adds to it, then text and tasks follow, and it says who is writing."""
    root = clinic.post("Why is web down?")
    _message(page, "Why is web down?").hover()
    page.get_by_test_id("reply-in-thread").click()
    thread = page.get_by_test_id("thread-messages")
    whom = {"recipient_user_id": "U0ALICE", "recipient_team_id": "T0LOCAL"}
    task = {"type": "task_update", "id": "1", "title": "Read the containers", "status": "in_progress"}

    start: Wire = dict(channel="C0OPS", thread_ts=root, chunks=[task], task_display_mode="plan", **whom)
    ts = clinic.client.chat_startStream(**start)["ts"]
    expect(thread.get_by_test_id("task")).to_contain_text("in progress")
    expect(thread.get_by_test_id("streaming")).to_contain_text("is writing")

    done = task | {"status": "complete", "output": "12 of them"}
    text = {"type": "markdown_text", "text": "The *disk* is full."}
    clinic.client.chat_appendStream(channel="C0OPS", ts=ts, chunks=[done, text])
    clinic.client.chat_stopStream(channel="C0OPS", ts=ts)

    expect(thread.get_by_test_id("task")).to_contain_text("12 of them")
    expect(thread.locator(".plan")).to_contain_text("Plan 1 of 1")
    expect(thread.get_by_text("The disk is full.")).to_be_visible()
    expect(thread.get_by_test_id("streaming")).to_have_count(0)


def test_an_answer_for_all_stands_in_the_channel_too(page: Page, clinic: Clinic) -> None:
    """Given a thread, when the app answers for all, then the channel has it, and says that it is of a thread."""
    root = clinic.post("Outage")

    clinic.post("It is over", thread_ts=root, reply_broadcast=True)

    expect(_message(page, "It is over")).to_contain_text("replied to a thread")


def test_an_assistants_prompts_are_offered(page: Page, clinic: Clinic) -> None:
    """Given a thread with a title and prompts, when a person takes one, then it is in the box, to be sent."""
    root = clinic.post("Hello")
    clinic.client.assistant_threads_setTitle(channel_id="C0OPS", thread_ts=root, title="About web")
    prompts = [{"title": "Why?", "message": "Why is web down?"}]
    clinic.client.assistant_threads_setSuggestedPrompts(channel_id="C0OPS", thread_ts=root, prompts=prompts)
    _message(page, "Hello").hover()
    page.get_by_test_id("reply-in-thread").click()

    expect(page.get_by_test_id("thread-panel").get_by_role("heading", name="About web")).to_be_visible()
    page.get_by_test_id("prompts").get_by_role("button", name="Why?").click()

    expect(page.get_by_test_id("thread-composer")).to_have_value("Why is web down?")


def test_the_younger_blocks_are_drawn(page: Page, workspace: Workspace, clinic: Clinic) -> None:
    """Given a container, a large table, a card and thumbs, when they are posted, then each can be read and used."""
    plain = {"type": "plain_text", "text": "Wards"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "North has *three* beds"}}
    cells = [[{"type": "raw_text", "text": name} for name in row] for row in (("Ward", "Beds"), ("South", "5"))]
    container = {"type": "container", "title": plain, "child_blocks": [section], "is_collapsible": True}
    thumbs = {
        f"{way}_button": {"text": plain | {"text": way.title()}, "value": way} for way in ("positive", "negative")
    }
    feedback = {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "choose"} | thumbs]}
    card = {"type": "card", "title": plain | {"text": "A card"}, "body": plain | {"text": "of a ward"}}
    clinic.post(blocks=[container, {"type": "data_table", "rows": cells}, feedback, card])

    expect(page.get_by_text("North has three beds")).to_be_visible()
    expect(page.get_by_role("cell", name="South")).to_be_visible()
    expect(page.get_by_text("of a ward")).to_be_visible()
    page.get_by_role("button", name="Negative").click()
    workspace.wait_for(lambda _now: clinic.acts)
    assert (clinic.acts[0]["type"], clinic.acts[0]["value"]) == ("feedback_buttons", "negative")
    page.get_by_test_id("messages").get_by_text("Wards").click()
    expect(page.get_by_text("North has three beds")).to_be_hidden()
