"""Slack's limits on messages, each at its edge: what just fits is taken, one more is refused by Slack's own code."""

from collections.abc import Callable
from typing import Any

import pytest

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_message

Wire = dict[str, Any]


def plain(length: int) -> Wire:
    return {"type": "plain_text", "text": "x" * length}


def section(**parts: Any) -> Wire:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x"}} | parts


def button(**parts: Any) -> Wire:
    return {"type": "button", "action_id": "a", "text": plain(1)} | parts


def actions(*elements: Wire) -> Wire:
    return {"type": "actions", "elements": list(elements)}


def select(kind: str, **parts: Any) -> Wire:
    return {"type": kind, "action_id": "a"} | parts


def options(count: int, **parts: Any) -> list[Wire]:
    return [{"text": plain(1), "value": "v"} | parts] * count


def image(**parts: Any) -> Wire:
    return {"type": "image", "image_url": "https://example.test/a.png", "alt_text": "a"} | parts


def input_block(**parts: Any) -> Wire:
    element = {"type": "plain_text_input", "action_id": "a"}
    return {"type": "input", "label": plain(1), "element": element} | parts


def table(rows: int, columns: int, kind: str = "table") -> Wire:
    return {"type": kind, "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def confirm(**parts: Any) -> Wire:
    texts = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)}
    return actions(button(confirm=texts | parts))


#: What is measured: its most, where the complaint points, and the blocks that have that much of it.
EDGES: list[tuple[str, int, str, Callable[[int], list[Wire]]]] = [
    ("blocks", 50, "/blocks", lambda n: [{"type": "divider"}] * n),
    ("block_id", 255, "/blocks/0/block_id", lambda n: [{"type": "divider", "block_id": "b" * n}]),
    ("header", 150, "/blocks/0/text/text", lambda n: [{"type": "header", "text": plain(n)}]),
    ("section", 3000, "/blocks/0/text/text", lambda n: [section(text=plain(n))]),
    ("fields", 10, "/blocks/0/fields", lambda n: [section(fields=[plain(1)] * n)]),
    ("field", 2000, "/blocks/0/fields/0/text", lambda n: [section(fields=[plain(n)])]),
    ("context", 10, "/blocks/0/elements", lambda n: [{"type": "context", "elements": [plain(1)] * n}]),
    ("actions", 25, "/blocks/0/elements", lambda n: [actions(*[button()] * n)]),
    ("action_id", 255, "/blocks/0/elements/0/action_id", lambda n: [actions(button(action_id="a" * n))]),
    ("button text", 75, "/blocks/0/elements/0/text/text", lambda n: [actions(button(text=plain(n)))]),
    ("button value", 2000, "/blocks/0/elements/0/value", lambda n: [actions(button(value="v" * n))]),
    ("button url", 3000, "/blocks/0/elements/0/url", lambda n: [actions(button(url="u" * n))]),
    ("accessory value", 2000, "/blocks/0/accessory/value", lambda n: [section(accessory=button(value="v" * n))]),
    ("confirm title", 100, "/blocks/0/elements/0/confirm/title/text", lambda n: [confirm(title=plain(n))]),
    ("confirm text", 300, "/blocks/0/elements/0/confirm/text/text", lambda n: [confirm(text=plain(n))]),
    ("confirm yes", 30, "/blocks/0/elements/0/confirm/confirm/text", lambda n: [confirm(confirm=plain(n))]),
    ("confirm no", 30, "/blocks/0/elements/0/confirm/deny/text", lambda n: [confirm(deny=plain(n))]),
    ("overflow", 5, "/blocks/0/elements/0/options", lambda n: [actions(select("overflow", options=options(n)))]),
    ("select", 100, "/blocks/0/elements/0/options", lambda n: [actions(select("static_select", options=options(n)))]),
    ("checkboxes", 10, "/blocks/0/elements/0/options", lambda n: [actions(select("checkboxes", options=options(n)))]),
    (
        "option text", 75, "/blocks/0/elements/0/options/0/text/text",
        lambda n: [actions(select("static_select", options=options(1, text=plain(n))))],
    ),
    (
        "option value", 150, "/blocks/0/elements/0/options/0/value",
        lambda n: [actions(select("static_select", options=options(1, value="v" * n)))],
    ),
    (
        "option group", 100, "/blocks/0/elements/0/option_groups/0/options",
        lambda n: [actions(select("static_select", option_groups=[{"label": plain(1), "options": options(n)}]))],
    ),
    (
        "option group label", 75, "/blocks/0/elements/0/option_groups/0/label/text",
        lambda n: [actions(select("static_select", option_groups=[{"label": plain(n), "options": options(1)}]))],
    ),
    (
        "placeholder", 150, "/blocks/0/elements/0/placeholder/text",
        lambda n: [actions(select("external_select", placeholder=plain(n)))],
    ),
    ("image url", 3000, "/blocks/0/image_url", lambda n: [image(image_url="u" * n)]),
    ("image alt", 2000, "/blocks/0/alt_text", lambda n: [image(alt_text="a" * n)]),
    ("input label", 2000, "/blocks/0/label/text", lambda n: [input_block(label=plain(n))]),
    ("input hint", 2000, "/blocks/0/hint/text", lambda n: [input_block(hint=plain(n))]),
    (
        "input length", 3000, "/blocks/0/element/max_length",
        lambda n: [input_block(element={"type": "plain_text_input", "max_length": n})],
    ),
    ("markdown", 12_000, "/blocks/0/text", lambda n: [{"type": "markdown", "text": "x" * n}]),
    ("markdown together", 6000, "/blocks", lambda n: [{"type": "markdown", "text": "x" * n}] * 2),
    ("table rows", 100, "/blocks/0/rows", lambda n: [table(n, 1)]),
    ("table columns", 20, "/blocks/0/rows/0", lambda n: [table(1, n)]),
    ("data table rows", 201, "/blocks/0/rows", lambda n: [table(n, 1, "data_table")]),
    ("charts", 2, "/blocks", lambda n: [{"type": "data_visualization"}] * n),
    (
        "container", 10, "/blocks/0/child_blocks",
        lambda n: [{"type": "container", "title": plain(1), "child_blocks": [{"type": "divider"}] * n}],
    ),
    (
        "container title", 150, "/blocks/0/title/text",
        lambda n: [{"type": "container", "title": plain(n), "child_blocks": [{"type": "divider"}]}],
    ),
    ("card title", 150, "/blocks/0/title/text", lambda n: [{"type": "card", "title": plain(n)}]),
    ("card body", 200, "/blocks/0/body/text", lambda n: [{"type": "card", "body": plain(n)}]),
    (
        "context actions", 5, "/blocks/0/elements",
        lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button", "action_id": "a"}] * n}],
    ),
    (
        "data table text", 20_000, "/blocks/0/rows",
        lambda n: [{"type": "data_table", "rows": [[{"type": "raw_text", "text": "x" * (n // 2)}],
                                                   [{"type": "raw_text", "text": "x" * (n - n // 2)}]]}],
    ),
]  # fmt: skip
NAMES = [name for name, *_ in EDGES]


@pytest.mark.parametrize(("most", "blocks"), [(most, build) for _, most, _, build in EDGES], ids=NAMES)
def test_what_just_fits_is_taken(most: int, blocks: Callable[[int], list[Wire]]) -> None:
    """Given as much as Slack allows, when it is checked, then nothing is refused."""
    check_message({"text": "x", "blocks": blocks(most)})


@pytest.mark.parametrize(
    ("most", "where", "blocks"), [(most, where, build) for _, most, where, build in EDGES], ids=NAMES
)
def test_one_more_than_fits_is_refused(most: int, where: str, blocks: Callable[[int], list[Wire]]) -> None:
    """Given one more than Slack allows, when it is checked, then it is `invalid_blocks` and points there."""
    with pytest.raises(SlackError, match=r"^invalid_blocks$") as refused:
        check_message({"text": "x", "blocks": blocks(most + 1)})

    assert f"[json-pointer:{where}]" in refused.value.details[0]


@pytest.mark.parametrize("blocks", [build(most + 1) for _, most, _, build in EDGES], ids=NAMES)
def test_blocks_in_an_attachment_have_the_same_limits(blocks: list[Wire]) -> None:
    """Given too much inside an attachment, when it is checked, then it is refused as in the message itself."""
    with pytest.raises(SlackError, match=r"^invalid_blocks$"):
        check_message({"attachments": [{"color": "#a30200", "blocks": blocks}]})


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "headline"}, "unsupported type"),
        ({"type": ["section"]}, "unsupported type"),
        ({"type": "alert"}, "alert is not supported in a message"),
        ({"type": "section"}, "missing required field: text or fields"),
        ({"type": "section", "text": "x"}, "must be a text object of type plain_text or mrkdwn"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": ""}}, "must be more than 0 characters"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": 5}}, "must be more than 0 characters"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "must be a text object of type plain_text"),
        ({"type": "actions", "elements": []}, "must have 1 to 25 items"),
        ({"type": "context", "elements": "x"}, "must have 1 to 10 items"),
        (actions(button(style="huge")), "must be primary or danger"),
        (actions({"type": "lever"}), "unsupported type"),
        (actions(select("overflow", options=[])), "must have 1 to 5 items"),
        (image(alt_text=""), "missing required field: alt_text"),
        ({"type": "image", "alt_text": "a"}, "missing required field: image_url or slack_file"),
        ({"type": "rich_text", "elements": []}, "must have at least 1 item"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_poem"}]}, "unsupported type"),
        ({"type": "table", "rows": [[{"type": "cell"}]]}, "unsupported type"),
        (table(1, 1, "data_table"), "must have 2 to 201 items"),
        ({"type": "container", "title": plain(1), "child_blocks": [{"type": "container"}]}, "unsupported type"),
        ({"type": "container", "child_blocks": [{"type": "divider"}]}, "missing required field: title"),
        ({"type": "context_actions", "elements": [button()]}, "must be feedback_buttons or icon_button"),
        ({"type": "task_card", "title": "x", "status": "complete"}, "missing required field: task_id"),
        ({"type": "task_card", "task_id": "1", "title": "x", "status": "done"}, "must be one of pending"),
        ({"type": "plan", "tasks": []}, "missing required field: title"),
        ({"type": "plan", "title": "x", "tasks": [{}]}, "missing required field: task_id"),
        ({"type": "divider", "block_id": 5}, "must be a string"),
    ],
)
def test_a_block_of_the_wrong_shape_is_refused(block: Wire, complaint: str) -> None:
    """Given a block that is not as Slack wants it, when it is checked, then the complaint says what is wrong."""
    with pytest.raises(SlackError, match=r"^invalid_blocks$") as refused:
        check_message({"text": "x", "blocks": [block]})

    assert complaint in refused.value.details[0]


def test_an_empty_text_in_rich_text_is_refused() -> None:
    """Given rich text with an empty text, as a log with an empty line makes, when it is checked, then it is refused."""
    part = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": ""}]}

    with pytest.raises(SlackError, match=r"^invalid_blocks$"):
        check_message({"text": "x", "blocks": [{"type": "rich_text", "elements": [part]}]})


def test_a_block_id_twice_is_refused() -> None:
    """Given two blocks of one id, when they are checked, then the second is refused."""
    with pytest.raises(SlackError, match=r"^invalid_blocks$") as refused:
        check_message({"blocks": [{"type": "divider", "block_id": "b"}] * 2})

    assert refused.value.details == ("block_id already exists [json-pointer:/blocks/1/block_id]",)


@pytest.mark.parametrize("kinds", [("table", "table"), ("table", "data_table")])
def test_only_one_table_is_allowed(kinds: tuple[str, str]) -> None:
    """Given two tables, one of them in an attachment, when they are checked, then Slack's own code says so."""
    first, second = (table(2, 1, kind) for kind in kinds)

    with pytest.raises(SlackError, match=r"^invalid_attachments$") as refused:
        check_message({"blocks": [first], "attachments": [{"blocks": [second]}]})

    assert refused.value.details == ("only_one_table_allowed",)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": {"a": 1}}, "no_text"),
        ({"text": "x", "blocks": "not JSON"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": ["section"]}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "attachments": "x"}, "invalid_attachments"),
        ({"text": "x", "attachments": ["x"]}, "invalid_attachments"),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": "x"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": []}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
    ],
)
def test_a_message_is_refused_by_the_code_that_fits(body: Wire, code: str) -> None:
    """Given a message that Slack would not take, when it is checked, then it is refused by Slack's code."""
    with pytest.raises(SlackError, match=rf"^{code}$"):
        check_message(body)


@pytest.mark.parametrize(
    "body",
    [
        {"attachments": [{"text": "x"}] * 100},
        {"markdown_text": "x" * 12_000},
        {"text": "x", "metadata": {}},
        {"text": "x", "metadata": {"event_type": "t", "event_payload": {"key": "k"}}},
        {"text": "x" * 100_000},
    ],
)
def test_a_message_within_the_limits_is_taken(body: Wire) -> None:
    """Given a message that Slack takes, when it is checked, then nothing is refused."""
    check_message(body)


def test_an_edit_may_have_four_thousand_characters() -> None:
    """Given an edit's text at its edge, when it is checked, then one more than 4,000 is `msg_too_long`."""
    check_message({"text": "x" * 4000}, most_text=4000)

    with pytest.raises(SlackError, match=r"^msg_too_long$"):
        check_message({"text": "x" * 4001}, most_text=4000)
