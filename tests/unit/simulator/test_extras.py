"""User groups, members, links, assistants' threads, installation: what apps call now and then."""

import asyncio
from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call, request
from tests.unit.simulator.scripted import Scene

Wire = dict[str, Any]


def events(scene: Scene, *kinds: str) -> list[Wire]:
    """Give what the workspace raised, of these kinds."""
    raised = [event["event"] for event, _ in scene.told if event["type"] == "event"]
    return [event for event in raised if event["type"] in kinds]


def test_groups_are_listed_with_what_is_asked_for(fresh: Workspace) -> None:
    """Given the workspace's groups, when they are listed, then members come only where the call asks for them."""
    plain = call(fresh, "usergroups.list")["usergroups"]
    full = call(fresh, "usergroups.list", include_users=True, include_count="true")["usergroups"]

    assert [group["handle"] for group in plain] == ["responders", "approvers"]
    assert ("users" in plain[0], "user_count" in plain[0]) == (False, False)
    assert [(group["users"], group["user_count"]) for group in full] == [
        (["U0ALICE", "U0BOB"], 2),
        (["U0ALICE"], 1),
    ]


def test_the_members_of_a_group(fresh: Workspace) -> None:
    """Given a group, when its members are read, then they come; of one that is unknown or disabled they do not."""
    assert call(fresh, "usergroups.users.list", usergroup="S0APPROVERS")["users"] == ["U0ALICE"]
    assert call(fresh, "usergroups.users.list", usergroup="S0NOBODY")["error"] == "no_such_subteam"

    fresh.store.usergroups["S0APPROVERS"]["date_delete"] = 1
    assert call(fresh, "usergroups.users.list", usergroup="S0APPROVERS")["error"] == "no_such_subteam"
    assert len(call(fresh, "usergroups.list")["usergroups"]) == 1


def test_a_group_is_mentioned_by_its_handle() -> None:
    """Given @responders in a message, when it is said, then it is stored as Slack stores a group."""
    said = Scene().people.message("alice", "#ops", "@responders please", "")

    assert said["text"] == "<!subteam^S0RESPONDERS> please"


def test_who_joins_is_told() -> None:
    """Given a channel, when two are added of whom one is there, then the app is told of the other, and by whom."""
    scene = Scene()
    scene.store.add_channel("C0NEW", "new", ["U0SICKBAY", "U0ALICE"])

    scene.store.join(scene.store.channels["C0NEW"], ["U0ALICE", "U0BOB"], by="U0SICKBAY")

    (event,) = events(scene, "member_joined_channel")
    told = (event["user"], event["channel"], event["channel_type"], event["inviter"])
    assert told == ("U0BOB", "C0NEW", "C", "U0SICKBAY")


@pytest.mark.parametrize(("channel", "told"), [("C0OPS", 1), ("C0RANDOM", 0)])
def test_an_app_hears_of_what_happens_where_it_is(channel: str, told: int) -> None:
    """Given a channel with the app and one without, when somebody reacts there, then the app hears of the first."""
    scene = Scene(settings={"event_subscriptions": {"bot_events": ["reaction_added"]}})
    item = {"type": "message", "channel": channel, "ts": "1.0"}

    asyncio.run(scene.events.tell({"type": "reaction_added", "user": "U0BOB", "item": item, "reaction": "eyes"}))

    assert len(scene.app.sent) == told


def test_an_edit_is_told_with_what_was_there_before(fresh: Workspace) -> None:
    """Given a message, when the app changes it, then the event has both texts."""
    told: list[Wire] = []
    fresh.store.listeners.append(lambda event, _user: told.append(event))
    ts = call(fresh, "chat.postMessage", channel="C0OPS", text="one")["ts"]

    call(fresh, "chat.update", channel="C0OPS", ts=ts, text="two")

    (event,) = [event["event"] for event in told if event["type"] == "event"]
    assert (event["subtype"], event["hidden"], event["channel"]) == ("message_changed", True, "C0OPS")
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("one", "two")


def test_a_reply_may_be_for_the_channel_too(fresh: Workspace) -> None:
    """Given a thread, when the app answers for all, then the answer stands in both."""
    root = call(fresh, "chat.postMessage", channel="C0OPS", text="root")["ts"]

    call(fresh, "chat.postMessage", channel="C0OPS", text="resolved", thread_ts=root, reply_broadcast=True)
    call(fresh, "chat.postMessage", channel="C0OPS", text="detail", thread_ts=root)

    assert [item["text"] for item in fresh.store.roots("C0OPS")] == ["root", "resolved"]
    assert [item["text"] for item in fresh.store.thread("C0OPS", root)] == ["root", "resolved", "detail"]


def test_a_status_goes_when_the_app_answers(fresh: Workspace) -> None:
    """Given a status below a thread, when the app writes there, then the status is taken away, once."""
    told: list[str] = []
    fresh.store.listeners.append(lambda event, _user: told.append(event["text"]) if event["type"] == "status" else None)
    root = call(fresh, "chat.postMessage", channel="C0OPS", text="root")["ts"]

    call(fresh, "assistant.threads.setStatus", channel_id="C0OPS", thread_ts=root, status="is reading")
    for _ in range(2):
        call(fresh, "chat.postMessage", channel="C0OPS", text="answer", thread_ts=root)

    assert told == ["is reading", ""]


def test_an_assistants_thread_has_a_title_and_prompts(fresh: Workspace) -> None:
    """Given a thread, when the app names it and suggests what to ask, then the root has both."""
    root = call(fresh, "chat.postMessage", channel="D0ALICE", text="hello")["ts"]
    where = {"channel_id": "D0ALICE", "thread_ts": root}
    prompts = [{"title": "Why?", "message": "Why is web down?"}]

    assert call(fresh, "assistant.threads.setTitle", **where, title="web")["ok"]
    assert call(fresh, "assistant.threads.setSuggestedPrompts", **where, prompts=prompts)["ok"]

    assert fresh.store.message("D0ALICE", root)["assistant"] == {"title": "web", "prompts": prompts}
    assert call(fresh, "assistant.threads.setSuggestedPrompts", **where, prompts=[{}])["error"] == "invalid_arguments"


def test_a_link_is_unfolded(fresh: Workspace) -> None:
    """Given a message with a link, when the app unfolds it, then the message has it below; another link it has not."""
    said = fresh.store.post("C0OPS", {"user": "U0ALICE", "text": "see http://wiki.test/1"})
    where = {"channel": "C0OPS", "ts": said["ts"]}

    assert call(fresh, "chat.unfurl", **where, unfurls={"http://wiki.test/1": {"text": "Runbook"}})["ok"]

    assert said["attachments"] == [{"text": "Runbook", "from_url": "http://wiki.test/1"}]
    other = {"http://wiki.test/2": {"text": "x"}}
    assert call(fresh, "chat.unfurl", **where, unfurls=other)["error"] == "cannot_unfurl_url"
    assert call(fresh, "chat.unfurl", **where)["error"] == "missing_unfurls"


def test_a_channel_has_one_canvas(fresh: Workspace) -> None:
    """Given a channel, when a second canvas is made for it, then there is one already."""
    assert call(fresh, "conversations.canvases.create", channel_id="C0OPS")["canvas_id"]

    second = call(fresh, "conversations.canvases.create", channel_id="C0OPS")
    assert second["error"] == "channel_canvas_already_exists"


def test_blocks_are_checked_without_a_token(fresh: Workspace) -> None:
    """Given no token, when blocks are checked, then what is wrong is pointed to."""
    headers = {"content-type": "application/json"}

    good = request(fresh, "/api/blocks.validate", b'{"blocks": [{"type": "divider"}]}', headers=headers).json
    bad = request(fresh, "/api/blocks.validate", b'{"blocks": [{"type": "divine"}]}', headers=headers).json

    assert good["ok"]
    assert bad["errors"] == ["unsupported type [json-pointer:/blocks/0/type]"]


def test_a_code_is_exchanged_for_the_token_once(fresh: Workspace) -> None:
    """Given a code of the workspace, when an app exchanges it, then it gets its token; a second time it does not."""
    form = f"code={fresh.authorization_code()}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}

    first, second = (request(fresh, "/api/oauth.v2.access", form, headers=headers).json for _ in range(2))

    assert (first["access_token"], first["bot_user_id"], first["is_enterprise_install"]) == (
        fresh.bot_token,
        "U0SICKBAY",
        False,
    )
    assert second["error"] == "invalid_code"


def test_an_app_with_the_scope_posts_where_it_is_no_member() -> None:
    """Given chat:write.public, when the app posts in a public channel without it, then it may; else it may not."""
    answers = []
    for scopes in (["chat:write"], ["chat:write", "chat:write.public"]):
        workspace = Workspace(manifest={"oauth_config": {"scopes": {"bot": scopes}}})
        answers.append(call(workspace, "chat.postMessage", channel="C0RANDOM", text="x").get("error"))
        workspace.stop()

    assert answers == ["not_in_channel", None]
