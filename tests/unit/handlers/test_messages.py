"""What people typed, out of what Slack makes of it."""

import pytest

from handlers.messages import said_by, said_in, typed


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("5xx &gt; 1% &amp; rising", "5xx > 1% & rising"),
        ("link <https://example.com/a?b=1&amp;c=2> Board", "link https://example.com/a?b=1&c=2 Board"),
        ("link <https://example.com|example.com> Board", "link https://example.com Board"),
        ("see <https://example.com/a|the board>", "see https://example.com/a the board"),
        ("ask <mailto:ops@example.com|ops@example.com>", "ask mailto:ops@example.com"),
        ("role scribe <@U0BOB>", "role scribe <@U0BOB>"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_what_was_typed_is_found_again(sent: str, meant: str) -> None:
    """Given text as Slack sends it, when read, then it is what the person typed."""
    assert typed(sent) == meant


def test_a_message_with_blocks_says_it_once() -> None:
    """Given a message as people send it, whose blocks repeat its text, when kept, then it is told once."""
    blocks = [{"type": "rich_text", "elements": [{"type": "text", "text": "it began at 3"}]}]

    assert said_in({"text": "it began at 3", "blocks": blocks}) == "it began at 3"
    assert said_in({"text": "", "blocks": blocks}) == "it began at 3"
    assert said_in({"text": "", "files": [{"name": "graph.png"}]}) == "graph.png"


@pytest.mark.parametrize(
    ("message", "who"),
    [
        ({"user": "U0BOB"}, "U0BOB"),
        ({"bot_id": "B1", "user": "U0BOT", "bot_profile": {"name": "Grafana"}}, "Grafana"),
        ({"bot_id": "B1", "username": "Alerts"}, "Alerts"),
        ({}, "an app"),
    ],
)
def test_who_said_it_is_told(message: dict[str, object], who: str) -> None:
    """Given messages of people and of apps, when kept, then each is by who said it."""
    assert said_by(message) == who
