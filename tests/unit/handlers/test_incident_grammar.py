"""The words after `/incident`: understood as people type them, and else refused with what a verb wants."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar import GrammarError
from handlers.incident_grammar import (
    VERBS,
    Said,
    Titled,
    link_of,
    minutes_of,
    move_of,
    parse_incident,
    role_of,
    severity_of,
    titled,
)
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import IncidentSeverity, Link, Role
from tests.unit.handlers.desks import TARGETS
from tests.unit.handlers.incidents import INCIDENT, NOW


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Said(verb="help")),
        ("list", Said(verb="list")),
        ("LIST", Said(verb="list")),
        ("42", Said(verb="show", number=42)),
        ("inc-42 resolve", Said(verb="resolve", number=42)),
        ("42 update it is  the db", Said(verb="update", rest="it is  the db", number=42)),
        ("monitoring", Said(verb="state", rest="monitoring")),
        ("lead <@U0BOB>", Said(verb="role", rest="commander <@U0BOB>")),
        ("close", Said(verb="resolve")),
    ],
)
def test_words_are_understood(text: str, said: Said) -> None:
    """Given words as people type them, when parsed, then they are what was meant."""
    assert parse_incident(text) == said


@pytest.mark.parametrize(
    ("rest", "understood"),
    [
        ("checkout is down", Titled(title="checkout is down")),
        ("checkout is down SEV1", Titled(title="checkout is down", severity=IncidentSeverity.SEV1)),
        ("sev-2 checkout on local", Titled(title="checkout", severity=IncidentSeverity.SEV2, target="local")),
        ("slow on prod-eu web-1", Titled(title="slow", target="prod-eu", scope="web-1")),
        ("slow on prod-eu/shop/api", Titled(title="slow", target="prod-eu", scope="shop/api")),
        ("on call on local", Titled(title="on call", target="local")),
        ("errors on checkout", Titled(title="errors on checkout")),
        ("errors —channel on local", Titled(title="errors", target="local", own_channel=True)),
        ("errors --channel", Titled(title="errors", own_channel=True)),
    ],
)
def test_a_title_may_name_severity_and_target(rest: str, understood: Titled) -> None:
    """Given the words behind `open`, when parsed, then severity and target are found where there are any."""
    assert titled(rest, TARGETS) == understood


def test_what_a_verb_wants_is_understood() -> None:
    """Given severities, roles, links and reminders as people type them, when parsed, then each is understood."""
    assert severity_of(" 3 ") is IncidentSeverity.SEV3
    assert role_of("comms <@U0BOB|bob>", "U0ALICE") == (Role.COMMUNICATIONS, "U0BOB")
    assert role_of("scribe nobody", "U0ALICE") == (Role.SCRIBE, "")
    assert role_of("lead me", "U0ALICE") == (Role.COMMANDER, "U0ALICE")
    assert link_of("https://example.com/a The board") == Link("The board", "https://example.com/a")
    assert [minutes_of(words) for words in ("30m", "2h", "never")] == [30, 120, 0]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: parse_incident("frobnicate now"),
        lambda: severity_of("5"),
        lambda: role_of("king <@U0BOB>", "U0ALICE"),
        lambda: role_of("scribe somebody", "U0ALICE"),
        lambda: link_of("javascript:alert(1)"),
        lambda: minutes_of("2d"),
        lambda: minutes_of("soon"),
        lambda: move_of(Said(verb="state", rest="over")),
    ],
)
def test_what_is_wrong_is_refused(attempt: object) -> None:
    """Given words that a verb cannot take, when parsed, then they are refused."""
    with pytest.raises(GrammarError):
        attempt()  # type: ignore[operator]  # a lambda of the list above


@given(st.one_of(st.text(max_size=200), st.tuples(st.sampled_from(sorted(VERBS)), st.text(max_size=80)).map(" ".join)))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Given any text, when parsed and made a move of, then it is made, refused, or not one; nothing else happens."""
    with suppress(GrammarError, IncidentError):
        said = parse_incident(text)
        titled(said.rest, TARGETS)
        move_of(said)(INCIDENT, NOW)
