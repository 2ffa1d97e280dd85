"""Slack's limits on views, each at its edge: what just fits is taken, one more is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import VIEW_BYTES, check_view

Wire = dict[str, Any]


def plain(length: int) -> Wire:
    return {"type": "plain_text", "text": "x" * length}


def modal(**parts: Any) -> Wire:
    return {"type": "modal", "title": plain(1), "blocks": []} | parts


EDGES: list[tuple[str, int, str, Callable[[int], Wire]]] = [
    ("title", 24, "/view/title/text", lambda n: modal(title=plain(n))),
    ("submit", 24, "/view/submit/text", lambda n: modal(submit=plain(n))),
    ("close", 24, "/view/close/text", lambda n: modal(close=plain(n))),
    ("private_metadata", 3000, "/view/private_metadata", lambda n: modal(private_metadata="p" * n)),
    ("callback_id", 255, "/view/callback_id", lambda n: modal(callback_id="c" * n)),
    ("external_id", 255, "/view/external_id", lambda n: modal(external_id="e" * n)),
    ("blocks", 100, "/view/blocks", lambda n: modal(blocks=[{"type": "divider"}] * n)),
]
NAMES = [name for name, *_ in EDGES]


@pytest.mark.parametrize(("most", "view"), [(most, build) for _, most, _, build in EDGES], ids=NAMES)
def test_what_just_fits_is_taken(most: int, view: Callable[[int], Wire]) -> None:
    """Given as much as Slack allows in a view, when it is checked, then nothing is refused."""
    check_view(view(most))


@pytest.mark.parametrize(
    ("most", "where", "view"), [(most, where, build) for _, most, where, build in EDGES], ids=NAMES
)
def test_one_more_than_fits_is_refused(most: int, where: str, view: Callable[[int], Wire]) -> None:
    """Given one more than Slack allows in a view, when it is checked, then `invalid_arguments` points there."""
    with pytest.raises(SlackError, match=r"^invalid_arguments$") as refused:
        check_view(view(most + 1))

    assert f"[json-pointer:{where}]" in refused.value.messages[0]


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    """Given a view that is too large as a whole, when it is checked, then it is `view_too_large`."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}

    with pytest.raises(SlackError, match=r"^view_too_large$"):
        check_view(modal(blocks=[block] * (VIEW_BYTES // 3000 + 1)))


@pytest.mark.parametrize("kind", ["table", "markdown", "container", "carousel", "plan", "task_card", "file"])
def test_a_modal_does_not_take_what_is_for_messages(kind: str) -> None:
    """Given a modal with a block that only messages may have, when it is checked, then that is said."""
    with pytest.raises(SlackError, match=r"^invalid_arguments$") as refused:
        check_view(modal(blocks=[{"type": kind}]))

    assert f"{kind} is not supported in a modal" in refused.value.messages[0]


@pytest.mark.parametrize(
    ("alert", "taken"), [({"level": "warning"}, True), ({}, True), ({"level": "loud"}, False), ({"text": "x"}, False)]
)
def test_an_alert_has_a_text_and_a_level(alert: Wire, taken: bool) -> None:
    """Given an alert in a modal, when it is checked, then its level is one of Slack's and its text is one."""
    view = modal(blocks=[{"type": "alert", "text": plain(1)} | alert])

    if taken:
        check_view(view)
    else:
        with pytest.raises(SlackError, match=r"^invalid_arguments$"):
            check_view(view)


def test_a_home_takes_a_table_and_no_markdown() -> None:
    """Given a Home with a table, when it is checked, then it is taken; with markdown it is refused."""
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    check_view({"type": "home", "blocks": [table]}, home=True)

    with pytest.raises(SlackError, match=r"^invalid_arguments$"):
        check_view({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, home=True)


@pytest.mark.parametrize(
    "view",
    [
        {"type": "modal", "blocks": []},
        {"type": "modal", "title": "x", "blocks": []},
        {"type": "modal", "title": {"type": "plain_text", "text": "x"}},
        {"type": "home", "blocks": []},
        {},
        modal(blocks={}),
        modal(blocks=[{"type": "input", "label": plain(1), "element": {"type": "plain_text_input", "action_id": "a"}}]),
        modal(private_metadata={"a": 1}),
    ],
)
def test_a_modal_of_the_wrong_shape_is_refused(view: Wire) -> None:
    """Given a modal that lacks a title, blocks or a way to submit its inputs, when checked, then it is refused."""
    with pytest.raises(SlackError, match=r"^invalid_arguments$"):
        check_view(view)
