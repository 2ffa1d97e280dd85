"""A thread as text: everything a reader of the page would see, and nothing that acts on a terminal."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.command_line.rendering.messages import thread_as_text

ROOT: dict[str, Any] = {
    "ts": "1.0",
    "bot_id": "B0",
    "username": "sickbay",
    "text": "only for notifications",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "local: 1 finding"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "a &lt;b&gt; &amp;amp;"}},
        {"type": "divider"},
        {
            "type": "context",
            "elements": [{"type": "plain_text", "text": "asked by"}, {"type": "mrkdwn", "text": "<@U0ALICE>"}],
        },
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Run again"}}]},
    ],
}
REPLY: dict[str, Any] = {
    "ts": "2.0",
    "thread_ts": "1.0",
    "user": "U0BOT",
    "blocks": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "emoji", "name": "red_circle"},
                        {"type": "text", "text": " HIGH ", "style": {"bold": True}},
                        {"type": "user", "user_id": "U1"},
                    ],
                },
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "one\n\x1b[31mtwo"}]},
            ],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
    ],
    "files": [{"title": "db.log"}],
}


def test_a_thread_is_readable() -> None:
    """Given a card and a reply of all kinds of blocks, when printed, then each says what the page shows."""
    assert thread_as_text([ROOT, REPLY]) == (
        "sickbay:\n"
        "  local: 1 finding\n"
        "  a <b> &amp;\n"
        "  ---\n"
        "  asked by\n"
        "  <@U0ALICE>\n"
        "  [Run again]\n"
        "  U0BOT:\n"
        "    :red_circle: HIGH @U1\n"
        "    one\n"
        "    \\x1b[31mtwo\n"
        "    a | b\n"
        "    [file: db.log]\n"
    )


def test_a_message_without_blocks_says_its_text() -> None:
    """Given an ephemeral message of text alone, when printed, then it is its text, and says who sees it."""
    assert thread_as_text([{"ts": "1", "user": "U0", "text": "No &lt;x&gt;", "is_ephemeral": True}]) == (
        "U0 (only visible to you):\n  No <x>\n"
    )


#: Blocks that Slack may invent: of a type that is not known, holding what blocks hold.
inventions = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["card", "carousel", "plain_text"])},
        optional={key: inner | st.lists(inner, max_size=3) for key in ("title", "text", "elements", "rows", "new")},
    ),
    max_leaves=10,
)


@given(st.lists(inventions, max_size=3))
def test_blocks_of_new_kinds_can_be_printed(blocks: list[object]) -> None:
    """Given blocks of kinds that are not known, when printed, then nothing breaks."""
    assert thread_as_text([{"ts": "1", "user": "U0", "text": "", "blocks": blocks}]).startswith("U0:\n")


def test_a_table_is_told_row_by_row() -> None:
    """Given a message with a table, when told, then each row is a line, its cells apart."""
    rows = [[{"type": "raw_text", "text": text} for text in row] for row in (("Container", "CPU"), ("web-1", "93 %"))]

    told = thread_as_text([{"ts": "1.0", "username": "sickbay", "blocks": [{"type": "table", "rows": rows}]}])

    assert told == "sickbay:\n  Container | CPU\n  web-1 | 93 %\n"
