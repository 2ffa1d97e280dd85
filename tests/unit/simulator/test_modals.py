"""Views: their stack, their names, and what becomes of a submission."""

import asyncio
from typing import Any

import pytest

from sickbay.simulator.delivery import Ack
from sickbay.simulator.errors import SlackError
from tests.unit.simulator.scripted import Scene

Wire = dict[str, Any]


def modal(title: str = "Title", **parts: Any) -> Wire:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": []} | parts


@pytest.fixture
def scene() -> Scene:
    """A workspace's parts around a scripted app."""
    return Scene()


def opened(scene: Scene, **parts: Any) -> Wire:
    return scene.modals.open(scene.one_time.trigger("U0ALICE"), modal(**parts))


def submitted(scene: Scene, view: Wire) -> tuple[Ack, Wire]:
    return asyncio.run(scene.modals.submit(scene.store.user("alice"), view["id"], {"values": {"b": {}}}))


def test_a_view_has_what_slack_gives_it(scene: Scene) -> None:
    """Given a modal that names its own id and owner, when it is opened, then the workspace gives both."""
    view = opened(scene, id="V0MINE", user="U0BOB", blocks=[{"type": "divider"}])

    assert view["id"] != "V0MINE"
    assert view["user"] == "U0ALICE"
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert view["blocks"][0]["block_id"]


def test_a_stack_is_three_deep(scene: Scene) -> None:
    """Given three views on each other, when a fourth is pushed, then the limit is reached."""
    first = opened(scene)
    second = scene.modals.push(scene.one_time.trigger("U0ALICE"), modal())
    scene.modals.push(scene.one_time.trigger("U0ALICE"), modal())

    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    with pytest.raises(SlackError, match=r"^push_limit_reached$"):
        scene.modals.push(scene.one_time.trigger("U0ALICE"), modal())


def test_a_refused_view_leaves_what_was_open(scene: Scene) -> None:
    """Given an open modal, when another is refused, then the first is still open and the trigger still good."""
    view = opened(scene)
    trigger = scene.one_time.trigger("U0ALICE")

    with pytest.raises(SlackError, match=r"^invalid_arguments$"):
        scene.modals.open(trigger, modal("x" * 25))

    assert scene.store.view(view["id"]) is view
    assert scene.modals.push(trigger, modal())["previous_view_id"] == view["id"]


def test_an_update_of_an_older_view_conflicts(scene: Scene) -> None:
    """Given a view that was updated, when it is updated by its former hash, then that is a conflict."""
    view = opened(scene)
    former = view["hash"]
    scene.modals.update(view["id"], modal("New"), former)

    with pytest.raises(SlackError, match=r"^hash_conflict$"):
        scene.modals.update(view["id"], modal("Newer"), former)
    assert view["title"]["text"] == "New"


def test_a_view_is_found_by_the_apps_own_name(scene: Scene) -> None:
    """Given a view with an external id, when it is updated by that, then it is; a second of that name is refused."""
    view = opened(scene, external_id="mine")

    assert scene.modals.update("", modal("New", external_id="mine"), external_id="mine")["id"] == view["id"]
    with pytest.raises(SlackError, match=r"^duplicate_external_id$"):
        scene.modals.push(scene.one_time.trigger("U0ALICE"), modal(external_id="mine"))


def test_a_closed_view_is_not_found(scene: Scene) -> None:
    """Given a view that was closed, when it is updated, then there is none; the app hears of it if it asked to."""
    view = opened(scene, notify_on_close=True)
    asyncio.run(scene.modals.close(scene.store.user("alice"), view["id"]))

    assert [(payload["type"], payload["is_cleared"]) for _, payload, _ in scene.app.sent] == [("view_closed", False)]
    with pytest.raises(SlackError, match=r"^not_found$"):
        scene.modals.update(view["id"], modal())


def test_an_empty_answer_closes_the_top_view(scene: Scene) -> None:
    """Given two views, when the upper is submitted and just acknowledged, then the lower is left."""
    lower = opened(scene)
    upper = scene.modals.push(scene.one_time.trigger("U0ALICE"), modal())

    submitted(scene, upper)

    assert scene.store.stacks["U0ALICE"] == [lower["id"]]
    assert scene.app.sent[0][1]["view"]["state"] == {"values": {"b": {}}}


def test_errors_keep_the_view_open(scene: Scene) -> None:
    """Given a submission, when the app answers with errors, then they are given and the view stays."""
    view = opened(scene)
    scene.answers({"response_action": "errors", "errors": {"b": "Too short"}})

    assert submitted(scene, view)[1] == {"b": "Too short"}
    assert scene.store.stacks["U0ALICE"] == [view["id"]]


def test_an_unacknowledged_submission_keeps_the_view_open(scene: Scene) -> None:
    """Given a submission, when the app does not answer in time, then the view stays for another try."""
    view = opened(scene)
    scene.app.answer = Ack(acked=False)

    assert submitted(scene, view)[0].acked is False
    assert scene.store.stacks["U0ALICE"] == [view["id"]]


def test_update_push_and_clear(scene: Scene) -> None:
    """Given a submission each, when the app answers update, push and clear, then that is what happens to the stack."""
    view = opened(scene)
    scene.answers({"response_action": "update", "view": modal("Updated")})
    submitted(scene, view)
    assert view["title"]["text"] == "Updated"

    scene.answers({"response_action": "push", "view": modal("Pushed")})
    submitted(scene, view)
    assert len(scene.store.stacks["U0ALICE"]) == 2

    scene.answers({"response_action": "clear"})
    submitted(scene, scene.store.view(scene.store.stacks["U0ALICE"][-1]))
    assert scene.store.stacks["U0ALICE"] == []


def test_an_update_leaves_nothing_of_the_old_view(scene: Scene) -> None:
    """Given a form, when a view without a button to submit takes its place, then that has none, and no callback."""
    view = opened(scene, submit={"type": "plain_text", "text": "Open"}, callback_id="form", private_metadata="x")

    scene.modals.update(view["id"], modal("Sorry"))

    assert ("submit" in view, view["callback_id"], view["private_metadata"]) == (False, "", "")


@pytest.mark.parametrize(
    "answer", [{"response_action": "update"}, {"response_action": "push", "view": modal("x" * 25)}]
)
def test_an_answer_with_a_bad_view_is_refused(scene: Scene, answer: Wire) -> None:
    """Given a submission, when the app answers with a view that Slack refuses, then the form stays."""
    view = opened(scene)
    scene.answers(answer)

    with pytest.raises(SlackError, match=r"^invalid_arguments$"):
        submitted(scene, view)
    assert scene.store.stacks["U0ALICE"] == [view["id"]]


def test_a_home_is_published_and_can_be_clicked(scene: Scene) -> None:
    """Given a published Home, when a person clicks in it, then the app is sent that view."""
    home = scene.modals.publish("U0ALICE", {"type": "home", "blocks": []})

    asyncio.run(scene.people.click("alice", {"type": "button", "action_id": "a"}, view_id=home["id"]))

    (_, payload, _) = scene.app.sent[0]
    assert (payload["container"], payload["view"]["type"]) == ({"type": "view", "view_id": home["id"]}, "home")
    with pytest.raises(SlackError, match=r"^hash_conflict$"):
        scene.modals.publish("U0ALICE", {"type": "home", "blocks": []}, "another")


@pytest.mark.parametrize("parts", [{}, {"clear_on_close": True}])
def test_a_cleared_stack_is_told_view_by_view(scene: Scene, parts: Wire) -> None:
    """Given three views of which two ask to know, when all are closed, then those two are told of, uppermost first."""
    opened(scene, callback_id="first", notify_on_close=True)
    for name, notify in (("second", False), ("third", True)):
        view = modal(callback_id=name, notify_on_close=notify, **parts)
        last = scene.modals.push(scene.one_time.trigger("U0ALICE"), view)

    asyncio.run(scene.modals.close(scene.store.user("alice"), last["id"], cleared=not parts))

    told = [(payload["view"]["callback_id"], payload["is_cleared"]) for _, payload, _ in scene.app.sent]
    assert told == [("third", True), ("first", True)]
    assert (scene.store.views, scene.store.stacks["U0ALICE"]) == ({}, [])


def test_a_home_stays_the_same_view(scene: Scene) -> None:
    """Given a Home, when it is published anew, then it has another hash and the same id."""
    blocks = {"type": "home", "blocks": []}

    first, second = (dict(scene.modals.publish("U0ALICE", blocks)) for _ in range(2))

    assert first["id"] == second["id"]
    assert first["hash"] != second["hash"]
